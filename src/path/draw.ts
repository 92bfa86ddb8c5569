/**
 * Draws a PathLayout into an <svg> with D3 joins: marks are kept and moved, never rebuilt, so a redraw at
 * every update costs attributes only. Nothing here measures the DOM. Colours are classes (path.css).
 */
import { format } from 'd3-format';
import { select, type EnterElement, type Selection } from 'd3-selection';
import { area, curveBumpX, link } from 'd3-shape';
import {
  LANE_ABOVE,
  noteOf,
  printShare,
  type EndStation,
  type GroupLayout,
  type LaneLayout,
  type PathLayout,
  type Segment,
  type Station,
} from './layout.ts';

export interface DrawOptions {
  readonly bandHeight: number;
  /** Key of the chosen station, '' = none. */
  readonly pressed: string;
  /** Key of the one station in the tab order. */
  readonly current: string;
}

type Group<Datum> = Selection<SVGGElement, Datum, SVGGElement, unknown>;

const count = format(',');
const flow = area<{ x: number; low: number; high: number }>()
  .x((point) => point.x)
  .y0((point) => point.low)
  .y1((point) => point.high);
const toEnd = link<unknown, [number, number]>(curveBumpX);

const keyOf = (datum: unknown) => (datum as { key: string }).key;

export function drawPath(svg: SVGSVGElement, layout: PathLayout, options: DrawOptions): void {
  const root = select(svg)
    .attr('width', Math.ceil(layout.width))
    .attr('height', Math.ceil(layout.height))
    .select<SVGGElement>('g.path-root');
  root
    .selectAll<SVGGElement, GroupLayout>('g.path-group')
    .data(layout.groups, keyOf)
    .join((enter) => {
      const group = enter.append('g').attr('class', 'path-group');
      group.append('text').attr('class', 'path-title').attr('y', 13);
      group.append('g').attr('class', 'path-ends-flow');
      group.append('g').attr('class', 'path-lanes');
      group.append('g').attr('class', 'path-ends');
      return group;
    })
    .attr('transform', (group) => `translate(${group.x},${group.y})`)
    .each(function (group) {
      drawGroup(select(this), group, options);
    });
}

function drawGroup(
  root: Selection<SVGGElement, unknown, null, undefined>,
  group: GroupLayout,
  options: DrawOptions,
): void {
  root.select('text.path-title').text(group.title);
  root
    .select<SVGGElement>('g.path-lanes')
    .selectAll<SVGGElement, LaneLayout>('g.path-lane')
    .data(group.lanes, (lane) => lane.lane)
    .join((enter) => {
      const lane = enter.append('g').attr('class', 'path-lane');
      lane.append('text').attr('class', 'path-lane-name');
      lane.append('g').attr('class', 'path-flow');
      lane.append('g').attr('class', 'path-stations');
      return lane;
    })
    .attr('transform', (lane) => `translate(0,${lane.y})`)
    .each(function (lane) {
      drawLane(select<SVGGElement, LaneLayout>(this), lane, options);
    });
  drawEnds(root, group, options);
}

function drawLane(
  root: Selection<SVGGElement, LaneLayout, null, undefined>,
  lane: LaneLayout,
  options: DrawOptions,
): void {
  const base = LANE_ABOVE + options.bandHeight;
  root
    .select('text.path-lane-name')
    .attr('y', base - options.bandHeight / 2 + 4)
    .text(lane.title);
  root
    .select<SVGGElement>('g.path-flow')
    .selectAll<SVGGElement, Segment>('g.path-segment')
    .data(lane.segments, keyOf)
    .join((enter) => {
      const segment = enter.append('g').attr('class', 'path-segment');
      segment.append('path').attr('class', 'flow-packets');
      segment.append('path').attr('class', 'flow-meta');
      segment.append('path').attr('class', 'flow-lost');
      segment.append('path').attr('class', 'flow-meta-edge');
      return segment;
    })
    .each(function ({ from, to, lost, lostBand }) {
      const segment = select(this);
      const between = (low: [number, number], high: [number, number]) =>
        flow([
          { x: from.x, low: base - low[0], high: base - high[0] },
          { x: to.x, low: base - low[1], high: base - high[1] },
        ]);
      segment.select('path.flow-packets').attr('d', between([0, 0], [from.band, to.band]));
      segment.select('path.flow-meta').attr('d', between([0, 0], [from.meta, to.meta]));
      segment
        .select('path.flow-meta-edge')
        .attr('d', `M${from.x},${base - from.meta}L${to.x},${base - to.meta}`)
        .attr('visibility', from.meta + to.meta > 0 ? 'visible' : 'hidden');
      segment
        .select('path.flow-lost')
        .attr('d', between([from.meta, to.meta], [from.meta, to.meta + lostBand]))
        .attr('visibility', lost > 0 ? 'visible' : 'hidden');
    });
  const entering = new Map(lane.segments.map((segment) => [segment.to.key, segment]));
  const stations = root
    .select<SVGGElement>('g.path-stations')
    .selectAll<SVGGElement, Station>('g.station')
    .data(lane.stations, keyOf)
    .join(appendStation);
  stations.attr('transform', (station) => `translate(${station.x},0)`);
  placeStation(stations, base, options);
  stations.each(function (station) {
    const note = noteOf(entering.get(station.key) ?? null, station);
    select(this)
      .select('text.station-note')
      .attr('y', base + (station.hop === null ? 16 : 43))
      .attr('class', `station-note${note === null ? '' : ` note-${note.kind}`}`)
      .text(station.hop === null ? 'not observed' : (note?.text ?? ''));
  });
}

/** The marks of one hop; also of the hops at the end of the lanes. */
function appendStation<Datum>(enter: Selection<EnterElement, Datum, SVGGElement, unknown>): Group<Datum> {
  const station = enter.append('g').attr('class', 'station').attr('role', 'button');
  station.append('title');
  station.append('rect').attr('class', 'station-hit');
  station.append('rect').attr('class', 'station-hatch');
  station.append('line').attr('class', 'station-line');
  station.append('circle').attr('class', 'station-dot').attr('r', 4);
  station.append('text').attr('class', 'station-label');
  station.append('text').attr('class', 'station-count');
  station.append('text').attr('class', 'station-share');
  station.append('text').attr('class', 'station-note');
  return station;
}

function describe(station: Station | EndStation): string {
  const { hop, missing } = station;
  if (hop === null) return `${station.label}: not observed. ${missing?.reason ?? ''}`;
  const bytes = hop.withMetadata === 0 ? '' : `, ${averageBytes(station)} on average`;
  const lost = hop.lost === 0 ? '' : `, ${count(hop.lost)} events not captured`;
  const unreadable = hop.unreadable === 0 ? '' : `, ${count(hop.unreadable)} unreadable`;
  const gone = hop.metadataLost === 0 ? '' : `, ${count(hop.metadataLost)} lost their metadata before it`;
  return `${hop.name}: ${count(station.events)} packets, ${printShare(station.withMetadata, station.events)} with metadata${bytes}${gone}${unreadable}${lost}`;
}

function averageBytes(station: Station | EndStation): string {
  const { hop } = station;
  if (hop === null || hop.withMetadata === 0) return '';
  return `${Math.round(hop.metadataBytes / hop.withMetadata)} B`;
}

function shareText(station: Station | EndStation): string {
  if (station.hop === null || station.events === 0) return '';
  if (station.withMetadata === 0) return '–';
  return `${printShare(station.withMetadata, station.events)} · ${averageBytes(station)}`;
}

function placeStation<Datum extends Station | EndStation>(
  stations: Group<Datum>,
  base: number,
  options: DrawOptions,
): void {
  const top = base - options.bandHeight;
  stations
    .attr('data-station', keyOf)
    .attr('tabindex', (station) => (station.key === options.current ? 0 : -1))
    .attr('aria-pressed', (station) => station.key === options.pressed)
    .attr('aria-disabled', (station) => (station.hop === null ? 'true' : null))
    .attr('aria-label', describe)
    .classed('missing', (station) => station.hop === null)
    .classed('empty', (station) => station.hop !== null && station.events === 0)
    .classed('loses', (station) => (station.hop?.metadataLost ?? 0) > 0)
    .classed('pressed', (station) => station.key === options.pressed);
  stations.select('title').text(describe);
  stations
    .select('rect.station-hit')
    .attr('x', -44)
    .attr('y', top - 34)
    .attr('width', 88)
    .attr('height', options.bandHeight + 82)
    .attr('rx', 5);
  stations
    .select('rect.station-hatch')
    .attr('x', -7)
    .attr('y', top)
    .attr('width', 14)
    .attr('height', options.bandHeight)
    .attr('visibility', (station) => (station.hop === null ? 'visible' : 'hidden'));
  stations
    .select('line.station-line')
    .attr('y1', top - 8)
    .attr('y2', base + 2);
  stations.select('circle.station-dot').attr('cy', top - 12);
  stations
    .select('text.station-label')
    .attr('y', top - 22)
    .text((station) => station.label);
  stations
    .select('text.station-count')
    .attr('y', base + 16)
    .text((station) => (station.hop === null ? '' : count(station.events)));
  stations
    .select('text.station-share')
    .attr('y', base + 29)
    .classed('none', (station) => station.withMetadata === 0)
    .text(shareText);
}

function drawEnds(
  root: Selection<SVGGElement, unknown, null, undefined>,
  group: GroupLayout,
  options: DrawOptions,
): void {
  const tails = group.lanes.flatMap((lane) => {
    const last = [...lane.stations].reverse().find((station) => station.events > 0);
    if (last === undefined) return [];
    const y = lane.y + LANE_ABOVE + options.bandHeight - last.band / 2;
    return group.ends
      .filter((end) => end.events > 0)
      .map((end) => ({ key: `${lane.lane}>${end.key}`, source: [last.x, y], target: [end.x - 6, end.y] }));
  });
  root
    .select<SVGGElement>('g.path-ends-flow')
    .selectAll<SVGPathElement, (typeof tails)[number]>('path')
    .data(tails, keyOf)
    .join('path')
    .attr('class', 'flow-end')
    .attr('d', ({ source, target }) =>
      toEnd({ source: source as [number, number], target: target as [number, number] }),
    );
  const ends = root
    .select<SVGGElement>('g.path-ends')
    .selectAll<SVGGElement, EndStation>('g.station')
    .data(group.ends, keyOf)
    .join(appendStation)
    .attr('transform', (end) => `translate(${end.x},${end.y})`);
  placeStation(ends, 0, { ...options, bandHeight: 0 });
  ends.classed('end', true);
  ends.select('text.station-label').attr('y', -11);
  ends.select('circle.station-dot').attr('cy', 0);
  ends.select('line.station-line').attr('y1', 0).attr('y2', 0);
  ends.select('text.station-count').attr('y', 19);
  ends.select('text.station-share').attr('y', 32);
  ends.select('rect.station-hit').attr('y', -26).attr('height', 62);
  ends.classed('dropped', (end) => end.hop?.hook === DROPPED_HOOK && end.events > 0);
}

/** kfree_skb: the one end that is damage. */
const DROPPED_HOOK = 10;
