import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOOKS } from '#core/format/hooks.ts';
import { fakeHop, edgeHops } from '#src/testing/hops.ts';
import type { Edge, Hop, MissingHook } from '#workers/api.ts';
import { CALLOUT_HEIGHT } from './callouts.ts';
import { countedWords } from './counted.ts';
import { groupsOf, kernelOrder } from './lanes.ts';
import { FIRST_LINE, firstRows, layoutPath, LINE_PX, printShare, type PathOptions } from './layout.ts';
import { focusedStop, stopsOf } from './stops.ts';

const BAND = 32;

function edge(from: number, to: number, count: number, hadMetadata = 0, withMetadata = hadMetadata): Edge {
  return { from, to, count, hadMetadata, withMetadata };
}

function lay(
  hops: readonly Hop[],
  edges: readonly Edge[] = [],
  missing: readonly MissingHook[] = [],
  part: Partial<PathOptions> = {},
) {
  return layoutPath(hops, missing, edges, {
    width: 1280,
    only: null,
    sides: [{ hops, edges }],
    all: false,
    bandRoom: BAND,
    ...part,
  });
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

describe('rows of lanes', () => {
  const lanesOf = ({ rows }: ReturnType<typeof lay>) => rows.map(({ lanes }) => lanes.map(({ key }) => key));

  it('puts Rx above Tx and both in kernel order, whatever order the hops came in', () => {
    const layout = lay([...edgeHops()].reverse());
    expect(lanesOf(layout)).toEqual([['eth0~0/rx'], ['eth0~0/tx']]);
    expect(layout.rows[0]?.lanes[0]?.stations.map((station) => station.label)).toEqual([
      'netif_receive_skb',
      'tcx ingress, first',
      'tcx ingress, last',
      'socket recv',
    ]);
    expect(layout.ends.map((end) => end.label)).toEqual(['freed', 'dropped']);
  });

  it('names the layers of neighbouring hops once', () => {
    const [row] = lay(edgeHops()).rows;
    expect(row?.lanes[0]?.layers.map(({ name }) => name)).toEqual(['stack', 'tc', 'socket, app']);
  });

  it('draws a missing hook in its place, with the reason', () => {
    const hops = edgeHops().filter((hop) => hop.hook !== 2);
    const missing = [
      { hook: 2, name: 'tcx/ingress@first', reason: 'kernel older than 6.6', host: '', file: '' },
    ];
    const [row] = lay(hops, [], missing).rows;
    expect(row?.lanes[0]?.stations.map((station) => station.missing?.reason ?? null)).toEqual([
      null,
      'kernel older than 6.6',
      null,
      null,
    ]);
  });

  it('has the focus first on a hop that is observed, though one that is not is in front', () => {
    const hops = edgeHops();
    const missing = [{ hook: 28, name: 'xdp@fentry', reason: 'refused', host: '', file: '' }];
    const stops = stopsOf(lay(hops, [], missing), hops, []);
    expect(stops[0]?.hop).toBeNull();
    expect(focusedStop(stops, null)).toBe(stops.find(({ hop }) => hop !== null));
  });

  it('draws a hook that only counts once it has counted, and as no packets', () => {
    const redirect = fakeHop({ index: 90, hook: 25 });
    const labels = (hops: readonly Hop[]) =>
      lay(hops).rows[0]?.lanes[0]?.stations.map(({ label, quiet }) => [label, quiet]);
    expect(labels([...edgeHops(), redirect])).toEqual(labels(edgeHops()));
    const counted = [{ count: 31, program: 12, programName: 'xdp_prog', map: 7, index: 0, value: 0 }];
    const counts = { ...redirect, counted };
    expect(labels([...edgeHops(), counts])).toEqual([['XDP redirect', false], ...labels(edgeHops())!]);
    expect(countedWords(counts)).toBe(
      '31 redirected by xdp_prog (id 12) to entry 0 of map 7; not seen as packets: the tracepoint has none',
    );
    const layout = lay([...edgeHops(), counts]);
    const [station] = layout.rows[0]!.lanes[0]!.stations;
    expect(station?.counts.map(({ events, band }) => [events, band])).toEqual([[0, 0]]);
    // There is no journey that it could filter by.
    const stop = stopsOf(layout, [...edgeHops(), counts], []).find(({ key }) => key === station?.key);
    expect([stop?.hop, stop?.ask()]).toEqual([null, null]);
  });

  it('goes on in the same row where packets go on to another device', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, device: 'in0', events: 10 }),
      fakeHop({ index: 1, hook: 16, device: 'in0', events: 10 }),
      fakeHop({ index: 2, hook: 18, device: 'out0', events: 10 }),
      fakeHop({ index: 3, hook: 8, device: 'out0', events: 10 }),
    ];
    const layout = lay(hops, [edge(0, 1, 10), edge(1, 2, 10), edge(2, 3, 10)]);
    expect(lanesOf(layout)).toEqual([['in0~0/rx', 'out0~0/tx']]);
    expect(layout.segments.map(({ key }) => key)).toEqual(['0:0>1', '0:1>2', '0:2>3']);
    expect(layout.bends).toEqual([]);
    const few = lay(hops, [edge(0, 1, 10), edge(1, 2, 2), edge(2, 3, 10)]);
    expect(lanesOf(few), 'most of what out0 has comes from elsewhere').toEqual([['in0~0/rx'], ['out0~0/tx']]);
    expect(few.bends.map(({ key }) => key)).toEqual(['0:1>2']);
  });

  it('leaves out lanes that saw nothing while others did, and says which', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, events: 10 }),
      fakeHop({ index: 1, hook: 8 }),
      fakeHop({ index: 2, hook: 9 }),
    ];
    const layout = lay(hops);
    expect(lanesOf(layout)).toEqual([['eth0~0/rx']]);
    expect(layout.silent.map(({ key }) => key)).toEqual(['eth0~0/tx', 'eth0~0/end']);
    expect(lanesOf(lay(hops, [], [], { all: true }))).toEqual([['eth0~0/rx'], ['eth0~0/tx']]);
    const quiet = hops.map((hop) => ({ ...hop, events: 0 }));
    expect(lanesOf(lay(quiet)), 'nothing was seen at all yet').toEqual([['eth0~0/rx'], ['eth0~0/tx']]);
  });

  it('shows one device when it is asked for', () => {
    const two = [...edgeHops('eth0', 1), ...edgeHops('eth0', 2, 10)];
    expect(groupsOf(two).map((group) => group.key)).toEqual(['eth0~1', 'eth0~2']);
    expect(lanesOf(lay(two, [], [], { only: 'eth0~2' }))).toEqual([['eth0~2/rx'], ['eth0~2/tx']]);
    expect(lay(two).rows.map(({ lanes }) => lanes[0]?.detail)).toEqual([
      'Rx · netns 1',
      'Tx · netns 1',
      'Rx · netns 2',
      'Tx · netns 2',
    ]);
  });

  it('names the host where there are several, and the namespace only within one', () => {
    const hosts = ['a', 'b'].flatMap((host, n) =>
      edgeHops('eth0', 1, 10 * n).map((hop) => ({ ...hop, host })),
    );
    expect(lay(hosts).rows.map(({ lanes }) => lanes[0]?.detail)).toEqual([
      'Rx · a',
      'Tx · a',
      'Rx · b',
      'Tx · b',
    ]);
  });

  it('shows an ordinary capture as one row of interfaces, without a flow between them', () => {
    const hops = [0, 1, 2].map((index) =>
      fakeHop({ index, hook: 0, name: `if${index}`, lane: 'none', events: 5 }),
    );
    const layout = lay(hops, [edge(0, 1, 5)], [{ hook: 1, name: 'x', reason: 'y', host: '', file: '' }]);
    expect(lanesOf(layout)).toEqual([['interfaces/none']]);
    expect([layout.segments, layout.bends, layout.stubs]).toEqual([[], [], []]);
  });
});

describe('what is drawn', () => {
  it('makes the band as high as its share of the busiest hop, and the metadata a share of the band', () => {
    const hops = [
      fakeHop({ index: 0, hook: 1, events: 100, withMetadata: 0 }),
      fakeHop({ index: 1, hook: 2, events: 50, withMetadata: 25 }),
      fakeHop({ index: 2, hook: 3, events: 1 }),
    ];
    const stations = lay(hops).rows[0]?.lanes[0]?.stations;
    expect(stations?.flatMap(({ counts }) => counts.map(({ band, meta }) => [band, meta]))).toEqual([
      [BAND, 0],
      [BAND / 2, BAND / 4],
      // Never hides a hop that saw a packet.
      [2, 0],
    ]);
  });

  it('is lower in a low window, where there are several rows, and nothing lies upon the row below', () => {
    const cause = {
      state: 'lost',
      cause: 'expandHead',
      operation: 'x',
      known: 'seen',
      count: 1,
      firstNs: '0',
    } as const;
    const hops = [1, 2].flatMap((netns) =>
      edgeHops('eth0', netns, 10 * (netns - 1)).map((hop) => ({ ...hop, causes: [cause] })),
    );
    const [high, low] = [
      lay(hops, [], [], { bandRoom: 400 }),
      lay(hops, [], [], { bandRoom: 400, dense: true }),
    ];
    expect(low.rows.length).toBeGreaterThan(1);
    expect(low.height).toBeLessThan(high.height - 30);
    for (const { y, height, foot } of low.rows) {
      const own = low.callouts.filter((one) => one.y >= y && one.y < y + height);
      expect(own.length).toBeGreaterThan(0);
      for (const one of own) expect(one.y + CALLOUT_HEIGHT).toBeLessThan(y + height);
      expect(foot + FIRST_LINE + LINE_PX).toBeLessThan(own[0]!.y);
    }
    const one = [fakeHop({ index: 0, hook: 1, events: 10 })];
    expect(lay(one, [], [], { dense: true })).toEqual(lay(one));
  });

  it('grows row by row to the whole, in its final places', () => {
    const layout = lay([...edgeHops('eth0', 1), ...edgeHops('eth1', 2, 10)], [edge(0, 8, 5)]);
    expect([1, 2, 4].map((rows) => firstRows(layout, rows).rows.length)).toEqual([1, 2, 4]);
    expect(firstRows(layout, 1).bends).toEqual([]);
    expect(firstRows(layout, 4)).toEqual(layout);
  });

  it('tells damage and its cause below the hop, none over another and all within the drawing', () => {
    const cause = {
      state: 'lost',
      cause: 'expandHead',
      operation: 'pskb_expand_head',
      known: 'rule',
      firstNs: '0',
    } as const;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(3)), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 500, max: 2500 }),
        (list, width) => {
          const hops = list.map(([hook, causes], index) =>
            fakeHop({
              index,
              hook,
              device: `eth${index % 3}`,
              events: 10,
              causes: Array.from({ length: causes }, (_, i) => ({ ...cause, count: i + 1 })),
            }),
          );
          const { callouts, rows, width: whole } = lay(hops, [], [], { width });
          expect(callouts).toHaveLength(list.reduce((sum, [, causes]) => sum + causes, 0));
          const bottom = Math.max(...rows.map(({ y, height }) => y + height));
          for (const one of callouts) {
            expect(one.x).toBeGreaterThanOrEqual(0);
            expect(one.x + one.width).toBeLessThanOrEqual(whole);
            expect(one.y).toBeLessThan(bottom);
            const over = callouts.filter(
              (other) =>
                other !== one &&
                other.y === one.y &&
                other.x < one.x + one.width &&
                one.x < other.x + other.width,
            );
            expect(over).toEqual([]);
          }
        },
      ),
    );
  });

  it('has every label before the next lane and the end of the drawing, and none over another', () => {
    const CHAR_PX = 6.4;
    const hooks = HOOKS.filter(({ lane }) => lane === 'rx' || lane === 'tx').map(({ id }) => id);
    const seen = fc.uniqueArray(fc.constantFrom(...hooks), { minLength: 1 });
    const next = fc.uniqueArray(fc.constantFrom(...hooks));
    fc.assert(
      fc.property(
        seen,
        next,
        fc.nat(10),
        fc.integer({ min: 320, max: 2500 }),
        (first, second, quiet, width) => {
          const at = (device: string, list: readonly number[], from: number) =>
            list.map((hook, i) => fakeHop({ index: from + i, hook, device, events: i < quiet ? 0 : 10 }));
          const hops = [...at('in0', first, 0), ...at('out0', second, first.length)];
          // So that lanes share a row where they can.
          const edges = hops.flatMap((_, i) => (i === 0 ? [] : [edge(i - 1, i, 10)]));
          const layout = lay(hops, edges, [], { width });
          for (const { lanes } of layout.rows) {
            const ends = new Map<number, number>();
            lanes.forEach(({ stations }, i) => {
              for (const { label, labelX, labelY, quiet: isQuiet } of stations) {
                const half = (label.length * CHAR_PX) / 2;
                expect(labelX + half).toBeLessThanOrEqual((lanes[i + 1]?.x ?? layout.width) + 1e-6);
                expect(labelX - half).toBeGreaterThanOrEqual((isQuiet ? 0 : (ends.get(labelY) ?? 0)) - 1e-6);
                if (!isQuiet) ends.set(labelY, labelX + half);
              }
            });
          }
        },
      ),
    );
  });

  it('keeps every mark inside the drawing and hops in order, for any counts', () => {
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
          const layout = lay(hops, [], [], { width, all: true });
          let drawn = layout.ends.length;
          for (const end of layout.ends) expect(end.x).toBeLessThan(layout.width);
          for (const row of layout.rows) {
            expect(row.y + row.height).toBeLessThanOrEqual(layout.height + 1e-6);
            let x = 0;
            for (const station of row.lanes.flatMap((lane) => lane.stations)) {
              drawn++;
              expect(station.x).toBeGreaterThan(x);
              expect(station.x).toBeLessThan(layout.width);
              for (const { band, meta } of station.counts) {
                expect(band).toBeLessThanOrEqual(BAND);
                expect(meta).toBeLessThanOrEqual(band);
              }
              x = station.x;
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
