import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '#core/query/values.ts';
import type { Latency } from '#workers/api.ts';
import { edgeHops } from '#src/testing/hops.ts';
import { barHeights, durationValue, firstPair, logTicks, rangeFilter } from './hops.ts';

const LATENCY = {
  from: 0,
  to: 1,
  edgesNs: Float64Array.of(1024, 1280, 1536, 1792, 2048),
} as unknown as Latency;

describe('times between hops', () => {
  it('begin with both ends of the busiest lane', () => {
    const hops = edgeHops();
    const pair = firstPair(hops)!;
    expect(hops[pair.from]!.order).toBeLessThan(hops[pair.to]!.order);
    expect(hops[pair.from]!.lane).toBe(hops[pair.to]!.lane);
    expect(firstPair([])).toBeNull();
  });

  it('are written so that the language reads every nanosecond', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(2_000_000)), (ns) => {
        expect(parseDuration(durationValue(ns))).toBe(BigInt(ns));
      }),
    );
    expect([1500, 2_000_000, 3e9, 1023].map(durationValue)).toEqual(['1.5us', '2ms', '3s', '1.023us']);
  });

  it('filter by what is in the bins, and nothing beside it', () => {
    const hops = edgeHops();
    expect(rangeFilter(LATENCY, hops, 1, 2)).toBe(
      `latency("${hops[0]!.name}", "${hops[1]!.name}") in 1.28us..1.791us`,
    );
  });

  it('have bars that are seen, and ticks where the edges say', () => {
    expect(barHeights(Uint32Array.of(0, 1, 1000), 50)).toEqual([0, 1, 50]);
    expect(logTicks(LATENCY.edgesNs).map(({ ns }) => ns)).toEqual([2000]);
    const decades = Float64Array.of(1, 10, 100, 1000, 10_000);
    expect(logTicks(decades)).toEqual([0, 1, 2, 3, 4].map((at) => ({ at: Math.min(at, 4), ns: 10 ** at })));
  });
});
