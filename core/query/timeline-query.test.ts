import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import { EVENT_BIT } from '#core/store/event-columns.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { seen, START_NS, trace, verdict, type Seen } from '#core/store/testing/scenario.ts';
import { TimelineBuilder } from '#core/store/timeline.ts';
import { MAX_TIMELINE_VALUES, type TimelineAsk } from '#core/store/view.ts';
import { nsFromParts } from '#core/time/ns.ts';
import { TimelineQuery } from './timeline-query.ts';

const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'consume_skb'];

const events = fc.array(
  fc.record({
    hook: fc.constantFrom(...HOOKS),
    id: fc.bigInt(0n, 12n),
    us: fc.nat(900),
    what: fc.constantFrom('none', 'with'),
  }),
  { minLength: 1, maxLength: 100 },
);

function ask(fromUs: number, toUs: number, bins: number, tlv: string | null = null): TimelineAsk {
  const at = (us: number): string => String(START_NS + BigInt(us) * 1000n);
  return { range: { fromNs: at(fromUs), toNs: at(toUs) }, bins, tlv };
}

function overviewOf(store: ReturnType<typeof seen>): TimelineBuilder {
  const builder = new TimelineBuilder(store);
  builder.advance(Infinity);
  return builder;
}

const sum = (counts: Uint32Array): number => counts.reduce((a, b) => a + b, 0);

describe('a window of the timeline', () => {
  it('has every event of it in the bin of its time, with what became of it', () => {
    fc.assert(
      fc.property(
        events,
        fc.tuple(fc.nat(900), fc.nat(900)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 40 }),
        (all, [from, to], bins, budget) => {
          const store = seen(
            ...all.map(({ hook, id, us, what }): Seen => ({
              hook,
              id,
              us,
              ...(what === 'with' && { meta: trace(1) }),
            })),
          );
          const asked = ask(from, to, bins);
          const odd = (journey: number): boolean => journey % 2 === 1;
          const query = new TimelineQuery(store, overviewOf(store), asked, odd);
          while (!query.advance(budget)) continue;
          const found = query.result();
          const start = BigInt(asked.range.fromNs);
          const expected = { events: 0, withMetadata: 0, lost: 0, listed: 0 };
          const counted = new Uint32Array(found.events.length);
          expect(found.events.length).toBeLessThanOrEqual(bins);
          expect(found.widthNs * found.events.length).toBeGreaterThan(1000 * (to - from));
          for (let event = 0; event < store.events.count; event++) {
            const chunk = store.events.chunk(event);
            const row = event & CHUNK_MASK;
            const bin = Number(
              (nsFromParts(chunk.tsHi[row]!, chunk.tsLo[row]!) - start) / BigInt(found.widthNs),
            );
            if (nsFromParts(chunk.tsHi[row]!, chunk.tsLo[row]!) < start || bin >= counted.length) continue;
            counted[bin]!++;
            expected.events++;
            if (chunk.metaState[row] === META_STATE.present) expected.withMetadata++;
            if ((chunk.flags[row]! & EVENT_BIT.lost) !== 0) expected.lost++;
            if (odd(chunk.journey[row]!)) expected.listed++;
          }
          expect(found.events).toEqual(counted);
          expect(sum(found.withMetadata)).toBe(expected.withMetadata);
          expect(sum(found.lost)).toBe(expected.lost);
          expect(sum(found.listed!)).toBe(expected.listed);
        },
      ),
    );
  });

  it('counts drops where they were', () => {
    const store = seen(
      { hook: HOOKS[0]!, id: 1n, us: 0, meta: trace(1) },
      { hook: 'kfree_skb', id: 1n, us: 100, extensions: { drop: { reason: 2, location: 0n } } },
    );
    const query = new TimelineQuery(store, overviewOf(store), ask(0, 199, 2), null);
    query.advance(Infinity);
    const found = query.result();
    expect(found.listed).toBeNull();
    expect([...found.drops]).toEqual([0, 1]);
    expect([...overviewOf(store).timeline().drops].reduce((a, b) => a + b, 0)).toBe(1);
  });

  it('tells values of a TLV apart, the most frequent first, and the rest together', () => {
    const many = MAX_TIMELINE_VALUES + 3;
    const store = seen(
      ...Array.from({ length: many }, (_, value) =>
        Array.from({ length: many - value }, (_, i): Seen => ({
          hook: HOOKS[0]!,
          id: BigInt(100 * value + i + 1),
          us: value,
          meta: [...trace(value), ...verdict(0)],
        })),
      ).flat(),
    );
    const query = new TimelineQuery(store, overviewOf(store), ask(0, 99, 100, 'trace'), null);
    while (!query.advance(5)) continue;
    const { tlv, events: counts } = query.result();
    expect(tlv!.values.map(({ value }) => value)).toEqual(
      [0, 1, 2, 3, 4, 5].map((value) => `0x0000000${value}`),
    );
    expect(tlv!.values[0]!.filter).toBe('tlv.trace == 0x00000000');
    expect(tlv!.values[2]!.counts[2]).toBe(many - 2);
    expect(tlv!.otherValues).toBe(3);
    const all = tlv!.values.reduce((total, { counts: each }) => total + sum(each), sum(tlv!.others));
    expect(all).toBe(sum(counts));
  });

  it('has no TLV that the capture does not have, and refuses a window that is none', () => {
    const store = seen({ hook: HOOKS[0]!, id: 1n, us: 0 });
    const query = new TimelineQuery(store, overviewOf(store), ask(0, 10, 5, 'nothing'), null);
    query.advance(Infinity);
    expect(query.result().tlv).toBeNull();
    expect(() => new TimelineQuery(store, overviewOf(store), ask(10, 0, 5), null)).toThrow(RangeError);
    expect(() => new TimelineQuery(store, overviewOf(store), ask(0, 10, 0), null)).toThrow(RangeError);
  });
});
