import { symlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FAKE_PROBE, planFakeProbe, type FakeRun } from '../testing/fake-probe.ts';
import { section } from '../testing/section.ts';
import { temporaryDirectory, until } from '../testing/temporary.ts';
import type { Notice } from './messages.ts';
import { MAX_PROBES, Privileged } from './privileged.ts';

const SPEC = { devices: ['eth0'], netns: null, snaplen: null };
const OUTPUT = section({ run: 1, events: 3 });

const STAYING = Array.from({ length: 8 }, () => ({ output: OUTPUT, then: 'stay' as const }));

/** A supervisor's end with a probe that is a script, and sockets to send its output to. */
function setUp(runs: readonly FakeRun[] = STAYING, uid = process.getuid?.() ?? 0) {
  const workDir = temporaryDirectory();
  const plan = planFakeProbe(runs);
  Object.assign(process.env, plan.env);
  const notices: Notice[] = [];
  const send = (notice: Notice): void => void notices.push(notice);
  const agent = process.pid;
  const privileged = new Privileged({ probe: FAKE_PROBE, whither: [], workDir, user: { uid }, agent, send });
  onTestFinished(() => privileged.close());
  return { workDir, plan, notices, privileged };
}

/** A listening socket; `received` is what came over its connections. */
async function listen(file: string): Promise<{ received: () => number; connections: () => number }> {
  let bytes = 0;
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.on('data', (part) => (bytes += part.length));
  });
  await new Promise<void>((resolve) => server.listen(file, resolve));
  onTestFinished(() => void server.close());
  return { received: () => bytes, connections: () => connections };
}

const start = (id: number) => ({ type: 'start-probe', id, spec: SPEC, socket: `probe-${id}.sock` }) as const;

test('the probe writes to the socket that the agent made', async () => {
  const { workDir, notices, privileged } = setUp();
  const socket = await listen(path.join(workDir, 'probe-0.sock'));
  await privileged.handle(start(0));
  await until(() => socket.received() === OUTPUT.length);
  expect(notices).toEqual([{ type: 'probe-started', id: 0 }]);
});

test('types come over a socket as well, and what the probe says when it has none', async () => {
  const { workDir, plan, notices, privileged } = setUp([
    { output: OUTPUT, then: 'exit 0' },
    { output: Buffer.alloc(0), then: 'exit 1 program 7 has gone' },
  ]);
  const socket = await listen(path.join(workDir, 'types-0.sock'));
  await privileged.handle({ type: 'ask-types', id: 0, program: null, socket: 'types-0.sock' });
  await until(() => socket.received() === OUTPUT.length);
  await listen(path.join(workDir, 'types-1.sock'));
  await privileged.handle({ type: 'ask-types', id: 1, program: 7, socket: 'types-0.sock' });
  expect(notices).toEqual([
    { type: 'types-answered', id: 0, error: null },
    { type: 'types-answered', id: 1, error: 'program 7 has gone' },
  ]);
  expect([plan.args(0), plan.args(1)]).toEqual(['--programs', '--btf 7']);
});

test('a link in the place of the socket does not make root connect to what it leads to', async () => {
  const { workDir, plan, notices, privileged } = setUp();
  const other = path.join(temporaryDirectory(), 'docker.sock');
  const target = await listen(other);
  symlinkSync(other, path.join(workDir, 'probe-0.sock'));
  await privileged.handle(start(0));
  expect(notices).toMatchObject([{ type: 'probe-failed', id: 0 }]);
  expect([target.connections(), plan.args(0)]).toEqual([0, null]);
});

test('a socket of another user is not connected to', async () => {
  const { workDir, plan, notices, privileged } = setUp(STAYING, 4_000_000);
  const socket = await listen(path.join(workDir, 'probe-0.sock'));
  await privileged.handle(start(0));
  expect(notices).toMatchObject([{ type: 'probe-failed', id: 0 }]);
  expect([socket.connections(), plan.args(0)]).toEqual([0, null]);
});

test('an agent that asks for probe after probe gets a few and no more', async () => {
  const { workDir, notices, privileged } = setUp();
  const ids = [0, 1, 2, 3, 4];
  for (const id of ids) await listen(path.join(workDir, `probe-${id}.sock`));
  // The same id twice as well, both at once: none may be started that nobody keeps track of.
  await Promise.all([...ids, ...ids].map((id) => privileged.handle(start(id))));
  expect(notices.filter(({ type }) => type === 'probe-started')).toHaveLength(MAX_PROBES);
  expect(notices.filter(({ type }) => type === 'probe-failed')).toHaveLength(2 * ids.length - MAX_PROBES);
});
