import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seen, trace, verdict, type Seen } from '#core/store/testing/scenario.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { ColumnPrinter, fieldInfos, fieldNamed } from './columns.ts';
import { SortQuery } from './sort.ts';

const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'consume_skb'] as const;

interface Made {
  readonly trace: number | null;
  readonly mark: number;
  readonly bad: boolean;
  readonly hops: number;
}

function storeOf(made: readonly Made[]): CaptureStore {
  return seen(
    ...made.flatMap(({ trace: value, mark, bad, hops }, i): Seen[] =>
      HOOKS.slice(0, hops).map((hook, k) => ({
        hook,
        id: BigInt(i + 1),
        us: 10 * i + k,
        ...(value !== null && { meta: [...trace(value), ...verdict(bad ? 1 : 0)] }),
        fields: { mark },
      })),
    ),
  );
}

function sorted(store: CaptureStore, name: string, down: boolean, budget = 3): number[] {
  const journeys = Uint32Array.from({ length: store.journeys.count }, (_, i) => i);
  const query = new SortQuery(store, journeys, fieldNamed(store, name)!, down);
  while (!query.advance(budget)) expect(query.progress).toBeLessThanOrEqual(1);
  return [...query.order];
}

const MADE = fc.array(
  fc.record({
    trace: fc.option(fc.integer({ min: 0, max: 0xff })),
    mark: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffff_ffff })),
    bad: fc.boolean(),
    hops: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('a sorted list', () => {
  it('is that of a stable sort by the value, those without one at the end', () => {
    fc.assert(
      fc.property(MADE, fc.boolean(), fc.integer({ min: 1, max: 50 }), (made, down, budget) => {
        const store = storeOf(made);
        const by: Record<string, (one: Made) => number | null> = {
          'tlv.trace': (one) => one.trace,
          mark: (one) => one.mark,
          'journey.events': (one) => one.hops,
          'tlv.verdict': (one) => (one.trace === null ? null : one.bad ? 0 : 1),
        };
        for (const [name, valueOf] of Object.entries(by)) {
          const all = made.map((one, i) => ({ i, value: valueOf(one) }));
          const has = all.filter(({ value }) => value !== null);
          has.sort((a, b) => (down ? -1 : 1) * (a.value! - b.value!));
          const without = all.filter(({ value }) => value === null);
          expect(sorted(store, name, down, budget)).toEqual([...has, ...without].map(({ i }) => i));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes every field that says so of any capture, and none that does not', () => {
    const store = storeOf([
      { trace: 5, mark: 2, bad: true, hops: 3 },
      { trace: null, mark: 1, bad: false, hops: 1 },
    ]);
    for (const { name, sortable } of fieldInfos(store)) {
      if (sortable) expect(sorted(store, name, false).sort()).toEqual([0, 1]);
      else expect(() => sorted(store, name, false)).toThrow(RangeError);
    }
    expect(
      fieldInfos(store)
        .filter(({ sortable }) => !sortable)
        .map(({ name }) => name),
    ).toEqual(['meta']);
  });

  it('by time, by port, by address and by length is in numbers, not in letters', () => {
    const store = storeOf(
      Array.from({ length: 12 }, (_, i) => ({ trace: 11 - i, mark: i, bad: false, hops: 1 })),
    );
    const backwards = Array.from({ length: 12 }, (_, i) => 11 - i);
    expect(sorted(store, 'time', true)).toEqual(backwards);
    expect(sorted(store, 'journey', true)).toEqual(backwards);
    expect(sorted(store, 'tlv.trace', false)).toEqual(backwards);
  });
});

describe('columns', () => {
  const store = storeOf([
    { trace: 0x1f, mark: 2, bad: true, hops: 3 },
    { trace: null, mark: 1, bad: false, hops: 1 },
  ]);
  const rows = Uint32Array.of(0, 1);

  it('tell all values of a journey, each once, in order; and nothing where there is none', () => {
    const names = ['tlv.trace', 'hop', 'mark', 'flow', 'journey.duration', 'time', 'meta', 'tlv.nothing'];
    expect(new ColumnPrinter(store, names).print(rows)).toEqual([
      ['0x0000001f', ''],
      ['eth0:netif_receive_skb → eth0:tcx/ingress@first → eth0:consume_skb', 'eth0:netif_receive_skb'],
      ['2', '1'],
      ['UDP 10.0.0.1:4000 > 10.0.0.2:9000', 'UDP 10.0.0.1:4000 > 10.0.0.2:9000'],
      ['2us', '0ns'],
      ['0ns', '10us'],
      ['yes', ''],
      ['', ''],
    ]);
  });

  it('are printed of every field without an error', () => {
    for (const { name } of fieldInfos(store)) {
      const [texts] = new ColumnPrinter(store, [name]).print(rows);
      expect(texts).toHaveLength(2);
    }
  });
});
