import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureStore } from './capture-store.ts';
import { DropQuery } from './drop-query.ts';
import { dropText } from './event-text.ts';
import { EVENT_BIT } from './event-columns.ts';
import { journeyEvents } from './journey-events.ts';
import { sectionBytes, seen, START_NS, type Seen } from './testing/scenario.ts';
import { MAX_JOURNEY_EVENTS } from './view.ts';

const at = (id: bigint, us: number, hook: string): Seen => ({ hook, id, us });
const dropped = (id: bigint, us: number, reason: number): Seen => ({
  hook: 'kfree_skb',
  id,
  us,
  extensions: { drop: { reason, location: 0n } },
});

function resultOf(
  store: CaptureStore,
  members: ((journey: number) => boolean) | null,
  budget = 1000,
  limit?: number,
) {
  const query = new DropQuery(store, members, limit);
  while (!query.advance(budget)) continue;
  return query.result();
}

it('counts journeys by reason and by where they were seen last, and knows the first of each', () => {
  const store = seen(
    at(1n, 0, 'netif_receive_skb'),
    dropped(1n, 5, 2),
    at(2n, 1, 'netif_receive_skb'),
    at(2n, 2, 'consume_skb'),
    dropped(3n, 3, 2),
    at(4n, 4, 'netif_receive_skb'),
    dropped(4n, 4, 2),
    // As a clone, once more, and from elsewhere.
    dropped(4n, 6, 2),
    dropped(4n, 7, 2),
  );
  const all = resultOf(store, null);
  expect(all).toMatchObject({
    dropped: 3,
    omittedDrops: 0,
    firstNs: String(START_NS),
    lastNs: String(START_NS + 7000n),
  });
  const names = (index: number | null) => (index === null ? null : store.hops.hops[index]!.name);
  expect(
    all.drops.map((row) => [names(row.hop), names(row.after), row.reason, row.journeys, row.exampleId]),
  ).toEqual([
    ['eth0:kfree_skb', 'eth0:netif_receive_skb', 'reason 2', 2, '4'],
    ['eth0:kfree_skb', null, 'reason 2', 1, '3'],
    ['eth0:kfree_skb', 'eth0:kfree_skb', 'reason 2', 1, '4'],
  ]);
  expect([all.drops[0]!.firstNs, all.drops[0]!.lastNs]).toEqual(
    [4000n, 5000n].map((us) => String(START_NS + us)),
  );
  expect(resultOf(store, (journey) => journey === 1)).toMatchObject({ dropped: 0, drops: [] });
  expect(resultOf(store, () => false)).toMatchObject({ dropped: 0, firstNs: '', lastNs: '' });
});

it('counts what the journeys themselves say, in steps of any size', () => {
  const events = fc.array(
    fc.record({ id: fc.bigInt(1n, 6n), us: fc.nat(30), reason: fc.option(fc.integer({ min: 1, max: 3 })) }),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 9 }), (made, budget) => {
      const store = seen(
        ...made.map(({ id, us, reason }) =>
          reason === null ? at(id, us, 'netif_receive_skb') : dropped(id, us, reason),
        ),
      );
      const found = resultOf(store, null, budget);
      const isDrop = (event: number) => (store.events.chunk(event).flags[event]! & EVENT_BIT.drop) !== 0;
      const reasons = Array.from({ length: store.journeys.count }, (_, journey) => {
        const all = journeyEvents(store, journey);
        return new Set(
          all.flatMap((event, i) =>
            isDrop(event)
              ? [`${all[i - 1] === undefined ? '' : isDrop(all[i - 1]!)} ${dropText(store, event)}`]
              : [],
          ),
        );
      });
      expect(found.dropped).toBe(reasons.filter((each) => each.size > 0).length);
      expect(found.drops.reduce((sum, row) => sum + row.journeys, 0)).toBe(
        reasons.reduce((sum, each) => sum + each.size, 0),
      );
    }),
    { numRuns: 40 },
  );
});

it('knows where a long journey was dropped, and counts it once where that is not looked at', () => {
  const passed = Array.from({ length: MAX_JOURNEY_EVENTS }, (_, us) => at(1n, us, 'netif_receive_skb'));
  const store = seen(...passed, dropped(1n, 300, 2), dropped(1n, 301, 3));
  const whole = resultOf(store, null);
  expect(whole).toMatchObject({ dropped: 1, omittedDrops: 0 });
  expect(whole.drops).toMatchObject([
    { hop: 1, after: 0, reason: 'reason 2', journeys: 1 },
    { hop: 1, after: 1, reason: 'reason 3', journeys: 1 },
  ]);
  expect(resultOf(store, null, 1000, MAX_JOURNEY_EVENTS)).toMatchObject({
    dropped: 1,
    drops: [],
    omittedDrops: 1,
  });
});

it('tells of what there was when it was asked', () => {
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  reader.push(sectionBytes({ seen: [at(1n, 0, 'netif_receive_skb'), dropped(1n, 1, 2)] }));
  const query = new DropQuery(store, null);
  reader.push(sectionBytes({ seen: [dropped(1n, 2, 3), dropped(2n, 3, 2)] }));
  expect(store.journeys.count).toBe(2);
  expect(query.advance(1000)).toBe(true);
  expect(query.result()).toMatchObject({ dropped: 1, drops: [{ reason: 'reason 2', journeys: 1 }] });
  expect(query.result().drops).toHaveLength(1);
});
