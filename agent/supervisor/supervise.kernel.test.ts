/** The whole program as root starts it, with a probe that is a script: who runs as whom, and what is left. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import {
  chmodSync,
  chownSync,
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
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import { FAKE_PROBE, planFakeProbe, type FakeRun } from '../testing/fake-probe.ts';
import { section } from '../testing/section.ts';
import { until } from '../testing/temporary.ts';
import { makePrivateDirectory } from './run-directory.ts';
import { unprivilegedUser } from './user.ts';

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
function start(
  args: readonly string[],
  runs: readonly FakeRun[],
  prepare: (runDir: string, packageRoot: string) => SpawnOptions = () => ({}),
): Started {
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
    ...prepare(runDir, packageRoot),
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

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

function copyLab(packageRoot: string): SpawnOptions {
  for (const name of ['build', 'agent/lab/edge']) {
    cpSync(path.join(PACKAGE_ROOT, name), path.join(packageRoot, name), { recursive: true });
  }
  return {};
}

/** The environment of `start`, with the probe that was built. */
function realProbe(runDir: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    TMPDIR: runDir,
    WHITHER_PROBE: path.join(PACKAGE_ROOT, 'build', 'whither-probe'),
  };
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

kernelTest(
  'a Ctrl-C that comes twice at once, from the terminal and from who started it, is one',
  async () => {
    const run = start(['-i', 'eth0'], [{ output: section({ run: 1, events: 5 }), then: 'stay' }]);
    await until(() => run.output().includes('Whither is at'));
    // It waits for its agent: without that it may have ended before the second comes.
    const agent = childrenOf(run.supervisor.pid!).find((pid) => pid !== run.plan.pid(0))!;
    process.kill(agent, 'SIGSTOP');
    run.supervisor.kill('SIGINT');
    // Two that are pending are one to the kernel.
    await sleep(20);
    run.supervisor.kill('SIGINT');
    await sleep(20);
    process.kill(agent, 'SIGCONT');
    expect(await run.exited).toBe(0);
    expect(run.output().trimEnd().split('\n').at(-1)).toBe('Stopped.');
  },
);

kernelTest('the agent ends when the supervisor is killed, and what was captured is gone', async () => {
  const run = start(['-i', 'eth0'], [{ output: section({ run: 1, events: 5 }), then: 'stay' }]);
  await until(() => run.output().includes('Whither is at'));
  const agent = childrenOf(run.supervisor.pid!).find((pid) => pid !== run.plan.pid(0))!;
  run.supervisor.kill('SIGKILL');
  await until(() => !isAlive(agent));
  const [left] = readdirSync(run.temporary);
  expect(readdirSync(path.join(run.temporary, left!, 'work'))).toEqual([]);
});

kernelTest('Ctrl-C while it starts leaves no process and no file', async () => {
  const run = start(['-i', 'eth0'], [{ output: section({ run: 1, events: 5 }), then: 'stay' }]);
  await until(() => readdirSync(run.temporary).length > 0);
  run.supervisor.kill('SIGINT');
  await run.exited;
  expect(readdirSync(run.temporary)).toEqual([]);
});

kernelTest('an agent that is killed is named, and nothing is left', async () => {
  const run = start(['-i', 'eth0'], [{ output: section({ run: 1, events: 5 }), then: 'stay' }]);
  await until(() => run.output().includes('Whither is at'));
  const children = childrenOf(run.supervisor.pid!);
  process.kill(
    children.find((pid) => pid !== run.plan.pid(0))!,
    'SIGKILL',
  );
  expect(await run.exited).toBe(1);
  expect(run.output()).toContain(
    'whither: the part of whither without privilege was killed by SIGKILL: start it again.',
  );
  expect([children.filter(isAlive), readdirSync(run.temporary)]).toEqual([[], []]);
});

kernelTest('whoever reads its output may go away, and the capture goes on', async () => {
  const output = section({ run: 1, events: 5 });
  const run = start(
    ['-i', 'eth0'],
    [
      { output, then: 'stay' },
      { output, then: 'stay' },
    ],
  );
  await until(() => run.output().includes('Whither is at'));
  run.supervisor.stdout!.destroy();
  process.kill(run.plan.pid(0), 'SIGKILL');
  await until(() => run.plan.args(1) !== null);
  run.supervisor.kill('SIGINT');
  expect(await run.exited).toBe(0);
});

kernelTest('a spool directory is made for the agent with all that leads to it', async () => {
  const run = start(
    ['-i', 'eth0', '--spool', 'not/yet/there'],
    [{ output: section({ run: 1, events: 5 }), then: 'stay' }],
    (dir) => ({ cwd: dir }),
  );
  await until(() => run.output().includes('Whither is at'));
  run.supervisor.kill('SIGINT');
  expect(await run.exited).toBe(0);
  const kept = readdirSync(path.join(run.temporary, 'not/yet/there')).sort();
  expect(kept).toEqual(['00000000000000000000.pcapng', 'shares', 'spool-id']);
});

kernelTest('a start removes what one that was killed has left, but nothing of root’s in it', () => {
  const stale = mkdtempSync('/tmp/whither-kernel-stale-');
  onTestFinished(() => rmSync(stale, { recursive: true, force: true }));
  const nobody = unprivilegedUser({});
  const makeLeft = (name: string): string => {
    // No process has this id: it is past the largest that Linux gives.
    const left = path.join(stale, `whither-run-4194305-${name}`);
    mkdirSync(path.join(left, 'work', 'spool'), { recursive: true });
    for (const dir of ['work', 'work/spool']) chownSync(path.join(left, dir), nobody.uid, nobody.gid);
    return left;
  };
  chmodSync(stale, 0o755);
  makeLeft('own');
  const foreign = path.join(makeLeft('foreign'), 'work', 'spool', 'mounted');
  mkdirSync(foreign);
  writeFileSync(path.join(foreign, 'precious'), '');
  vi.stubEnv('TMPDIR', stale);
  onTestFinished(() => void vi.unstubAllEnvs());
  rmSync(makePrivateDirectory(), { recursive: true });
  expect(readdirSync(stale)).toEqual(['whither-run-4194305-foreign']);
  expect(readdirSync(foreign)).toEqual(['precious']);
});

kernelTest('help names no default where there is none, and no option that is not for people', async () => {
  const run = start(['serve', '--help'], []);
  expect(await run.exited).toBe(0);
  expect(run.output()).toMatch(/-i, --interface <dev> +network interface to watch; may be repeated\n/);
  expect(run.output()).not.toMatch(/default: \[|default: false|not-live/);
});

const NO_DEVICE = 'no device nosuch0 in this network namespace: No such device: ip link lists them.';
const NO_NETNS = 'no network namespace nosuch: No such file or directory: ip netns lists the named ones.';
const REFUSED = path.join(os.tmpdir(), `whither-refused-${process.pid}.pcapng`);

kernelTest.each([
  ['serve', NO_DEVICE, ['-i', 'nosuch0']],
  ['serve', NO_NETNS, ['-i', 'lo', '--netns', 'nosuch']],
  ['capture', NO_DEVICE, ['capture', '-i', 'nosuch0', '-w', REFUSED]],
])('%s, of what was named and is not there, says one line and ends: %s', async (_, line, args) => {
  const run = start(args, [], (dir) => ({ env: realProbe(dir) }));
  expect(await run.exited).toBe(1);
  expect(run.output()).toBe(`whither: ${line}\n`);
  expect(readdirSync(run.temporary)).toEqual([]);
  // Nor is the file there that a capture would have been written to.
  expect(existsSync(REFUSED)).toBe(false);
});

kernelTest('of several devices, those that are there are watched, with a line about the other', async () => {
  const run = start(['-i', 'nosuch0', '-i', 'lo'], [], (dir) => ({ env: realProbe(dir) }));
  await until(() => run.output().includes('Whither is at'));
  expect(run.output().split('\n').slice(0, 2)).toEqual([
    'There is no device nosuch0: going on without it.',
    'Capturing lo. Without nosuch0: there was no such device when it started.',
  ]);
  run.supervisor.kill('SIGINT');
  expect(await run.exited).toBe(0);
  expect(run.output().trimEnd().split('\n').at(-1)).toBe('Stopped.');
});

kernelTest(
  'what npm start says about live capture is the one line above the link to the sample',
  async () => {
    const why = 'Live capture needs a kernel with BTF. This is a recorded capture.';
    const run = start(['serve', '--not-live', why], []);
    await until(() => run.output().includes('Whither is at'));
    const [first, second, ...rest] = run.output().trimEnd().split('\n');
    expect([first, rest]).toEqual([why, []]);
    expect(second).toMatch(/^Whither is at http:\S+&source=sample:edge$/);
  },
);

kernelTest('open prints a link that leads to the file, byte for byte', async () => {
  const bytes = section({ run: 1, events: 7 });
  const run = start(['open', 'a capture.pcapng'], [], (dir) => {
    writeFileSync(path.join(dir, 'a capture.pcapng'), bytes, { mode: 0o600 });
    return { cwd: dir };
  });
  await until(() => run.output().includes('Whither is at'));
  const link = linkIn(run.output());
  const entered = await fetch(link, { redirect: 'manual' });
  const source = new URL(entered.headers.get('location')!, link).searchParams.get('source')!;
  expect(source).toBe('url:/files/0-a%20capture.pcapng');
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const answer = await fetch(new URL(source.slice('url:'.length), link), { headers: { cookie } });
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
});

kernelTest('Ctrl-C removes the lab, and the last line says so', async () => {
  const run = start(
    ['serve', '--lab', 'edge'],
    [{ output: section({ run: 1, events: 5 }), then: 'stay' }],
    (_dir, packageRoot) => copyLab(packageRoot),
  );
  await until(() => run.output().includes('Whither is at'));
  run.supervisor.kill('SIGINT');
  expect(await run.exited).toBe(0);
  expect(run.output()).toMatch(/\nStopped; the lab is removed\.\n$/);
});

kernelTest('when the lab ends, the capture of it ends, and terminal and page say why', async () => {
  const run = start(
    ['serve', '--lab', 'edge'],
    [{ output: section({ run: 1, events: 5 }), then: 'stay' }],
    (_dir, packageRoot) => copyLab(packageRoot),
  );
  await until(() => run.output().includes('Whither is at'));
  const [lab] = childrenOf(run.supervisor.pid!).filter((pid) =>
    commandOf(pid).includes('whither.mjs lab edge'),
  );
  process.kill(lab!, 'SIGKILL');
  const why = 'The edge lab ended (killed by SIGKILL). Start whither again.';
  await until(() => run.output().includes(why) && !isAlive(run.plan.pid(0)));
  const link = linkIn(run.output());
  const answer = await fetch(new URL('/api/host', link), { headers: { cookie: await letIn(link) } });
  expect(await answer.json()).toMatchObject({ text: why });
  expect(run.output()).not.toContain('The capture was stopped');
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
