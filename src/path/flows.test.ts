import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHop } from '#src/testing/hops.ts';
import { BAND, edge, lay } from '#src/testing/path.ts';
import { FIRST_LINE, LINE_PX } from './layout.ts';

describe('what runs between hops', () => {
  const FREED = 9;
  // 100 packets at the first hook: 60 go on to the last one, 30 are freed from there, 10 are not followed.
  const hops = [
    fakeHop({ index: 0, hook: 1, events: 100, withMetadata: 50 }),
    fakeHop({ index: 1, hook: 3, events: 60, withMetadata: 60 }),
    fakeHop({ index: 2, hook: FREED, events: 90 }),
  ];
  const edges = [edge(0, 1, 60, 30, 60), edge(0, 2, 30), edge(1, 2, 60, 60, 0)];

  it('is as wide as the journeys that went there, not as the hops at its ends', () => {
    const [segment] = lay(hops, edges).segments;
    expect(segment).toMatchObject({ key: '0:0>1', edge: { count: 60 } });
    expect(segment?.height).toBeCloseTo(0.6 * BAND, 6);
    expect(segment?.fromMeta).toBeCloseTo(0.3 * BAND, 6);
    expect(segment?.toMeta).toBeCloseTo(0.6 * BAND, 6);
  });

  it('leads to an end only from where journeys came, as wide, and says how many', () => {
    const { bends } = lay(hops, edges);
    expect(bends.map(({ title }) => title)).toEqual([
      'netif_receive_skb → freed: 30 journeys, 0 with metadata before, 0 after',
      'tcx ingress, last → freed: 60 journeys, 60 with metadata before, 0 after',
    ]);
    expect(bends.map(({ height }) => height)).toEqual([0.3 * BAND, 0.6 * BAND]);
  });

  it('says how many journeys were seen last in the middle', () => {
    const { stubs } = lay(hops, edges);
    expect(stubs).toMatchObject([
      { count: 10, title: '10 of 100 end here: not followed further than netif_receive_skb' },
    ]);
    expect(stubs[0]?.height).toBeCloseTo(0.1 * BAND, 6);
  });

  it('is not drawn where nothing passes the filter, and no hop moves', () => {
    const nothing = hops.map((hop) => ({ ...hop, events: 0, withMetadata: 0 }));
    const layout = lay(hops, edges, [], { sides: [{ hops: nothing, edges }] });
    expect([layout.segments, layout.bends, layout.stubs]).toEqual([[], [], []]);
    const places = ({ rows }: typeof layout) =>
      rows.map(({ lanes }) => lanes.map(({ stations }) => stations.map(({ x }) => x)));
    expect(places(layout)).toEqual(places(lay(hops, edges)));
  });

  it('never stacks more on a hop than its band is high, for any counts', () => {
    const index = fc.nat(3);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(index, index, fc.integer({ min: 1, max: 100 })), { maxLength: 12 }),
        (list) => {
          const four = [1, 2, 3, FREED].map((hook, i) => fakeHop({ index: i, hook, events: 100 }));
          const layout = lay(
            four,
            list.map(([from, to, count]) => edge(from, to, count)),
          );
          const top = layout.rows[0]!.base - BAND - 1e-6;
          for (const segment of layout.segments) {
            expect(segment.fromBase - segment.height).toBeGreaterThanOrEqual(top);
            expect(segment.toBase - segment.height).toBeGreaterThanOrEqual(top);
          }
          for (const stub of layout.stubs) expect(stub.height).toBeLessThanOrEqual(BAND + 1e-6);
        },
      ),
    );
  });

  it('marks where metadata is lost, within the band', () => {
    const two = [
      fakeHop({ index: 0, hook: 1, events: 100, withMetadata: 100 }),
      fakeHop({ index: 1, hook: 2, events: 100, withMetadata: 40, metadataLost: 60 }),
    ];
    const [segment] = lay(two, [edge(0, 1, 100, 100, 40)]).segments;
    expect(segment?.toMeta).toBeCloseTo(0.4 * BAND, 6);
    expect(segment?.lostBand).toBeCloseTo(0.6 * BAND, 6);
  });
});

describe('two sides', () => {
  it('have room at the ends for the three lines of one above the name of the next', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, events: 90, withMetadata: 90 }),
      fakeHop({ index: 1, hook: 9, events: 89 }),
      fakeHop({ index: 2, hook: 10, events: 1 }),
    ];
    const side = { hops, edges: [edge(0, 1, 89), edge(0, 2, 1)] };
    const [freed, dropped] = lay(hops, side.edges, [], { sides: [side, side], bandRoom: 64 }).ends;
    const half = (end: typeof freed) => Math.max(4, (end?.counts[0]?.band ?? 0) / 2);
    const lastLine = freed!.y + half(freed) - 3 + FIRST_LINE + 2 * LINE_PX;
    // Base line of the name, and the height of its letters.
    expect(dropped!.y - half(dropped) - 7 - 9).toBeGreaterThanOrEqual(lastLine);
  });

  it('stand on and hang from one line, each by its own packets', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, events: 90, withMetadata: 90 }),
      fakeHop({ index: 1, hook: 2, events: 90, withMetadata: 60 }),
    ];
    const part = (events: number, kept: number) =>
      hops.map((hop, i) => ({ ...hop, events, withMetadata: i === 0 ? events : kept }));
    const sides = [
      { hops: part(60, 60), edges: [edge(0, 1, 60, 60, 60)] },
      { hops: part(30, 0), edges: [edge(0, 1, 30, 30, 0)] },
    ];
    const layout = lay(hops, [edge(0, 1, 90, 90, 60)], [], { sides, bandRoom: 2 * BAND });
    expect(
      layout.segments.map(({ side, grows, height, fromMeta, toMeta }) => [
        side,
        grows,
        height,
        fromMeta,
        toMeta,
      ]),
    ).toEqual([
      [0, -1, BAND, BAND, BAND],
      [1, 1, BAND, BAND, 0],
    ]);
    const [row] = layout.rows;
    expect(layout.segments.map(({ fromBase }) => fromBase)).toEqual([row?.base, row?.base]);
    expect(
      row?.lanes[0]?.stations[1]?.counts.map(({ events, withMetadata }) => [events, withMetadata]),
    ).toEqual([
      [60, 60],
      [30, 0],
    ]);
  });
});
