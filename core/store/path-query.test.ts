import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import type { CaptureStore } from './capture-store.ts';
import { edgeList } from './edges.ts';
import { PathQuery } from './path-query.ts';
import { seen, storeOf, trace, type Seen } from './testing/scenario.ts';
import type { HopCause, PathNumbers } from './view.ts';

function pathOf(store: CaptureStore, members: (journey: number) => boolean, budget = 1000): PathNumbers {
  const query = new PathQuery(store, members);
  while (!query.advance(budget)) continue;
  return query.numbers();
}

const at = (hook: string, id: bigint, us: number, meta?: readonly number[]): Seen => ({
  hook,
  id,
  us,
  ...(meta === undefined ? {} : { meta }),
});

describe('the path of some journeys', () => {
  it('is that of the capture when all are asked for, in whatever order events came', () => {
    const event = fc.record({
      hook: fc.constantFrom('netif_receive_skb', 'nf/prerouting', 'tcx/ingress@first', 'kfree_skb'),
      id: fc.bigInt({ min: 1n, max: 6n }),
      us: fc.nat(40),
      meta: fc.option(fc.constantFrom(trace(1), trace(2)), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (list, budget) => {
          const store = seen(...list.map(({ hook, id, us, meta }) => at(hook, id, us, meta)));
          const { hops } = store;
          const path = pathOf(store, () => true, budget);
          expect(path.journeys).toBe(store.journeys.count);
          expect(path.edges).toEqual(edgeList(store));
          // An event that is told anew leaves its time behind in the counts of the whole capture.
          const causes = (list: readonly HopCause[]) => list.map((cause) => ({ ...cause, firstNs: '' }));
          expect(path.hops.map((hop) => ({ ...hop, causes: causes(hop.causes) }))).toEqual(
            hops.hops.map((_, i) => ({
              events: hops.events[i],
              withMetadata: hops.withMetadata[i],
              metadataBytes: hops.metadataBytes[i],
              unreadable: hops.unreadable[i],
              metadataLost: hops.metadataLost[i],
              causes: causes(hops.causes.list(i)),
            })),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('and that of the others add up to the whole', () => {
    const store = storeOf(
      joinChunks(generateCapture({ events: 3000, journeyHops: 7, rewrites: 'every-hop' })),
    );
    const some = pathOf(store, (journey) => journey % 3 === 0);
    const others = pathOf(store, (journey) => journey % 3 !== 0);
    expect(some.journeys + others.journeys).toBe(store.journeys.count);
    store.hops.hops.forEach((_, i) => {
      expect(some.hops[i]!.events + others.hops[i]!.events).toBe(store.hops.events[i]);
      expect(some.hops[i]!.metadataBytes + others.hops[i]!.metadataBytes).toBe(store.hops.metadataBytes[i]);
    });
    const sum = (path: PathNumbers) => path.edges.reduce((all, edge) => all + edge.count, 0);
    expect(sum(some) + sum(others)).toBe(edgeList(store).reduce((all, edge) => all + edge.count, 0));
  });

  it('tells losses and causes of these journeys only', () => {
    const store = seen(
      at('netif_receive_skb', 1n, 0, trace(1)),
      at('tcx/ingress@first', 1n, 1),
      at('netif_receive_skb', 2n, 2, trace(1)),
      at('tcx/ingress@first', 2n, 3, trace(1)),
    );
    const tcx = store.hops.hops.findIndex(({ name }) => name.endsWith('tcx/ingress@first'));
    expect(pathOf(store, (journey) => journey === 0).hops[tcx]).toMatchObject({
      metadataLost: 1,
      causes: [{ state: 'lost', count: 1 }],
    });
    expect(pathOf(store, (journey) => journey === 1).hops[tcx]).toMatchObject({
      withMetadata: 1,
      metadataLost: 0,
      causes: [],
    });
  });
});
