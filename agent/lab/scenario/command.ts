/** `whither lab run NAME`, and `whither lab NAME` for those who watch. */
import { spawn } from 'node:child_process';
import { Failure } from '../../failure.ts';
import { untilTold } from '../told.ts';
import { judge } from './judge.ts';
import { SCENARIOS } from './list.ts';
import { RunningScenario, runScenario } from './run.ts';
import type { Scenario } from './types.ts';

export function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new Failure(`there is no scenario ${name}`, 'whither lab list has them all');
}

/** Runs it once, recorded into `file` when one is given, and says what was wrong. Resolves with the exit code. */
export async function runOnce(scenario: Scenario, file: string | null): Promise<number> {
  requireRoot(scenario.name);
  const told = new AbortController();
  void untilTold(false).then(() => told.abort());
  const result = await runScenario(scenario, file, told.signal);
  if (result.notPossible !== null) {
    console.log(`${scenario.name}: not possible on this kernel: ${result.notPossible}`);
    return 0;
  }
  const wrong = judge(scenario, result);
  for (const line of wrong) console.error(line);
  for (const line of [...result.losses].sort()) console.log(line);
  console.log(`${scenario.name}: ${wrong.length === 0 ? 'as expected' : 'NOT as expected'}`);
  return wrong.length === 0 ? 0 : 1;
}

/** Its traffic again and again until SIGINT, SIGTERM or the end of stdin. Prints one JSON line when it is ready. */
export async function runOn(scenario: Scenario): Promise<void> {
  requireRoot(scenario.name);
  const told = new AbortController();
  void untilTold(true).then(() => told.abort());
  const running = await RunningScenario.start(scenario);
  try {
    const { netns, schema } = running;
    const { devices } = scenario.watch;
    const maps = scenario.maps ?? [];
    console.log(JSON.stringify({ ready: true, netns, device: devices[0], devices, maps, schema }));
    while (!told.signal.aborted) await running.traffic();
  } finally {
    await running.close();
  }
}

/** The page on it. Resolves with the exit code of `whither serve`. */
export function showLive(name: string): Promise<number> {
  const args = [...process.execArgv, process.argv[1]!, 'serve', '--lab', name];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  // Ctrl-C reaches both: the one that serves ends first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function requireRoot(name: string): void {
  if (process.getuid?.() !== 0) throw new Failure(`${name} makes network namespaces`, 'run it as root');
}
