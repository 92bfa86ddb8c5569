import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seen, START_NS, type Seen } from '#core/store/testing/scenario.ts';
import type { Latency, LatencyAsk, TimeRange } from '#core/store/view.ts';
import { fineBin, fineEdge, LatencyQuery } from './latency-query.ts';

const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'consume_skb'];
const WHOLE: TimeRange = { fromNs: String(START_NS), toNs: String(START_NS + 10_000_000n) };

function latency(
  events: readonly Seen[],
  part: Partial<LatencyAsk> = {},
  listed: ((journey: number) => boolean) | null = null,
): Latency {
  const store = seen(...events);
  const ask = { from: 0, to: 1, range: null, columns: 10, ...part };
  const query = new LatencyQuery(store, ask, WHOLE, listed);
  while (!query.advance(7)) continue;
  return query.result();
}

/** A journey at hop 0 at `us`, and at hop 1 `after` µs later. */
function pair(id: number, us: number, after: number): Seen[] {
  return [
    { hook: HOOKS[0]!, id: BigInt(id), us },
    { hook: HOOKS[1]!, id: BigInt(id), us: us + after },
  ];
}

describe('bins of time', () => {
  it('are next to each other, and no wider than a thirty-second of what is in them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.bigInt(0n, 2n ** 64n - 1n).map(Number)), (ns) => {
        const bin = fineBin(ns);
        const [low, high] = [fineEdge(bin), fineEdge(bin + 1)];
        expect(low).toBeLessThanOrEqual(ns);
        expect(high).toBeGreaterThan(ns);
        expect(high - low).toBeLessThanOrEqual(Math.max(1, ns / 32));
      }),
    );
    for (let exponent = 0; exponent <= 64; exponent++) {
      expect(fineEdge(fineBin(2 ** exponent))).toBe(2 ** exponent);
    }
  });
});

describe('the time between two hops', () => {
  it('has exact percentiles, and every journey in its bin and column', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(4000), fc.nat(5000)), { minLength: 1, maxLength: 80 }),
        (journeys) => {
          const found = latency(journeys.flatMap(([us, after], i) => pair(i + 1, us, after)));
          const sorted = journeys.map(([, after]) => after * 1000).sort((a, b) => a - b);
          const rank = (share: number): number => sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
          expect(found).toMatchObject({
            journeys: journeys.length,
            without: 0,
            minNs: sorted[0],
            maxNs: sorted.at(-1),
            p50Ns: rank(0.5),
            p90Ns: rank(0.9),
            p99Ns: rank(0.99),
          });
          const { counts, edgesNs, heat, widthNs, columns } = found;
          const expected = new Uint32Array(counts.length);
          const expectedHeat = new Uint32Array(columns * counts.length);
          for (const [us, after] of journeys) {
            const bin = edgesNs.findIndex(
              (edge, i) => after * 1000 >= edge && after * 1000 < edgesNs[i + 1]!,
            );
            expected[bin]!++;
            expectedHeat[Math.floor((us * 1000) / widthNs) * counts.length + bin]!++;
          }
          expect(counts).toEqual(expected);
          expect(heat).toEqual(expectedHeat);
        },
      ),
    );
  });

  it('is of the first event at one hop and the first at the other behind it, in whatever order they came', () => {
    const late: Seen[] = [
      { hook: HOOKS[0]!, id: 1n, us: 40 },
      { hook: HOOKS[1]!, id: 1n, us: 70 },
      { hook: HOOKS[1]!, id: 1n, us: 10 },
      { hook: HOOKS[0]!, id: 1n, us: 20 },
      { hook: HOOKS[1]!, id: 1n, us: 50 },
    ];
    expect(latency(late)).toMatchObject({ journeys: 1, without: 0, p50Ns: 30_000, maxNs: 30_000 });
  });

  it('says who never came, and leaves out who was not there, who is not listed, and other times', () => {
    const events = [
      ...pair(1, 0, 5),
      ...pair(2, 100, 6),
      ...pair(3, 900, 7),
      { hook: HOOKS[0]!, id: 4n, us: 3 },
    ];
    const other: Seen = { hook: HOOKS[2]!, id: 5n, us: 4 };
    expect(latency([...events, other])).toMatchObject({
      journeys: 3,
      without: 1,
      maxNs: 7000,
      slowest: { journey: 2, id: '3' },
    });
    const range = { fromNs: String(START_NS), toNs: String(START_NS + 100_000n) };
    expect(latency([...events, other], { range })).toMatchObject({ journeys: 2, maxNs: 6000 });
    expect(latency([...events, other], {}, (journey) => journey === 0)).toMatchObject({
      journeys: 1,
      without: 0,
    });
  });

  it('and the time of a range may be any that a packet can say', () => {
    const all = 2n ** 64n - 1n;
    const [start, end] = HOOKS.slice(0, 2).map((hook, i): Seen => ({
      hook,
      id: 1n,
      us: 0,
      ns: i === 0 ? 1n : all,
    }));
    const found = latency([start!, end!], { range: { fromNs: '0', toNs: String(all) } });
    expect(found).toMatchObject({ journeys: 1, maxNs: 2 ** 64, p50Ns: 2 ** 64, counts: Uint32Array.of(1) });
    expect(found.edgesNs[0]).toBeLessThanOrEqual(2 ** 64);
    expect(found.edgesNs[1]).toBeGreaterThan(2 ** 64);
    const long = latency(pair(1, 0, 20_000_000_000_001));
    expect(long).toMatchObject({ maxNs: 20_000_000_000_001_000, counts: Uint32Array.of(1) });
  });

  it('leaves nobody out at the end of a range longer than doubles are exact', () => {
    // As doubles, times and range are shorter than they are: the last is where an eleventh column would be.
    const range = { fromNs: String(START_NS - 10n * 2n ** 53n - 4n), toNs: String(START_NS) };
    const { heat, columns, widthNs } = latency(pair(1, 0, 1), { range });
    expect([columns, widthNs]).toEqual([10, 2 ** 53]);
    expect([...heat]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('of nothing is nothing', () => {
    expect(latency([{ hook: HOOKS[2]!, id: 1n, us: 0 }])).toMatchObject({
      journeys: 0,
      slowest: null,
      counts: new Uint32Array(0),
    });
  });
});
