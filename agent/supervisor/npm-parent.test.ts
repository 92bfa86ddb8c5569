import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../processes.ts';
import { until } from '../testing/temporary.ts';

const MODULE = path.join(import.meta.dirname, 'npm-parent.ts');
/** What npm runs: says who it is, and that it was told to end. */
const PROGRAM = `
  const { endWithNpm } = await import(${JSON.stringify(MODULE)});
  process.on('SIGTERM', () => process.exit(0));
  setInterval(() => undefined, 1000);
  endWithNpm();
  console.log(process.pid);
`;
const onLinux = test.skipIf(process.platform !== 'linux');

interface Below {
  readonly program: number;
  readonly end: () => void;
}

/** Runs the program by a shell, as npm does, below something that is called `title`. */
async function runBelow(title: string, command: string): Promise<Below> {
  const words = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', PROGRAM];
  const line = `${words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')}; exit 0`;
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `process.title = ${JSON.stringify(title)};
       require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(line)}], { stdio: 'inherit' });`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, npm_command: command } },
  );
  const [text] = (await once(parent.stdout, 'data')) as [Buffer];
  const program = Number(text.toString());
  onTestFinished(() => {
    parent.kill('SIGKILL');
    if (isAlive(program)) process.kill(program, 'SIGKILL');
  });
  const end = (): void => void parent.kill('SIGTERM');
  return { program, end };
}

onLinux('what npm runs ends when npm is killed', async () => {
  const { program, end } = await runBelow('npm exec whither -i eth0', 'exec');
  expect(isAlive(program)).toBe(true);
  end();
  await until(() => !isAlive(program));
});

onLinux.each([
  ['below nothing of npm, though its environment is there', 'some supervisor', 'exec'],
  ['by a script of npm run', 'npm run serve', 'run-script'],
])('what is left behind on purpose stays: %s', async (_, title, command) => {
  const { program, end } = await runBelow(title, command);
  const first = parentOf(program);
  const below = parentOf(first);
  end();
  // The shell has another parent from then on, and the program has looked at least twice.
  await until(() => parentOf(first) !== below);
  await sleep(1500);
  expect(isAlive(program)).toBe(true);
});

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
