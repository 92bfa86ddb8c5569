import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as L from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE, COST_ATTACH, COST_COUNTING } from '#core/format/structs.ts';
import { CostSink } from '#core/inspect/cost-sink.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { CostLog, MAX_COST_POINTS, MAX_COST_PROGRAMS } from './cost-log.ts';
import { sectionBytes, storeOf } from './testing/scenario.ts';
import type { CostView } from './view.ts';

interface Row {
  readonly id: number;
  readonly name?: string;
  readonly attach?: number;
  readonly hook?: number;
  readonly ifindex?: number;
  readonly runs: bigint;
  readonly runTime: bigint;
}

interface Block {
  /** Seconds. */
  readonly at: number;
  readonly since?: bigint;
  readonly probe?: bigint;
  readonly agent?: bigint;
  readonly bytes?: bigint;
  readonly events?: bigint;
  readonly error?: number;
  readonly rows?: readonly Row[];
  readonly rowBytes?: number;
}

function bodyOf(block: Block): Uint8Array {
  const { rows = [], rowBytes = L.COST_PROGRAM_SIZE, error = 0 } = block;
  const body = new Uint8Array(L.COST_SIZE + rows.length * rowBytes);
  const view = new DataView(body.buffer);
  view.setBigUint64(L.COST_TIME, BigInt(block.at) * 1_000_000_000n, true);
  view.setBigUint64(L.COST_PROBE_CPU, block.probe ?? 0n, true);
  view.setBigUint64(L.COST_AGENT_CPU, block.agent ?? 0xffff_ffff_ffff_ffffn, true);
  view.setBigUint64(L.COST_BYTES, block.bytes ?? 0n, true);
  view.setBigUint64(L.COST_EVENTS, block.events ?? 0n, true);
  view.setBigUint64(L.COST_SINCE, block.since ?? 1n, true);
  view.setUint32(L.COST_COUNT, rows.length, true);
  view.setUint16(L.COST_ROW_LEN, rowBytes, true);
  view.setUint8(L.COST_COUNTING, error === 0 ? COST_COUNTING.on : COST_COUNTING.refused);
  view.setUint32(L.COST_ERROR, error, true);
  rows.forEach((row, i) => {
    const at = L.COST_SIZE + i * rowBytes;
    view.setBigUint64(at + L.COST_PROGRAM_RUN_TIME, row.runTime, true);
    view.setBigUint64(at + L.COST_PROGRAM_RUNS, row.runs, true);
    view.setBigUint64(at + L.COST_PROGRAM_SKIPPED, 3n, true);
    body.set([1, 2, 3, 4, 5, 6, 7, 0xab], at + L.COST_PROGRAM_TAG);
    view.setUint32(at + L.COST_PROGRAM_ID, row.id, true);
    view.setUint32(at + L.COST_PROGRAM_IFINDEX, row.ifindex ?? 0, true);
    body.set(Buffer.from(row.name ?? 'prog'), at + L.COST_PROGRAM_NAME);
    view.setUint8(at + L.COST_PROGRAM_ATTACH, row.attach ?? COST_ATTACH.own);
    view.setUint8(at + L.COST_PROGRAM_HOOK, row.hook ?? 0);
  });
  return body;
}

const deviceOf = (ifindex: number): string => (ifindex === 2 ? 'eth0' : '');

function logOf(...blocks: readonly Block[]): CostLog {
  const log = new CostLog();
  for (const block of blocks) expect(log.add(bodyOf(block), 'edge', deviceOf)).toBe(true);
  return log;
}

describe('the log of cost blocks', () => {
  it('is of the host that told first: sums of two hosts are no rate', () => {
    const log = new CostLog();
    for (const [at, host, bytes] of [
      [100, 'near', 1000n],
      [100, 'far', 2_000_000_000n],
      [101, 'near', 2000n],
      [101, 'far', 2_000_001_000n],
    ] as const) {
      expect(log.add(bodyOf({ at, bytes }), host, deviceOf)).toBe(true);
    }
    const { latest, history } = log.view();
    expect(latest?.bytes).toBe(2000);
    expect(history.map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([1000]);
  });

  it('reads sums of the processes and of every program', () => {
    const xdp = { id: 9, name: 'edge_xdp', attach: COST_ATTACH.xdp, ifindex: 2, runs: 5n, runTime: 500n };
    const gone = { ...xdp, id: 10, attach: COST_ATTACH.tcxEgress, ifindex: 7 };
    const own = { id: 3, name: 'a_name_of_16_byt', hook: 1, runs: 2n ** 40n, runTime: 2n ** 45n };
    const { latest, programs, history } = logOf({
      at: 100,
      since: 50n,
      probe: 7n,
      agent: 8n,
      bytes: 9n,
      events: 10n,
      rows: [own, xdp, gone],
    }).view();
    expect(latest).toEqual({
      timeNs: '100000000000',
      sinceNs: '50',
      counting: true,
      error: 0,
      probeCpuNs: 7,
      agentCpuNs: 8,
      bytes: 9,
      events: 10,
      programs: [
        {
          id: 3,
          name: 'a_name_of_16_byt',
          tag: '01020304050607ab',
          attach: 'own',
          hook: 'netif_receive_skb',
          device: '',
          runs: 2 ** 40,
          runTimeNs: 2 ** 45,
          skipped: 3,
        },
        expect.objectContaining({ id: 9, attach: 'xdp', hook: '', device: 'eth0', runs: 5, runTimeNs: 500 }),
        expect.objectContaining({ id: 10, attach: 'tcx/egress', device: 'ifindex 7' }),
      ],
    });
    expect([programs, history]).toEqual([[], []]);
  });

  it('tells rates between two blocks, a program on two devices added up once', () => {
    const chain = (ifindex: number, runs: bigint, runTime: bigint): Row => ({
      id: 9,
      attach: COST_ATTACH.tcxIngress,
      ifindex,
      runs,
      runTime,
    });
    const { programs, history } = logOf(
      {
        at: 10,
        probe: 0n,
        agent: 1_000_000_000n,
        bytes: 100n,
        events: 1n,
        rows: [{ id: 3, runs: 10n, runTime: 1000n }, chain(2, 5n, 50n), chain(3, 5n, 50n)],
      },
      {
        at: 12,
        probe: 500_000_000n,
        agent: 1_200_000_000n,
        bytes: 4100n,
        events: 41n,
        rows: [
          { id: 3, runs: 30n, runTime: 2_001_000n },
          chain(2, 5n, 50n),
          chain(3, 9n, 4_000_050n),
          { id: 4, runs: 1n, runTime: 1n },
        ],
      },
    ).view();
    expect(programs.map(({ program, ...rates }) => [program.id, program.device, rates])).toEqual([
      [3, '', { runsPerSecond: 10, nsPerRun: 100_000, cpu: 0.001 }],
      [9, 'eth0', { runsPerSecond: 0, nsPerRun: null, cpu: 0 }],
      [9, 'ifindex 3', { runsPerSecond: 2, nsPerRun: 1_000_000, cpu: 0.002 }],
    ]);
    expect(history).toEqual([
      {
        timeNs: '12000000000',
        probeCpu: 0.25,
        agentCpu: 0.1,
        ownCpu: 0.001,
        othersCpu: 0.002,
        bytesPerSecond: 2000,
        eventsPerSecond: 20,
      },
    ]);
  });

  it('tells no rate of programs when the kernel did not count all the time, and none at all across runs', () => {
    const rows = [{ id: 3, runs: 10n, runTime: 1000n }];
    const paused = logOf({ at: 1, since: 1n, rows }, { at: 9, since: 8n, probe: 8n, rows }).view();
    expect(paused.programs).toEqual([]);
    expect(paused.history).toMatchObject([{ ownCpu: null, othersCpu: null, agentCpu: null, probeCpu: 1e-9 }]);
    const again = logOf({ at: 1, probe: 9n, rows }, { at: 2, probe: 1n, rows }).view();
    expect([again.programs, again.history]).toEqual([[], []]);
    const stepped = logOf({ at: 2, rows }, { at: 2, rows }).view();
    expect([stepped.programs, stepped.history]).toEqual([[], []]);
  });

  it('says why the kernel does not count', () => {
    expect(logOf({ at: 1, since: 0n, error: 1 }).view().latest).toMatchObject({ counting: false, error: 1 });
  });

  it('keeps ten minutes of history', () => {
    const log = new CostLog();
    for (let at = 1; at <= MAX_COST_POINTS + 11; at++) log.add(bodyOf({ at }), 'edge', deviceOf);
    const { history } = log.view();
    expect(history).toHaveLength(MAX_COST_POINTS);
    expect(history[0]!.timeNs).toBe('12000000000');
  });

  it('reads rows of a newer writer, which are longer, and refuses what is shorter than it says', () => {
    const rows = [
      { id: 3, runs: 1n, runTime: 1n },
      { id: 4, runs: 2n, runTime: 2n },
    ];
    const longer = logOf({ at: 1, rows, rowBytes: 80 }).view().latest!;
    expect(longer.programs.map(({ id, runs }) => [id, runs])).toEqual([
      [3, 1],
      [4, 2],
    ]);
    const whole = bodyOf({ at: 1, rows });
    const log = new CostLog();
    for (let length = 0; length < whole.length; length++) {
      expect(log.add(whole.subarray(0, length), 'edge', deviceOf)).toBe(false);
    }
    const many = bodyOf({ at: 1, rows });
    new DataView(many.buffer).setUint32(L.COST_COUNT, MAX_COST_PROGRAMS + 1, true);
    expect(log.add(many, 'edge', deviceOf)).toBe(false);
    const narrow = bodyOf({ at: 1, rows });
    new DataView(narrow.buffer).setUint16(L.COST_ROW_LEN, L.COST_PROGRAM_SIZE - 1, true);
    expect(log.add(narrow, 'edge', deviceOf)).toBe(false);
    expect(log.view().latest).toBeNull();
  });

  it('never throws, whatever the bytes', () => {
    const log = new CostLog();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(5), (bytes, count) => {
        if (bytes.length >= L.COST_SIZE) {
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
          view.setUint32(L.COST_COUNT, count, true);
          view.setUint16(L.COST_ROW_LEN, L.COST_PROGRAM_SIZE, true);
        }
        const taken = log.add(bytes, 'edge', deviceOf);
        expect(taken).toBe(bytes.length >= L.COST_SIZE + count * L.COST_PROGRAM_SIZE);
        for (const { probeCpu } of log.view().history) expect(probeCpu).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  it('is filled by the blocks of a capture, with the devices of its interfaces', () => {
    const rows = [2, 3].map((ifindex) => ({
      id: 9,
      attach: COST_ATTACH.xdp,
      ifindex,
      runs: 5n,
      runTime: 500n,
    }));
    const writer = new CaptureWriter();
    writer.custom(BLOCK_SUBTYPE.cost, bodyOf({ at: 1, rows }));
    writer.custom(BLOCK_SUBTYPE.cost, new Uint8Array(4));
    const head = sectionBytes({ seen: [{ hook: 'netif_receive_skb', id: 1n, us: 1 }] });
    const bytes = joinChunks([head, writer.take()]);
    const store = storeOf(bytes);
    const devices = (view: CostView) => view.latest!.programs.map(({ device }) => device);
    expect(devices(store.cost.view())).toEqual(['eth0', 'ifindex 3']);
    expect(store.problems.map(({ code }) => code)).toEqual(['bad-block']);

    const problems: string[] = [];
    const sink = new CostSink(({ code }) => problems.push(code));
    new CaptureReader(sink).push(bytes);
    expect(devices(sink.view)).toEqual(['eth0', 'ifindex 3']);
    expect(problems).toEqual(['bad-block']);
  });
});
