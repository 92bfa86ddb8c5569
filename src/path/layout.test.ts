import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { fakeHop, edgeHops } from '#src/testing/hops.ts';
import type { Edge } from '#workers/api.ts';
import {
  firstLanes,
  GROUP_HEAD,
  groupsOf,
  kernelOrder,
  LANE_ABOVE,
  layoutPath,
  printShare,
  type PathOptions,
} from './layout.ts';

const options: PathOptions = { width: 1280, only: null, filtered: false, bandHeight: 32 };

function edge(from: number, to: number, count: number, hadMetadata = 0, withMetadata = hadMetadata): Edge {
  return { from, to, count, hadMetadata, withMetadata };
}

describe('what runs between hops', () => {
  const FREED = 9;
  // 100 packets at the first hook: 60 go on to the last one, 30 are freed from there, 10 are not followed.
  const hops = [
    fakeHop({ index: 0, hook: 1, events: 100, withMetadata: 50 }),
    fakeHop({ index: 1, hook: 3, events: 60, withMetadata: 60 }),
    fakeHop({ index: 2, hook: FREED, events: 90 }),
  ];
  const edges = [edge(0, 1, 60, 30, 60), edge(0, 2, 30), edge(1, 2, 60, 60, 0)];
  const flows = (filtered = false) => layoutPath(hops, [], edges, { ...options, filtered }).groups[0];

  it('is as wide as the journeys that went there, not as the hops at its ends', () => {
    const [segment] = flows()?.segments ?? [];
    expect(segment).toMatchObject({ key: 'hop-0>hop-1', count: 60 });
    expect(segment?.height).toBeCloseTo(0.6 * 32, 6);
    expect(segment?.fromMeta).toBeCloseTo(0.3 * 32, 6);
    expect(segment?.toMeta).toBeCloseTo(0.6 * 32, 6);
  });

  it('leads to an end only from where journeys came, and says how many', () => {
    expect(flows()?.bends.map((bend) => [bend.key, bend.title])).toEqual([
      ['hop-0>hop-2', 'netif_receive_skb → freed: 30 journeys'],
      ['hop-1>hop-2', 'tcx ingress, last → freed: 60 journeys'],
    ]);
  });

  it('says how many journeys were seen last in the middle, and nothing of it within a filter', () => {
    expect(flows()?.stubs).toMatchObject([
      { count: 10, title: '10 of 100 end here: not followed further than netif_receive_skb' },
    ]);
    expect(flows()?.stubs[0]?.height).toBeCloseTo(0.1 * 32, 6);
    expect(flows(true)?.stubs).toEqual([]);
  });

  it('is not drawn where nothing passes the filter', () => {
    const none = hops.map((hop) => ({ ...hop, filteredEvents: 0, filteredWithMetadata: 0 }));
    const [group] = layoutPath(none, [], edges, { ...options, filtered: true }).groups;
    expect([group?.segments, group?.bends, group?.stubs]).toEqual([[], [], []]);
  });

  it('never stacks more on a hop than its band is high, for any counts', () => {
    const index = fc.nat(3);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(index, index, fc.integer({ min: 1, max: 100 })), { maxLength: 12 }),
        (list) => {
          const four = [1, 2, 3, FREED].map((hook, i) => fakeHop({ index: i, hook, events: 100 }));
          const counted = list.map(([from, to, count]) => edge(from, to, count));
          for (const group of layoutPath(four, [], counted, options).groups) {
            for (const segment of group.segments) {
              expect(segment.fromBase - segment.height).toBeGreaterThanOrEqual(
                GROUP_HEAD + LANE_ABOVE - 1e-6,
              );
              expect(segment.toBase - segment.height).toBeGreaterThanOrEqual(GROUP_HEAD + LANE_ABOVE - 1e-6);
            }
            for (const stub of group.stubs) expect(stub.height).toBeLessThanOrEqual(32 + 1e-6);
          }
        },
      ),
    );
  });
});

describe('the first drawing', () => {
  it('grows lane by lane to the whole, in its final places', () => {
    const two = [...edgeHops('eth0', 1), ...edgeHops('eth1', 2, 10)];
    const layout = layoutPath(two, [], [edge(0, 8, 5)], options);
    const lanes = (count: number) =>
      firstLanes(layout, count).groups.map((group) => [group.lanes.length, group.bends.length]);
    expect([1, 2, 3].map(lanes)).toEqual([
      [[1, 0]],
      [[2, 1]],
      [
        [2, 1],
        [1, 0],
      ],
    ]);
    expect(firstLanes(layout, 4)).toEqual(layout);
  });
});

describe('the path layout', () => {
  it('puts Rx above Tx and both in kernel order, whatever order the hops came in', () => {
    const layout = layoutPath([...edgeHops()].reverse(), [], [], options);
    const [group] = layout.groups;
    expect(group?.lanes.map((lane) => lane.lane)).toEqual(['rx', 'tx']);
    expect(group?.lanes[0]?.stations.map((station) => station.label)).toEqual([
      'netif_receive_skb',
      'tcx ingress, first',
      'tcx ingress, last',
      'socket recv',
    ]);
    expect(group?.ends.map((end) => end.label)).toEqual(['freed', 'dropped']);
  });

  it('draws a missing hook in its place, with the reason', () => {
    const hops = edgeHops().filter((hop) => hop.hook !== 2);
    const missing = [{ hook: 2, name: 'tcx/ingress@first', reason: 'kernel older than 6.6' }];
    const [group] = layoutPath(hops, missing, [edge(0, 2, 900), edge(2, 3, 900)], options).groups;
    const lane = group?.lanes[0];
    expect(lane?.stations.map((station) => station.missing?.reason ?? null)).toEqual([
      null,
      'kernel older than 6.6',
      null,
      null,
    ]);
    expect(group?.segments.map((segment) => segment.key)).toEqual(['hop-2>hop-3', 'hop-0>hop-2']);
  });

  it('makes the band as high as its share of the busiest hop, and the metadata a share of the band', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, events: 100, withMetadata: 0 }),
      fakeHop({ index: 1, hook: 2, events: 50, withMetadata: 25 }),
    ];
    const stations = layoutPath(hops, [], [], options).groups[0]?.lanes[0]?.stations;
    expect(stations?.map((station) => [station.band, station.meta])).toEqual([
      [32, 0],
      [16, 8],
    ]);
  });

  it('never hides a hop that saw a packet: its band is at least 2 px', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, events: 1_000_000 }),
      fakeHop({ index: 1, hook: 2, events: 1 }),
    ];
    expect(layoutPath(hops, [], [], options).groups[0]?.lanes[0]?.stations[1]?.band).toBe(2);
  });

  it('marks where metadata is lost, within the band', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, events: 100, withMetadata: 100 }),
      fakeHop({ index: 1, hook: 2, events: 100, withMetadata: 40, metadataLost: 60 }),
    ];
    const edges = [edge(0, 1, 100, 100, 40)];
    const segment = layoutPath(hops, [], edges, options).groups[0]?.segments[0];
    expect(segment?.toMeta).toBeCloseTo(0.4 * 32, 6);
    expect(segment?.lostBand).toBeCloseTo(0.6 * 32, 6);
  });

  it('gives each device and netns its own pair of lanes, side by side while they fit', () => {
    const two = [...edgeHops('eth0', 1), ...edgeHops('eth0', 2, 10)];
    expect(groupsOf(two).map((group) => group.key)).toEqual(['eth0~1', 'eth0~2']);
    const wide = layoutPath(two, [], [], options);
    expect(wide.groups.map((group) => group.y)).toEqual([0, 0]);
    const long = [1, 2].flatMap((netns) =>
      HOOKS.filter(({ lane }) => lane === 'rx').map((hook, i) =>
        fakeHop({ index: netns * 100 + i, hook: hook.id, device: 'eth0', netns, events: 10 }),
      ),
    );
    const [first, second] = layoutPath(long, [], [], options).groups;
    expect(second?.y, 'one with many busy hooks has the whole width').toBe(first?.height);
    const narrow = layoutPath(two, [], [], { ...options, width: 700 });
    expect(narrow.groups[1]?.x).toBe(0);
    expect(narrow.groups[1]?.y).toBe(narrow.groups[0]?.height);
    expect(layoutPath(two, [], [], { ...options, only: 'eth0~2' }).groups.map((group) => group.key)).toEqual([
      'eth0~2',
    ]);
  });

  it('shows an ordinary capture as one row of interfaces, without a flow between them', () => {
    const hops = [0, 1, 2].map((index) =>
      fakeHop({ index, hook: 0, name: `if${index}`, lane: 'none', events: 5 }),
    );
    const [group] = layoutPath(hops, [{ hook: 1, name: 'x', reason: 'y' }], [edge(0, 1, 5)], options).groups;
    expect(group?.lanes.map((lane) => [lane.lane, lane.stations.length])).toEqual([['none', 3]]);
    expect([group?.segments, group?.bends, group?.stubs]).toEqual([[], [], []]);
  });

  it('keeps every mark inside the drawing and stations in order, for any counts', () => {
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.nat(2), count, count), { maxLength: 30 }),
        fc.integer({ min: 200, max: 4000 }),
        (rows, width) => {
          const hops = rows.map(([hook, device, a, b], index) =>
            fakeHop({
              index,
              hook,
              device: `eth${device}`,
              events: Math.max(a, b),
              withMetadata: Math.min(a, b),
            }),
          );
          const layout = layoutPath(hops, [], [], { ...options, width });
          let drawn = 0;
          for (const group of layout.groups) {
            expect(group.x + group.width).toBeLessThanOrEqual(layout.width + 1e-6);
            expect(group.y + group.height).toBeLessThanOrEqual(layout.height + 1e-6);
            drawn += group.ends.length;
            for (const lane of group.lanes) {
              let x = 0;
              for (const station of lane.stations) {
                drawn++;
                expect(station.x).toBeGreaterThan(x);
                expect(station.x).toBeLessThan(group.width);
                expect(station.band).toBeLessThanOrEqual(options.bandHeight);
                expect(station.meta).toBeLessThanOrEqual(station.band);
                x = station.x;
              }
            }
          }
          expect(drawn).toBe(hops.length);
          expect(kernelOrder(hops).length).toBe(hops.length);
        },
      ),
    );
  });

  it.each([
    [0, 0, '–'],
    [0, 10, '0 %'],
    [1, 1000, '<1 %'],
    [999, 1000, '>99 %'],
    [10, 10, '100 %'],
    [87, 100, '87 %'],
  ])('prints %i of %i as %s', (part, whole, text) => expect(printShare(part, whole)).toBe(text));
});
