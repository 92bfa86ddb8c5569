import { describe, expect, it } from 'vitest';
import { fakeHop, edgeHops } from '#src/testing/hops.ts';
import { edge, lay } from '#src/testing/path.ts';
import type { Hop } from '#workers/api.ts';
import { countedWords } from './counted.ts';
import { groupsOf } from './lanes.ts';
import { focusedStop, stopsOf } from './stops.ts';

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
