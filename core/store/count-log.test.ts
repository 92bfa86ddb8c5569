import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOOK_BY_ID, HOOK_BY_NAME } from '#core/format/hooks.ts';
import * as L from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { countedObjects } from '#core/inspect/summary.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { JourneyList } from '#core/query/journey-list.ts';
import type { CaptureStore } from './capture-store.ts';
import { MAX_COUNTED_ROWS, MAX_COUNTED_RUNS } from './count-log.ts';
import { countedSum, countedText } from './counted-text.ts';
import { hopList } from './hops.ts';
import { START_NS, storeOf } from './testing/scenario.ts';
import type { Counted } from './view.ts';

const REDIRECTED = HOOK_BY_NAME.get('xdp_redirect')!.id;
const FAILED = HOOK_BY_NAME.get('xdp_redirect_err')!.id;
const EXCEPTION = HOOK_BY_NAME.get('xdp_exception')!.id;
const IFINDEX = 1;
const OTHER = 2;

interface Row extends Partial<Counted> {
  readonly hook?: number;
  readonly ifindex?: number;
}

function bodyOf(rows: readonly Row[], rowBytes: number = L.COUNTED_SIZE, count = rows.length): Uint8Array {
  const body = new Uint8Array(L.COUNTS_SIZE + rows.length * rowBytes);
  const view = new DataView(body.buffer);
  view.setUint32(L.COUNTS_COUNT, count, true);
  view.setUint16(L.COUNTS_ROW_LEN, rowBytes, true);
  rows.forEach((row, i) => {
    const at = L.COUNTS_SIZE + i * rowBytes;
    view.setBigUint64(at + L.COUNTED_COUNT, BigInt(row.count ?? 1), true);
    view.setUint32(at + L.COUNTED_IFINDEX, row.ifindex ?? IFINDEX, true);
    view.setUint32(at + L.COUNTED_PROGRAM, row.program ?? 12, true);
    view.setUint32(at + L.COUNTED_MAP, row.map ?? 7, true);
    view.setUint32(at + L.COUNTED_INDEX, row.index ?? 0, true);
    view.setUint32(at + L.COUNTED_VALUE, row.value ?? 0, true);
    view.setUint8(at + L.COUNTED_HOOK, row.hook ?? REDIRECTED);
    body.set(new TextEncoder().encode(row.programName ?? 'prog').subarray(0, 15), at + L.COUNTED_NAME);
  });
  return body;
}

/** Two devices with the three hooks, then the blocks; a section for each. */
function storeWith(...sections: readonly { run?: number; bodies: readonly Uint8Array[] }[]): CaptureStore {
  const writer = new CaptureWriter();
  for (const { run = 1, bodies } of sections) {
    writer.sectionHeader();
    writer.section({
      run: new Uint8Array(16).fill(run),
      segment: 0,
      startedNs: START_NS,
      clockOffsetNs: 0n,
      clockErrorNs: 0n,
    });
    for (const ifindex of [IFINDEX, OTHER])
      for (const hook of [REDIRECTED, FAILED, EXCEPTION])
        writer.interfaceDescription({
          linkType: 1,
          name: `eth${ifindex}:${HOOK_BY_ID.get(hook)!.name}`,
          whither: { hook, ifindex, netns: 7 },
        });
    for (const body of bodies) writer.custom(BLOCK_SUBTYPE.counts, body);
  }
  return storeOf(writer.take());
}

const lines = (store: CaptureStore): string[] =>
  countedObjects(store).map(({ hop, counted, text }) => `${hop}: ${counted} ${text}`);
const causes = (store: CaptureStore): string[] => store.problems.map(({ cause }) => cause);

describe('counts blocks', () => {
  it('are sums: the last one of a run has them all, and runs are added', () => {
    const first = bodyOf([{ count: 3 }, { count: 1, hook: FAILED, value: 22, map: 0, index: 9 }]);
    const second = bodyOf([{ count: 5 }, { count: 2, hook: FAILED, value: 22, map: 0, index: 9 }]);
    const other = bodyOf([{ count: 10 }, { count: 20, index: 1, ifindex: OTHER }]);
    const store = storeWith({ bodies: [first, second] }, { bodies: [second] }, { run: 2, bodies: [other] });
    expect(store.problems).toEqual([]);
    expect(lines(store)).toEqual([
      'eth1:xdp_redirect: 15 redirected by prog (id 12) to entry 0 of map 7',
      'eth1:xdp_redirect_err: 2 dropped: redirect by prog (id 12) to ifindex 9 failed, EINVAL',
      'eth2:xdp_redirect: 20 redirected by prog (id 12) to entry 1 of map 7',
    ]);
    const listed = hopList(
      store,
      new JourneyList(store, { hop: null, metadata: null, harm: null, time: null, where: '' }),
    );
    expect(listed.map(({ counted }) => counted.length)).toEqual([1, 1, 0, 1, 0, 0]);
    expect([store.events.count, store.gaps.lost]).toEqual([0, 0]);
  });

  it('list the most frequent kind of a hop first', () => {
    const store = storeWith({
      bodies: [bodyOf([{ count: 1 }, { count: 4, map: 8 }, { count: 2, program: 13 }])],
    });
    expect(countedObjects(store).map(({ counted }) => counted)).toEqual([4, 2, 1]);
    const hop = store.hops.hops.findIndex(({ name }) => name === 'eth1:xdp_redirect');
    expect(countedSum(store.counts.of(hop))).toBe(7);
  });

  it.each([
    [
      REDIRECTED,
      { program: 0, programName: '' },
      'redirected by programs or targets beyond those told apart',
    ],
    [
      FAILED,
      { program: 0, programName: '' },
      'dropped: redirect by programs or targets beyond those told apart failed',
    ],
    [FAILED, { value: 4095 }, 'dropped: redirect by prog (id 12) to entry 0 of map 7 failed, error 4095'],
    [EXCEPTION, { value: 0 }, 'dropped: prog (id 12) returned XDP_ABORTED'],
    [EXCEPTION, { value: 3 }, 'dropped: XDP_TX of prog (id 12) failed'],
    [EXCEPTION, { value: 17 }, 'dropped: prog (id 12) returned 17, which is no verdict'],
    [EXCEPTION, { value: 17, programName: '' }, 'dropped: (id 12) returned 17, which is no verdict'],
    [99, {}, 'counted, of prog (id 12)'],
  ])('at hook %i with %o: %s', (hook, part, text) => {
    const counted = { count: 1, program: 12, programName: 'prog', map: 7, index: 0, value: 0, ...part };
    expect(countedText(hook, counted)).toBe(text);
  });

  it('that contradict themselves are a problem, and what was read before stays', () => {
    const good = bodyOf([{ count: 3 }]);
    const bad: [Uint8Array, string][] = [
      [good.subarray(0, L.COUNTS_SIZE - 1), `15 bytes, less than ${L.COUNTS_SIZE}`],
      [good.subarray(0, good.length - 1), 'shorter than it says'],
      [bodyOf([{}], L.COUNTED_SIZE - 4), 'shorter than it says'],
      [bodyOf([], L.COUNTED_SIZE, MAX_COUNTED_ROWS + 1), `more than ${MAX_COUNTED_ROWS} rows`],
      [bodyOf([{ ifindex: 5 }]), 'it counts at an interface that its section has not declared'],
    ];
    for (const [body, fault] of bad) {
      const store = storeWith({ bodies: [good, body] });
      expect(causes(store)).toEqual([
        `The counts block here is not as it should be (${fault}); it is ignored.`,
      ]);
      expect(countedObjects(store).map(({ counted }) => counted)).toEqual([3]);
    }
    const longer = storeWith({ bodies: [bodyOf([{ count: 3 }, { count: 4, map: 8 }], L.COUNTED_SIZE + 8)] });
    expect(countedObjects(longer).map(({ counted }) => counted)).toEqual([4, 3]);
  });

  it('are kept of a bounded number of runs', () => {
    const runs = Array.from({ length: MAX_COUNTED_RUNS + 1 }, (_, i) => ({
      run: i + 1,
      bodies: [bodyOf([{ count: 1 }])],
    }));
    const store = storeWith(...runs);
    expect(countedObjects(store).map(({ counted }) => counted)).toEqual([MAX_COUNTED_RUNS]);
    expect(causes(store)[0]).toContain(`of more than ${MAX_COUNTED_RUNS} runs`);
  });

  it('never throw, whatever is in them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(3), fc.nat(60), (bytes, count, rowBytes) => {
        const body = bytes.slice();
        if (body.length >= L.COUNTS_SIZE) {
          const view = new DataView(body.buffer);
          view.setUint32(L.COUNTS_COUNT, count, true);
          view.setUint16(L.COUNTS_ROW_LEN, rowBytes, true);
        }
        const store = storeWith({ bodies: [body] });
        expect(countedObjects(store).length).toBeLessThanOrEqual(count);
        expect(store.problems.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
