/** `whither lab`: scenarios on a real kernel. Hung into the command line by agent/cli. */
import { InvalidArgumentError, type Command } from 'commander';
import { runEdge, type EdgeOptions } from './edge/command.ts';
import { findScenario, runOn, runOnce, showLive } from './scenario/command.ts';
import { SCENARIOS } from './scenario/list.ts';

const MAX_RATE = 100_000;
const MAX_SECONDS = 3_600;
const DEFAULT_RATE = 50;
const DEFAULT_SECONDS = 5;

const EDGE = {
  name: 'edge',
  summary: 'two namespaces; XDP writes three TLVs on ingress, tcx adds a fourth; UDP, TCP and ICMP both ways',
} as const;

const UNTIL = 'Runs until Ctrl-C, SIGTERM, or the end of stdin where that is a pipe or a terminal.';

/** Adds `list`, `run` and one command per lab to `whither lab`. */
export function registerLab(command: Command): void {
  command
    .command('list')
    .description('print the labs, one a line')
    .action(() => {
      for (const { name, summary } of [EDGE, ...SCENARIOS]) console.log(`${name}\t${summary}`);
    });
  command
    .command('edge')
    .description(`${EDGE.summary}. ${UNTIL}`)
    .option('--record <file>', 'capture the edge device into a file, then end')
    .option('--seconds <n>', 'how long to record', number(1, MAX_SECONDS), DEFAULT_SECONDS)
    .option('--rate <n>', 'packets per second, roughly', number(1, MAX_RATE), DEFAULT_RATE)
    .action(async (options: { record?: string; seconds: number; rate: number }) => {
      const { record, seconds, rate } = options;
      await runEdge({ record, seconds, rate } satisfies EdgeOptions);
    });
  for (const scenario of SCENARIOS) {
    command
      .command(scenario.name)
      .description(`${scenario.summary}. ${UNTIL}`)
      .action(() => runOn(scenario));
  }
  command
    .command('run')
    .description('run a scenario once and say whether what must be seen was seen')
    .argument('<name>', 'of a scenario, or edge')
    .option('--record <file>', 'keep the capture')
    .option('--live', 'open the page on it instead, with its traffic again and again')
    .action(async (name: string, { record, live }: { record?: string; live?: boolean }) => {
      if (live === true) process.exitCode = await showLive(name);
      else if (name === EDGE.name) await recordEdge(record);
      else process.exitCode = await runOnce(findScenario(name), record ?? null);
    });
}

/** The edge never ends by itself: what `run` means for it is a recording. */
async function recordEdge(record: string | undefined): Promise<void> {
  if (record === undefined) {
    throw new InvalidArgumentError('the edge lab has nothing to check: --record FILE, or --live');
  }
  await runEdge({ record, seconds: DEFAULT_SECONDS, rate: DEFAULT_RATE });
}

function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max)) {
      throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
    }
    return value;
  };
}
