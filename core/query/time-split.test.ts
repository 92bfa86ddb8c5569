import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { seen, trace } from '#core/store/testing/scenario.ts';
import { compileFilter } from './compile.ts';
import { ContrastQuery, type Difference } from './contrast.ts';
import { Query } from './query.ts';

/** One journey at each time, in µs; it goes on for 5 µs. */
function at(...times: readonly number[]): CaptureStore {
  return seen(
    ...times.flatMap((us, i) => [
      { hook: 'netif_receive_skb', id: BigInt(i + 1), us, meta: trace(i) },
      { hook: 'tcx/ingress@first', id: BigInt(i + 1), us: us + 5, meta: trace(i) },
    ]),
  );
}

/** What is told of time, of the journeys of `inside` against all others. */
function told(store: CaptureStore, inside: (journey: number) => boolean): Difference | null {
  const query = new ContrastQuery(store, inside);
  while (!query.advance(3)) continue;
  return query.result(20).find(({ field }) => field === 'time') ?? null;
}

function passing(store: CaptureStore, filter: string): boolean[] {
  const compiled = compileFilter(filter, store);
  if (!compiled.ok || compiled.question === null) throw new Error(filter);
  const query = new Query(store, compiled.question);
  query.advance(Infinity);
  return Array.from({ length: store.journeys.count }, (_, journey) => query.has(journey));
}

const TIMES = Array.from({ length: 60 }, (_, i) => 1000 * i);

describe('the time in what journeys have in common', () => {
  it('is the roundest between the last journey of one side and the first of the other', () => {
    const store = at(...TIMES);
    expect(told(store, (journey) => journey >= 37)).toMatchObject({
      value: 'from 37ms on',
      inside: 23,
      outside: 0,
      follows: false,
      filter: '!(time < 37ms)',
    });
    expect(told(store, (journey) => journey < 18)).toMatchObject({
      value: 'before 18ms',
      inside: 18,
      outside: 0,
    });
  });

  it('is nothing where it parts nothing, or could by chance', () => {
    const store = at(...TIMES);
    expect(told(store, (journey) => journey % 3 === 0)).toBeNull();
    // G is 17.5 of these two against 58, which one of 59 instants has soon.
    expect(told(store, (journey) => journey >= 58)).toBeNull();
    expect(told(at(1, 1, 1, 1), (journey) => journey > 1)).toBeNull();
  });

  it('is a filter for as many journeys as it tells of, however they overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1 << 20 }), { minLength: 40, maxLength: 80 }),
        fc.integer({ min: 8, max: 32 }),
        fc.boolean(),
        (times, few, late) => {
          const store = at(...times);
          const order = times.map((us, i) => ({ us, i })).sort((a, b) => a.us - b.us);
          const chosen = new Set((late ? order.slice(-few) : order.slice(0, few)).map(({ i }) => i));
          const found = told(store, (journey) => chosen.has(journey));
          if (found === null) return;
          const passes = passing(store, found.filter);
          expect(passes.filter((pass, journey) => pass && chosen.has(journey))).toHaveLength(found.inside);
          expect(passes.filter((pass, journey) => pass && !chosen.has(journey))).toHaveLength(found.outside);
        },
      ),
      { numRuns: 60 },
    );
  });
});
