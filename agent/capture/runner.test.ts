import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import { readAll } from '#core/pcapng/testing/record-calls.ts';
import type { Status } from '#core/protocol/messages.ts';
import type { CaptureLog } from '../spool/log.ts';
import { Spool } from '../spool/spool.ts';
import { FAKE_PROBE, planFakeProbe, type FakePlan, type FakeRun } from '../testing/fake-probe.ts';
import { event, eventNs, section } from '../testing/section.ts';
import { temporaryDirectory, until } from '../testing/temporary.ts';
import { DeviceRunner } from './device-runner.ts';
import { FileLog } from './file-log.ts';
import { DirectLauncher, GONE_EXIT_CODE, lines } from './launcher.ts';
import { ProbeRunner } from './runner.ts';
import { checkSpec, probeArguments, type CaptureSpec } from './spec.ts';

const SPEC = { devices: ['eth0'], netns: 'edge', snaplen: 96 };
const DELAYS_MS = [1, 1, 1];

interface Run {
  readonly runner: ProbeRunner;
  readonly statuses: Status[];
  readonly plan: FakePlan;
}

function runnerFor(
  runs: readonly FakeRun[],
  log: CaptureLog,
  probe = FAKE_PROBE,
  spec: CaptureSpec = SPEC,
): Run {
  const plan = planFakeProbe(runs);
  vi.stubEnv('WHITHER_FAKE_PROBE', plan.env.WHITHER_FAKE_PROBE);
  onTestFinished(() => void vi.unstubAllEnvs());
  const statuses: Status[] = [];
  const runner = new ProbeRunner({
    launcher: new DirectLauncher(probe),
    spec,
    log,
    onStatus: (status) => statuses.push(status),
    restartDelaysMs: DELAYS_MS,
  });
  return { runner, statuses, plan };
}

async function openSpool(): Promise<Spool> {
  const spool = await Spool.open(temporaryDirectory());
  onTestFinished(() => spool.close());
  return spool;
}

async function readSpool(spool: Spool): Promise<Uint8Array> {
  const bytes = await spool.readRaw(0, spool.end);
  if (!(bytes instanceof Uint8Array)) throw new Error('nothing in the spool');
  return bytes;
}

test('the probe is started with what was asked for, and asked to end', async () => {
  const spool = await openSpool();
  const first = section({ run: 1, events: 5 });
  const { runner, statuses, plan } = runnerFor([{ output: first, then: 'stay', tail: event(5) }], spool);
  const ran = runner.run();
  await until(() => spool.end === first.length);
  expect(plan.args(0)).toBe('-i eth0 --netns edge --snaplen 96 --die-with-parent --control -w -');
  expect(statuses).toEqual([{ type: 'status', capture: 'running', text: 'Capturing eth0 in netns edge.' }]);
  runner.stop();
  await ran;
  // What the probe wrote on SIGTERM is there as well.
  expect(readAll([await readSpool(spool)]).packets.map((p) => p.packetId)).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
  expect(statuses.at(-1)).toEqual({ type: 'status', capture: 'stopped', text: 'The capture was stopped.' });
  expect(runner.failed).toBe(false);
});

test('a probe that dies in the middle of a block is started again, and the gap is in the capture', async () => {
  const spool = await openSpool();
  const cut = Buffer.concat([section({ run: 1, events: 3 }), event(3).subarray(0, 40)]);
  const second = section({ run: 2, events: 2, first: 10 });
  const { runner, statuses } = runnerFor(
    [
      { output: cut, then: 'kill' },
      { output: second, then: 'stay' },
    ],
    spool,
  );
  const ran = runner.run();
  await until(
    () => spool.segmentStarts.length === 2 && spool.end - spool.segmentStarts[1]! === second.length,
  );
  runner.stop();
  await ran;
  const read = readAll([await readSpool(spool)]);
  expect(read.problems).toEqual([]);
  expect(read.packets.map((p) => p.packetId)).toEqual([0n, 1n, 2n, 10n, 11n]);
  const gap = Buffer.from(read.customs.find((c) => c.subtype === BLOCK_SUBTYPE.gap)!.body, 'hex');
  expect([gap.readUInt8(4), gap.readBigUInt64LE(16)]).toEqual([GAP_CAUSE.probeRestart, eventNs(2)]);
  expect(statuses.map((status) => status.capture)).toEqual(['running', 'restarting', 'running', 'stopped']);
  expect(statuses[1]!.text).toBe('The probe ended (killed by SIGKILL). Starting it again.');
});

test('a probe that keeps dying is given up after the last delay', async () => {
  const spool = await openSpool();
  const run: FakeRun = { output: section({ run: 1, events: 1 }), then: 'exit 3' };
  const { runner, statuses, plan } = runnerFor([run, run, run, run, run], spool);
  await runner.run();
  expect(plan.args(3)).not.toBeNull();
  expect(plan.args(4)).toBeNull();
  expect(statuses.at(-1)).toEqual({
    type: 'status',
    capture: 'stopped',
    text: 'The probe ended (exit code 3).',
  });
  expect(runner.failed).toBe(true);
});

const GONE: FakeRun = {
  output: section({ run: 1, events: 1 }),
  then: `exit ${GONE_EXIT_CODE} whither-probe: the device eth0 is gone, so nothing is left to watch: start again when it is back (ip link lists what is there)`,
};

test('what it watched is waited for, and captured when it comes back', async () => {
  const spool = await openSpool();
  const back = section({ run: 2, events: 2, first: 10 });
  const { runner, statuses } = runnerFor([GONE, { output: back, then: 'stay' }], spool);
  const ran = runner.run();
  await until(() => spool.segmentStarts.length === 2 && spool.end - spool.segmentStarts[1]! === back.length);
  runner.stop();
  await ran;
  expect(statuses.map(({ capture, text }) => [capture, text])).toEqual([
    ['running', 'Capturing eth0 in netns edge.'],
    ['restarting', 'The device eth0 is gone, so nothing is left to watch. Waiting for it.'],
    ['running', 'Capturing eth0 in netns edge.'],
    ['stopped', 'The capture was stopped.'],
  ]);
});

test('of two devices that went, the one that comes back is captured', async () => {
  const spool = await openSpool();
  const back = section({ run: 2, events: 2, first: 10 });
  const said = 'the devices eth0, eth1 are gone, so nothing is left to watch: start again when they are back';
  const missing: FakeRun = {
    output: new Uint8Array(0),
    then: 'exit 1 whither-probe: no device eth0 in this network namespace: see ip link',
  };
  const { runner, statuses, plan } = runnerFor(
    [
      { output: section({ run: 1, events: 1 }), then: `exit ${GONE_EXIT_CODE} whither-probe: ${said}` },
      missing,
      { output: back, then: 'stay' },
    ],
    spool,
    FAKE_PROBE,
    { devices: ['eth0', 'eth1'], netns: null, snaplen: null },
  );
  const ran = runner.run();
  await until(() => spool.segmentStarts.length === 2 && spool.end - spool.segmentStarts[1]! === back.length);
  runner.stop();
  await ran;
  expect(plan.args(1)).toMatch(/-i eth0 -i eth1/);
  expect(plan.args(2)).toMatch(/^-i eth1 /);
  expect(statuses.map(({ capture, text }) => [capture, text])).toEqual([
    ['running', 'Capturing eth0, eth1.'],
    ['restarting', 'The devices eth0, eth1 are gone, so nothing is left to watch. Waiting for them.'],
    ['partly', 'Capturing eth1. Without eth0, which had not come back.'],
    ['stopped', 'The capture was stopped.'],
  ]);
});

test('a device that goes while others stay is told of, and the capture is no longer whole', async () => {
  const said = 'the device eth1 is gone; still watching eth0: to watch all, start again when it is back';
  const run: FakeRun = { output: section({ run: 1, events: 1 }), then: `stay 0 whither-probe: ${said}` };
  const { runner, statuses } = runnerFor([run], await openSpool());
  const ran = runner.run();
  await until(() => statuses.some(({ capture }) => capture === 'partly'));
  runner.stop();
  await ran;
  expect(statuses.find(({ capture }) => capture === 'partly')!.text).toBe(
    'The device eth1 is gone; still watching eth0: to watch all, start again when it is back.',
  );
});

test('what it watched is not waited for for ever; why it ended is said, not why it could not start again', async () => {
  const spool = await openSpool();
  const { runner, statuses, plan } = runnerFor([GONE], spool);
  await runner.run();
  expect(plan.args(3)).not.toBeNull();
  expect(plan.args(4)).toBeNull();
  expect(statuses.map(({ capture }) => capture)).toEqual([
    'running',
    'restarting',
    'restarting',
    'restarting',
    'stopped',
  ]);
  expect(statuses.at(-1)!.text).toBe(
    'The device eth0 is gone, so nothing is left to watch: start again when it is back (ip link lists what is there).',
  );
  expect(runner.failed).toBe(true);
});

test('a probe that finds nothing to watch any more has captured all the same: the capture has stopped', async () => {
  const spool = await openSpool();
  const { runner, statuses } = runnerFor([{ output: section({ run: 1, events: 1 }), then: 'kill' }], spool);
  await runner.run();
  expect(statuses.at(-1)).toEqual({
    type: 'status',
    capture: 'stopped',
    text: 'The probe ended (exit code 1): fake-probe: no device of that name.',
  });
});

test('a device that is not there is left out, as long as there is another', async () => {
  const dir = temporaryDirectory();
  const probe = path.join(dir, 'probe');
  // What the real one says, which supervise.kernel.test.ts proves.
  writeFileSync(
    probe,
    `#!/bin/sh
for gone in nosuch0 nosuch1; do
  case " $* " in *" $gone "*) echo "whither-probe: no device $gone in this network namespace: x" >&2; exit 1;; esac
done
exec "${FAKE_PROBE}" "$@"
`,
  );
  chmodSync(probe, 0o755);
  const captureOf = (devices: string[]): { runner: DeviceRunner; statuses: Status[]; plan: FakePlan } => {
    const plan = planFakeProbe([{ output: section({ run: 1, events: 1 }), then: 'stay' }]);
    vi.stubEnv('WHITHER_FAKE_PROBE', plan.env.WHITHER_FAKE_PROBE);
    onTestFinished(() => void vi.unstubAllEnvs());
    const statuses: Status[] = [];
    const spec = { devices, netns: null, snaplen: null };
    const launcher = new DirectLauncher(probe);
    const log = new FileLog(new PassThrough().resume(), []);
    const onStatus = (status: Status): void => void statuses.push(status);
    return { runner: new DeviceRunner({ launcher, spec, log, onStatus }), statuses, plan };
  };
  const some = captureOf(['nosuch0', 'eth0', 'nosuch1']);
  const ran = some.runner.run();
  await until(() => some.statuses.length === 3);
  some.runner.stop();
  await ran;
  expect(some.plan.args(0)).toMatch(/^-i eth0 --die/);
  expect(some.statuses.map(({ capture, text }) => [capture, text])).toEqual([
    ['restarting', 'There is no device nosuch0: going on without it.'],
    ['restarting', 'There is no device nosuch1: going on without it.'],
    ['partly', 'Capturing eth0. Without nosuch0, nosuch1: there was no such device when it started.'],
    ['stopped', 'The capture was stopped.'],
  ]);
  expect(some.runner.failed).toBe(false);
  const none = captureOf(['nosuch0', 'nosuch1']);
  await none.runner.run();
  expect(none.statuses.map(({ capture }) => capture)).toEqual(['restarting', 'unavailable']);
  expect(none.runner.failed).toBe(true);
});

test('a probe that cannot begin says why, once', async () => {
  const spool = await openSpool();
  const { runner, statuses, plan } = runnerFor([], spool);
  await runner.run();
  expect(statuses).toEqual([
    {
      type: 'status',
      capture: 'unavailable',
      text: 'The probe ended (exit code 1): fake-probe: no device of that name.',
    },
  ]);
  expect(plan.args(1)).toBeNull();
});

test('a probe that is not built is said to be', async () => {
  const { runner, statuses } = runnerFor([], await openSpool(), '/nonexistent/whither-probe');
  await runner.run();
  expect(statuses.at(-1)).toMatchObject({
    capture: 'unavailable',
    text: '/nonexistent/whither-probe does not exist: build the probe with npm run build.',
  });
});

test('output that is no pcapng ends the capture with the offset', async () => {
  const spool = await openSpool();
  const { runner, statuses } = runnerFor(
    [{ output: Buffer.from('hello, I am no probe'), then: 'stay' }],
    spool,
  );
  await runner.run();
  expect(statuses.at(-1)!.capture).toBe('stopped');
  // A status is a sentence, whoever wrote its words.
  expect(statuses.at(-1)!.text).toMatch(/^The .*\.$/);
  expect(statuses.at(-1)!.text).toContain(
    'not the expected pcapng at byte 0, it does not begin with a section header',
  );
  expect(runner.failed).toBe(true);
});

test('a file gets every section, the schema and the gap, without segments', async () => {
  const out = new PassThrough();
  const log = new FileLog(out, ['{"whither":1}']);
  const { runner } = runnerFor(
    [
      { output: section({ run: 1, events: 2 }), then: 'kill' },
      { output: section({ run: 2, events: 2, first: 2 }), then: 'stay' },
    ],
    log,
  );
  const parts: Buffer[] = [];
  out.on('data', (part: Buffer) => parts.push(part));
  const ran = runner.run();
  await until(() => readAll([Buffer.concat(parts)]).packets.length === 4);
  runner.stop();
  await ran;
  const read = readAll([Buffer.concat(parts)]);
  expect(read.problems).toEqual([]);
  expect(read.customs.filter((c) => c.subtype === BLOCK_SUBTYPE.schema).map((c) => c.section)).toEqual([
    0, 1,
  ]);
  expect(read.customs.filter((c) => c.subtype === BLOCK_SUBTYPE.gap)).toHaveLength(1);
  expect(log.bytes).toBe(Buffer.concat(parts).length);
});

test('a reader that goes away ends the capture', async () => {
  const out = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  });
  const log = new FileLog(out, []);
  const { runner } = runnerFor([{ output: section({ run: 1, events: 2 }), then: 'stay' }], log);
  await runner.run();
  expect(log.closedByReader).toBe(true);
});

test('nothing but names and numbers reaches the command line of the probe', () => {
  expect(probeArguments({ devices: ['eth0', 'veth1.5'], netns: null, snaplen: null })).toEqual([
    '-i',
    'eth0',
    '-i',
    'veth1.5',
    '--die-with-parent',
    '--control',
    '-w',
    '-',
  ]);
  const filter = { filter: '-ip[4] = 1', mark: '0x10/0xff', hasMetadata: true, sample: 10, rate: 1000 };
  expect(probeArguments(checkSpec({ ...SPEC, ...filter })).slice(6, 15)).toEqual([
    ...['-f', '-ip[4] = 1', '--mark', '0x10/0xff', '--has-metadata', '--sample', '10', '--rate', '1000'],
  ]);
  for (const bad of ['', '1/', 'x', '-1', '0x10/0xff/1', '1 2'])
    expect(() => checkSpec({ ...SPEC, mark: bad }), bad).toThrow('is no mark');
  for (const bad of [0, -1, 1.5, 2 ** 40]) expect(() => checkSpec({ ...SPEC, sample: bad })).toThrow();
  expect(() => checkSpec({ ...SPEC, filter: 'a\0b' })).toThrow('filter');
  for (const bad of ['', '-w', '--doctor', 'a b', 'a/b', 'a:b', 'x'.repeat(16), '.', '..', 'a\n', 'a\0']) {
    expect(() => checkSpec({ ...SPEC, devices: [bad] }), JSON.stringify(bad)).toThrow();
  }
  for (const bad of ['', '-x', '../x', 'a/b', '/proc/1/ns/net', 'a b']) {
    expect(() => checkSpec({ ...SPEC, netns: bad }), JSON.stringify(bad)).toThrow('network namespace');
  }
  for (const bad of [-1, 1.5, 70_000, '96']) {
    expect(() => checkSpec({ ...SPEC, snaplen: bad })).toThrow();
  }
  expect(() => checkSpec({ ...SPEC, devices: [] })).toThrow();
  expect(() => checkSpec(null)).toThrow();
});

test('lines of a process are cleaned and bounded', async () => {
  const stream = new PassThrough();
  const said: string[] = [];
  lines(stream, (line) => said.push(line));
  stream.write('one\ntw');
  stream.write('o\n\n\u001b[31mred\u0007\n');
  stream.end('x'.repeat(5000));
  await until(() => said.length === 4);
  expect(said).toEqual(['one', 'two', '[31mred', 'x'.repeat(1000)]);
});

test('a probe is told that its cost is watched, and so is the next one', async () => {
  const spool = await openSpool();
  const { runner, plan } = runnerFor(
    [
      { output: section({ run: 1, events: 1 }), then: 'stay' },
      { output: section({ run: 2, events: 1 }), then: 'stay' },
    ],
    spool,
  );
  const ran = runner.run();
  await until(() => spool.end > 0);
  expect(plan.orders(0)).toBe('');
  runner.watchCost(true);
  await until(() => plan.orders(0) === `cost on ${process.pid}\n`);
  process.kill(plan.pid(0), 'SIGKILL');
  await until(() => plan.orders(1) === `cost on ${process.pid}\n`);
  runner.watchCost(false);
  await until(() => plan.orders(1).endsWith('cost off\n'));
  runner.stop();
  await ran;
});
