import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { CostPoint, CostProgram, CostSample } from '#core/store/view.ts';
import { section } from '../testing/section.ts';
import { formatCost, inspectCost } from './inspect-cost.ts';

const PROGRAM: CostProgram = {
  id: 7,
  name: 'edge_xdp',
  tag: '0'.repeat(16),
  attach: 'xdp',
  hook: '',
  device: 'eth0',
  runs: 4,
  runTimeNs: 402,
  skipped: 0,
};
const OWN: CostProgram = {
  ...PROGRAM,
  id: 12,
  name: 'tcx\u001b[2J',
  attach: 'own',
  hook: 'tcx/ingress@first',
  device: '',
};
const SAMPLE: CostSample = {
  timeNs: '1',
  sinceNs: '1',
  counting: true,
  error: 0,
  probeCpuNs: 1,
  agentCpuNs: null,
  bytes: 1,
  events: 1,
  programs: [PROGRAM, { ...OWN, runTimeNs: 4000 }, { ...PROGRAM, id: 8, runs: 0 }],
};
const POINT: CostPoint = {
  timeNs: '1',
  probeCpu: 0.01,
  agentCpu: null,
  ownCpu: 0.02,
  othersCpu: 0.001,
  bytesPerSecond: 2048,
  eventsPerSecond: 10,
};

test('the cost is printed as means and a row for each program that ran, the dearest first', () => {
  const history = [POINT, { ...POINT, probeCpu: 0.03, othersCpu: null }];
  expect(formatCost({ latest: SAMPLE, programs: [], history })).toEqual([
    'CPU of one: probe 2.0 %, agent not known, programs of Whither 2.0 %, of others 0.1 %',
    '10 events/s, 2.0 KiB/s, mean of 2 intervals',
    'ID  PROGRAM   WHERE                      RUNS  NS/RUN  SKIPPED',
    '12  tcx·[2J   whither tcx/ingress@first  4     1000    0',
    '7   edge_xdp  xdp of eth0                4     101     0',
  ]);
});

test('a kernel that does not count is said with the reason, and a capture without cost with the remedy', () => {
  const lines = formatCost({
    latest: { ...SAMPLE, counting: false, error: 1, programs: [] },
    programs: [],
    history: [],
  });
  expect(lines[0]).toBe('The kernel did not count what programs run: that takes CAP_SYS_ADMIN.');
  expect(formatCost({ latest: null, programs: [], history: [] })).toEqual([
    'The capture says nothing of its cost: capture with --cost.',
  ]);
});

test('as JSON it is one object, also of a capture that is cut off', async () => {
  const bytes = section({ run: 1, events: 3 });
  const run = async (input: Uint8Array): Promise<readonly [number, unknown, string]> => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const code = await inspectCost(Readable.from([Buffer.from(input)]), 'x.pcapng', true, out, err);
    return [code, JSON.parse(String(out.read())), String(err.read() ?? '')];
  };
  const nothing = { latest: null, programs: [], history: [] };
  expect((await run(bytes)).slice(0, 2)).toEqual([0, nothing]);
  const [code, view, said] = await run(bytes.subarray(0, bytes.length - 5));
  expect([code, view]).toEqual([1, nothing]);
  expect(said).toMatch(/^x\.pcapng: at byte \d+: The capture ends in the middle of a block/m);
});
