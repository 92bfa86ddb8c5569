/** The whole program as root starts it, with a probe that is a script: who runs as whom, and what is left. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import { FAKE_PROBE, planFakeProbe, type FakeRun } from '../testing/fake-probe.ts';
import { section } from '../testing/section.ts';
import { until } from '../testing/temporary.ts';

const PACKAGE_ROOT = path.resolve(import.meta.dirname, '..', '..');
const BUILT = path.join(PACKAGE_ROOT, 'dist', 'agent');
const required = process.env.WHITHER_REQUIRE_KERNEL === '1';
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const kernelTest = test.skipIf(!required && !(isRoot && existsSync(BUILT)));
const NO_CAPABILITIES = '0000000000000000';

interface Started {
  readonly supervisor: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly temporary: string;
  readonly plan: ReturnType<typeof planFakeProbe>;
  output(): string;
}

/** A package of its own below a directory that only root may enter, as /root is. */
function start(args: readonly string[], runs: readonly FakeRun[]): Started {
  const temporary = mkdtempSync('/tmp/whither-kernel-');
  // Searchable, for the unprivileged agent's run directory is made in it; the package is not.
  const packageRoot = path.join(temporary, 'private', 'package');
  mkdirSync(path.join(packageRoot, 'dist', 'page'), { recursive: true });
  cpSync(path.join(PACKAGE_ROOT, 'package.json'), path.join(packageRoot, 'package.json'));
  cpSync(BUILT, path.join(packageRoot, 'dist', 'agent'), { recursive: true });
  writeFileSync(path.join(packageRoot, 'dist', 'page', 'index.html'), '<!doctype html><title>W</title>');
  const plan = planFakeProbe(runs);
  const runDir = path.join(temporary, 'tmp');
  mkdirSync(runDir);
  chmodForAll(temporary, runDir);
  const supervisor = spawn(process.execPath, [path.join(packageRoot, 'dist/agent/whither.mjs'), ...args], {
    env: { PATH: process.env.PATH, TMPDIR: runDir, WHITHER_PROBE: FAKE_PROBE, ...plan.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [supervisor.stdout, supervisor.stderr]) {
    stream.on('data', (part: Buffer) => (text += part.toString()));
  }
  const exited = new Promise<number | null>((resolve) => supervisor.once('exit', resolve));
  onTestFinished(async () => {
    supervisor.kill('SIGKILL');
    await exited;
    const pid = plan.pid(0);
    if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(temporary, { recursive: true, force: true });
  });
  return { supervisor, exited, temporary: runDir, plan, output: () => text };
}

function chmodForAll(temporary: string, runDir: string): void {
  for (const dir of [temporary, runDir]) chmodSync(dir, 0o755);
  chmodSync(path.join(temporary, 'private'), 0o700);
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function statusOf(pid: number): Map<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && statusOf(pid).get('State')?.startsWith('Z') !== true;
}

function linkIn(output: string): URL {
  const match = /^Whither is at (http\S+)$/m.exec(output);
  if (!match) throw new Error(`no link in: ${output}`);
  return new URL(match[1]!);
}

async function letIn(link: URL): Promise<string> {
  const answer = await fetch(link, { redirect: 'manual' });
  return answer.headers.get('set-cookie')!.split(';')[0]!;
}

kernelTest(
  'started by root, the agent is not root and has no capability, and the capture arrives',
  async () => {
    const run = start(['-i', 'eth0'], [{ output: section({ run: 1, events: 500 }), then: 'stay' }]);
    await until(() => run.output().includes('Whither is at'));
    const agent = childrenOf(run.supervisor.pid!).find((pid) => pid !== run.plan.pid(0))!;
    const status = statusOf(agent);
    expect(status.get('Uid')!.split('\t')).not.toContain('0');
    expect(status.get('Gid')!.split('\t')).not.toContain('0');
    expect(status.get('Groups')).toBe('');
    for (const set of ['CapEff', 'CapPrm', 'CapInh', 'CapAmb'])
      expect(status.get(set), set).toBe(NO_CAPABILITIES);
    expect(statusOf(run.supervisor.pid!).get('Uid')!.split('\t')[0]).toBe('0');
    const link = linkIn(run.output());
    const headers = { cookie: await letIn(link) };
    const answer = await fetch(new URL('/spool.pcapng', link), { headers });
    const read = readAll([new Uint8Array(await answer.arrayBuffer())]);
    expect([read.problems, read.packets.length]).toEqual([[], 500]);
  },
);

kernelTest('Ctrl-C ends the probe, then the agent, and leaves no process and no file', async () => {
  const run = start(['-i', 'eth0'], [{ output: section({ run: 1, events: 5 }), then: 'stay' }]);
  await until(() => run.output().includes('Whither is at'));
  const children = childrenOf(run.supervisor.pid!);
  expect(children).toHaveLength(2);
  run.supervisor.kill('SIGINT');
  expect(await run.exited).toBe(0);
  expect(children.filter(isAlive)).toEqual([]);
  expect(readdirSync(run.temporary)).toEqual([]);
});

kernelTest('the agent ends when the supervisor is killed, and what was captured is gone', async () => {
  const run = start(['-i', 'eth0'], [{ output: section({ run: 1, events: 5 }), then: 'stay' }]);
  await until(() => run.output().includes('Whither is at'));
  const agent = childrenOf(run.supervisor.pid!).find((pid) => pid !== run.plan.pid(0))!;
  run.supervisor.kill('SIGKILL');
  await until(() => !isAlive(agent));
  const [left] = readdirSync(run.temporary);
  expect(readdirSync(path.join(run.temporary, left!, 'work'))).toEqual([]);
});

kernelTest('capture writes the file that root named, through an agent that is not root', async () => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'whither-kernel-out-')), 'out.pcapng');
  onTestFinished(() => rmSync(path.dirname(file), { recursive: true, force: true }));
  const run = start(
    ['capture', '-i', 'eth0', '-w', file],
    [
      {
        output: section({ run: 1, events: 7 }),
        then: 'stay',
        tail: section({ run: 2, events: 1, first: 7 }),
      },
    ],
  );
  await until(() => run.output().includes('Capturing eth0.'));
  run.supervisor.kill('SIGTERM');
  expect(await run.exited).toBe(0);
  const read = readAll([readFileSync(file)]);
  expect([read.problems, read.packets.map((p) => Number(p.packetId))]).toEqual([
    [],
    [0, 1, 2, 3, 4, 5, 6, 7],
  ]);
});
