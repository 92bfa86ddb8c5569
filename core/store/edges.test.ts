import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import { edgeList } from './edges.ts';
import { journeyEvents } from './journey-events.ts';
import { CHUNK_MASK } from './limits.ts';
import { seen as storeSeen, type Seen } from './testing/scenario.ts';

const HOOKS = ['netif_receive_skb', 'tcx/ingress@first', 'tcx/ingress@last', 'consume_skb'] as const;
const META = [1, 4, 1, 2, 3, 4, 0, 0];

const names = (store: ReturnType<typeof storeSeen>) =>
  edgeList(store).map(({ from, to, ...counts }) => ({
    from: store.hops.hops[from]?.name,
    to: store.hops.hops[to]?.name,
    ...counts,
  }));

describe('edges between hops', () => {
  it('count the journeys that went from one straight to the other, with the metadata at both ends', () => {
    const store = storeSeen(
      { hook: HOOKS[0], id: 1n, us: 1 },
      { hook: HOOKS[1], id: 1n, us: 2, meta: META },
      { hook: HOOKS[0], id: 2n, us: 3, meta: META },
      { hook: HOOKS[1], id: 2n, us: 4, meta: META },
      { hook: HOOKS[3], id: 1n, us: 5 },
    );
    expect(names(store)).toEqual([
      {
        from: `eth0:${HOOKS[0]}`,
        to: `eth0:${HOOKS[1]}`,
        count: 2,
        hadMetadata: 1,
        withMetadata: 2,
      },
      { from: `eth0:${HOOKS[1]}`, to: `eth0:${HOOKS[3]}`, count: 1, hadMetadata: 1, withMetadata: 0 },
    ]);
  });

  it('are counted in order of arrival where a journey that is out of order grows too long', () => {
    const events = Array.from({ length: 300 }, (_, us): Seen => ({
      hook: HOOKS[us % 2]!,
      id: 1n,
      us: us + 2,
    }));
    const store = storeSeen({ hook: HOOKS[0], id: 1n, us: 1 }, { hook: HOOKS[0], id: 1n, us: 0 }, ...events);
    expect(edgeList(store).reduce((sum, { count }) => sum + count, 0)).toBe(301);
  });

  it('are those of journeys in order of time, whatever order their events arrived in', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            hook: fc.constantFrom(...HOOKS),
            id: fc.bigInt(1n, 4n),
            us: fc.nat(50),
            meta: fc.boolean(),
          }),
          { maxLength: 60 },
        ),
        (events) => {
          const seen = events.map(({ meta, ...event }): Seen => (meta ? { ...event, meta: META } : event));
          const store = storeSeen(...seen);
          const expected = new Map<string, number[]>();
          for (let journey = 0; journey < store.journeys.count; journey++) {
            const numbers = journeyEvents(store, journey);
            numbers.slice(1).forEach((event, i) => {
              const [from, to] = [numbers[i]!, event].map((number) => ({
                hop: store.events.chunk(number).hop[number & CHUNK_MASK]!,
                meta: store.events.chunk(number).metaState[number & CHUNK_MASK] === META_STATE.present,
              }));
              const key = `${from!.hop}>${to!.hop}`;
              const counts = expected.get(key) ?? [0, 0, 0];
              expected.set(key, [
                counts[0]! + 1,
                counts[1]! + (from!.meta ? 1 : 0),
                counts[2]! + (to!.meta ? 1 : 0),
              ]);
            });
          }
          const counted = edgeList(store).map((edge) => [
            `${edge.from}>${edge.to}`,
            [edge.count, edge.hadMetadata, edge.withMetadata],
          ]);
          expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(expected));
        },
      ),
    );
  });
});
