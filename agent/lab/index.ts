/** `whither lab`: scenarios on a real kernel. Hung into the command line by agent/cli. */
import { InvalidArgumentError, type Command } from 'commander';
import { runEdge, type EdgeOptions } from './edge/command.ts';

const MAX_RATE = 100_000;
const MAX_SECONDS = 3_600;
const DEFAULT_RATE = 50;
const DEFAULT_SECONDS = 5;

const LABS = [
  {
    name: 'edge',
    summary:
      'two namespaces; XDP writes three TLVs on ingress, tcx adds a fourth; UDP, TCP and ICMP both ways',
  },
] as const;

/** Adds `list` and one command per lab to `whither lab`. */
export function registerLab(command: Command): void {
  command
    .command('list')
    .description('print the labs, one a line')
    .action(() => {
      for (const { name, summary } of LABS) console.log(`${name}\t${summary}`);
    });
  command
    .command('edge')
    .description(LABS[0].summary)
    .option('--record <file>', 'capture the edge device into a file, then end')
    .option('--seconds <n>', 'how long to record', number(1, MAX_SECONDS), DEFAULT_SECONDS)
    .option('--rate <n>', 'packets per second, roughly', number(1, MAX_RATE), DEFAULT_RATE)
    .action(async (options: { record?: string; seconds: number; rate: number }) => {
      const { record, seconds, rate } = options;
      await runEdge({ record, seconds, rate } satisfies EdgeOptions);
    });
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
