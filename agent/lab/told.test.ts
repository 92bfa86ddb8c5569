import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const PROGRAM = `
  const { untilTold } = await import(${JSON.stringify(path.join(import.meta.dirname, 'told.ts'))});
  const alive = setTimeout(() => undefined, 1 << 30);
  void untilTold(true).then(() => {
    clearTimeout(alive);
    console.log('told');
  });
  // What stdin has to say is said in this turn of the loop or the next ones.
  setTimeout(() => console.log('running'), 200);
`;

function start(stdin: 'ignore' | 'pipe'): ChildProcess {
  const args = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM];
  const child = spawn(process.execPath, args, { stdio: [stdin, 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('a lab in the background, whose stdin is /dev/null, runs until a signal', async () => {
  const child = start('ignore');
  expect(String(await once(child.stdout!, 'data'))).toBe('running\n');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a lab that is fed by a pipe ends with it', async () => {
  const child = start('pipe');
  expect(String(await once(child.stdout!, 'data'))).toBe('running\n');
  child.stdin!.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
