import { describe, expect, it } from 'vitest';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { seen, trace, verdict, type Seen } from '#core/store/testing/scenario.ts';
import { MIN_PACKETS } from './advice.ts';
import { BudgetQuery } from './budget-query.ts';
import type { Budget } from './types.ts';

function budgetOf(store: CaptureStore, step = 7): Budget {
  const query = new BudgetQuery(store);
  while (!query.advance(step)) continue;
  return query.budget();
}

const at = (hook: string, n: number, us: number, meta: number[], offset = 256): Seen => ({
  hook,
  id: BigInt(n),
  us,
  meta,
  fields: { macOffset: offset, dataOffset: offset },
});

/** Packets 1 to n over two hops: a trace of their own, then a verdict that is the same for all, and a pad of 3. */
function path(n: number): Seen[] {
  return Array.from({ length: n }, (_, i) => [
    at('tcx/ingress@first', i + 1, 10 * i, [...trace(i + 1), 0, 0]),
    at('nf/prerouting', i + 1, 10 * i + 1, [...trace(i + 1), ...verdict(1), 0, 0, 0]),
  ]).flat();
}

describe('the budget', () => {
  const store = seen(...path(MIN_PACKETS));
  const budget = budgetOf(store);

  it('says per hop what is used, of what, for what, and how it grows', () => {
    expect(budget.packets).toBe(MIN_PACKETS);
    expect(budget.hops.map(({ hop, ...rest }) => ({ name: store.hops.hops[hop]!.name, ...rest }))).toEqual([
      {
        name: 'eth0:tcx/ingress@first',
        events: MIN_PACKETS,
        least: 8,
        mean: 8,
        most: 8,
        allowed: 252,
        front: 248,
        values: 4,
        headers: 2,
        padding: 2,
        unread: 0,
        growth: 0,
      },
      {
        name: 'eth0:nf/prerouting',
        events: MIN_PACKETS,
        least: 12,
        mean: 12,
        most: 12,
        allowed: 252,
        front: 244,
        values: 5,
        headers: 4,
        padding: 3,
        unread: 0,
        growth: 4,
      },
    ]);
  });

  it('says per type what it takes and how it varies', () => {
    expect(budget.types).toEqual([
      {
        type: 1,
        name: 'trace',
        packets: MIN_PACKETS,
        distinct: MIN_PACKETS,
        isCounted: true,
        valueBytes: 4,
        bytes: 6,
        neededBytes: 1,
      },
      {
        type: 2,
        name: 'verdict',
        packets: MIN_PACKETS,
        distinct: 1,
        isCounted: true,
        valueBytes: 1,
        bytes: 3,
        neededBytes: 1,
      },
    ]);
  });

  it('gives advice with its numbers, what saves most first', () => {
    expect(budget.advice.map(({ code, saves, text }) => [code, saves, text])).toEqual([
      [
        'struct',
        4,
        'A struct of the same values would take 8 bytes instead of 12 per packet, when all of them are always there.',
      ],
      ['padding', 3, 'Padding costs 3 bytes per packet of 12.'],
      ['constant', 1, 'verdict never varies in 20 packets: a flag would do, and save 1 byte.'],
      [
        'unique',
        null,
        'trace is unique per packet (100 % of 20 packets have a value of their own): GRO cannot merge them.',
      ],
    ]);
  });

  it('is the same in steps of any size', () => {
    expect(budgetOf(store, 1)).toEqual(budget);
    expect(budgetOf(store, 10_000)).toEqual(budget);
  });

  it('says nothing about what varies from few packets', () => {
    const few = budgetOf(seen(...path(MIN_PACKETS - 1))).advice.map(({ code }) => code);
    expect(few).toEqual(['struct', 'padding']);
  });
});

describe('advice', () => {
  const codes = (store: CaptureStore): string[] =>
    budgetOf(store).advice.map(({ code, text }) => `${code}: ${text}`);

  it('offers traits where they take less', () => {
    const many = [5, 6, 7, 8, 9, 10].flatMap((type) => [type, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const store = seen(at('nf/prerouting', 1, 0, many));
    expect(codes(store)).toContain(
      'traits: Traits (version 2) would take 40 bytes instead of 72 per packet.',
    );
  });

  it('names values that are wider than they need', () => {
    const packets = Array.from({ length: 40 }, (_, i) => at('nf/prerouting', i + 1, i, trace(i % 3)));
    expect(codes(seen(...packets))).toContain(
      'wide: trace has 4 bytes, and no value of 40 packets needs more than 1.',
    );
  });

  it('warns where the headroom ends', () => {
    const area = [5, 58, ...Array.from({ length: 58 }, () => 0)];
    expect(codes(seen(at('nf/prerouting', 1, 0, area, 70)))).toEqual([
      'near-limit: The largest area has 60 bytes of 68 that the headroom allows.',
      'no-room: Only 10 bytes are left in front of the area: VXLAN over IPv4 needs 50, so the head would be reallocated.',
    ]);
  });

  it('of a capture without metadata is none', () => {
    expect(budgetOf(seen({ hook: 'nf/prerouting', id: 1n, us: 0 }))).toEqual({
      hops: [],
      types: [],
      advice: [],
      packets: 0,
    });
  });
});
