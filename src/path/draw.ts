/**
 * Draws a PathLayout into an <svg> with D3 joins: marks are kept and moved, never rebuilt, so a redraw at
 * every update costs attributes only. Nothing here measures the DOM. Colours are classes (path.css).
 */
import { format } from 'd3-format';
import { select, type BaseType, type EnterElement, type Selection } from 'd3-selection';
import { area, curveBumpX, link } from 'd3-shape';
import { damagesOf, damageText } from '#src/loss/damage.ts';
import type { Bend, Segment, Stub } from './flows.ts';
import {
  LANE_ABOVE,
  noteOf,
  printShare,
  type EndStation,
  type GroupLayout,
  type LaneLayout,
  type PathLayout,
  type Station,
} from './layout.ts';

export interface DrawOptions {
  readonly bandHeight: number;
  /** Key of the chosen station with that of its group (`groupKey/stationKey`), '' = none. */
  readonly pressed: string;
  /** Key of the one station in the tab order. */
  readonly current: string;
}

type Group<Datum> = Selection<SVGGElement, Datum, SVGGElement, unknown>;

const count = format(',');
const flow = area<{ x: number; low: number; high: number }>()
  .x((point) => point.x)
  .y0((point) => point.low)
  .y1((point) => point.high)
  .digits(1);
const toEnd = link<unknown, [number, number]>(curveBumpX).digits(1);
const STUB_PX = 16;
/** Half the width of what takes clicks. */
const STATION_HALF_PX = 44;
const QUIET_HALF_PX = 9;

const keyOf = (datum: unknown) => (datum as { key: string }).key;

type Value<Datum> = string | number | null | ((datum: Datum) => string | number | null);

/** `.attr` that writes only what is different: an attribute set to what it was costs a layout all the same. */
function attr<Element extends BaseType, Datum, Parent extends BaseType, Up>(
  selection: Selection<Element, Datum, Parent, Up>,
  name: string,
  value: Value<Datum>,
): void {
  selection.each(function (datum) {
    const next = typeof value === 'function' ? value(datum) : value;
    const element = this as unknown as SVGElement;
    if (next === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(next)) element.setAttribute(name, String(next));
  });
}

/** `.text` that writes only what is different, into the text node that is there. */
function text<Element extends BaseType, Datum, Parent extends BaseType, Up>(
  selection: Selection<Element, Datum, Parent, Up>,
  value: string | ((datum: Datum) => string),
): void {
  selection.each(function (datum) {
    const next = typeof value === 'function' ? value(datum) : value;
    const element = this as unknown as SVGElement;
    const node = element.firstChild;
    if (node === null) element.textContent = next;
    else if (node.nodeValue !== next) node.nodeValue = next;
  });
}

export function drawPath(svg: SVGSVGElement, layout: PathLayout, options: DrawOptions): void {
  const whole = select(svg);
  attr(whole, 'width', Math.ceil(layout.width));
  attr(whole, 'height', Math.ceil(layout.height));
  const groups = whole
    .select<SVGGElement>('g.path-root')
    .selectAll<SVGGElement, GroupLayout>('g.path-group')
    .data(layout.groups, keyOf)
    .join((enter) => {
      const group = enter.append('g').attr('class', 'path-group');
      group.append('text').attr('class', 'path-title').attr('y', 13);
      group.append('g').attr('class', 'path-bends');
      group.append('g').attr('class', 'path-flow');
      group.append('g').attr('class', 'path-stubs');
      group.append('g').attr('class', 'path-lanes');
      group.append('g').attr('class', 'path-ends');
      return group;
    });
  attr(groups, 'transform', (group) => `translate(${group.x},${group.y})`);
  groups.each(function (group) {
    drawGroup(select(this), group, options);
  });
}

function drawGroup(
  root: Selection<SVGGElement, unknown, null, undefined>,
  group: GroupLayout,
  options: DrawOptions,
): void {
  text(root.select('text.path-title'), group.title);
  drawBends(root.select('g.path-bends'), group.bends);
  drawSegments(root.select('g.path-flow'), group.segments);
  drawStubs(root.select('g.path-stubs'), group.stubs);
  const lanes = root
    .select<SVGGElement>('g.path-lanes')
    .selectAll<SVGGElement, LaneLayout>('g.path-lane')
    .data(group.lanes, (lane) => lane.lane)
    .join((enter) => {
      const lane = enter.append('g').attr('class', 'path-lane');
      lane.append('text').attr('class', 'path-lane-name');
      lane.append('g').attr('class', 'path-stations');
      return lane;
    });
  attr(lanes, 'transform', (lane) => `translate(0,${lane.y})`);
  lanes.each(function (lane) {
    drawLane(select<SVGGElement, LaneLayout>(this), lane, group, options);
  });
  drawEnds(root, group, options);
}

type Layer = Selection<SVGGElement, unknown, null, undefined>;

function drawSegments(layer: Layer, segments: readonly Segment[]): void {
  layer
    .selectAll<SVGGElement, Segment>('g.path-segment')
    .data(segments, keyOf)
    .join((enter) => {
      const segment = enter.append('g').attr('class', 'path-segment');
      segment.append('title');
      segment.append('path').attr('class', 'flow-packets');
      segment.append('path').attr('class', 'flow-meta');
      segment.append('path').attr('class', 'flow-lost');
      segment.append('path').attr('class', 'flow-meta-edge');
      return segment;
    })
    .each(function ({ from, to, fromBase, toBase, height, fromMeta, toMeta, lostBand, title }) {
      const segment = select(this);
      const between = (low: [number, number], high: [number, number]) =>
        flow([
          { x: from.x, low: fromBase - low[0], high: fromBase - high[0] },
          { x: to.x, low: toBase - low[1], high: toBase - high[1] },
        ]);
      text(segment.select('title'), title);
      attr(segment.select('path.flow-packets'), 'd', between([0, 0], [height, height]));
      attr(segment.select('path.flow-meta'), 'd', between([0, 0], [fromMeta, toMeta]));
      const edge = segment.select('path.flow-meta-edge');
      const fixed = (y: number) => y.toFixed(1);
      attr(
        edge,
        'd',
        `M${fixed(from.x)},${fixed(fromBase - fromMeta)}L${fixed(to.x)},${fixed(toBase - toMeta)}`,
      );
      attr(edge, 'visibility', fromMeta + toMeta > 0 ? 'visible' : 'hidden');
      const lost = segment.select('path.flow-lost');
      attr(lost, 'd', between([fromMeta, toMeta], [fromMeta, toMeta + lostBand]));
      attr(lost, 'visibility', lostBand > 0 ? 'visible' : 'hidden');
    });
}

function drawBends(layer: Layer, bends: readonly Bend[]): void {
  const paths = layer
    .selectAll<SVGPathElement, Bend>('path')
    .data(bends, keyOf)
    .join((enter) => {
      const path = enter.append('path').attr('class', 'flow-end');
      path.append('title');
      return path;
    });
  attr(paths, 'd', ({ source, target }) => toEnd({ source: [...source], target: [...target] }));
  attr(paths, 'stroke-width', (bend) => bend.width.toFixed(1));
  paths.classed('meta', (bend) => 2 * bend.hadMetadata > bend.count);
  text(paths.select('title'), (bend) => bend.title);
}

function drawStubs(layer: Layer, stubs: readonly Stub[]): void {
  const rects = layer
    .selectAll<SVGRectElement, Stub>('rect')
    .data(stubs, keyOf)
    .join((enter) => {
      const rect = enter.append('rect').attr('class', 'flow-stub').attr('width', STUB_PX);
      rect.append('title');
      return rect;
    });
  attr(rects, 'x', (stub) => stub.x.toFixed(1));
  attr(rects, 'y', (stub) => stub.y.toFixed(1));
  attr(rects, 'height', (stub) => Math.max(2, stub.height).toFixed(1));
  text(rects.select('title'), (stub) => stub.title);
}

function drawLane(
  root: Selection<SVGGElement, LaneLayout, null, undefined>,
  lane: LaneLayout,
  group: GroupLayout,
  options: DrawOptions,
): void {
  const base = LANE_ABOVE + options.bandHeight;
  const name = root.select('text.path-lane-name');
  attr(name, 'y', base - options.bandHeight / 2 + 4);
  text(name, lane.title);
  const entering = new Map<string, Segment>();
  for (const segment of group.segments) {
    const known = entering.get(segment.to.key);
    if (known === undefined || known.count < segment.count) entering.set(segment.to.key, segment);
  }
  const stations = root
    .select<SVGGElement>('g.path-stations')
    .selectAll<SVGGElement, Station>('g.station')
    .data(lane.stations, keyOf)
    .join(appendStation);
  attr(stations, 'transform', (station) => `translate(${station.x.toFixed(1)},0)`);
  placeStation(stations, base, group.key, options);
  stations.each(function (station) {
    const note = noteOf(entering.get(station.key) ?? null, station);
    const element = select(this).select('text.station-note');
    attr(element, 'y', base + (station.hop === null ? 16 : 43));
    attr(element, 'class', `station-note${note === null ? '' : ` note-${note.kind}`}`);
    text(element, station.hop === null ? 'not observed' : (note?.text ?? ''));
  });
}

/** The marks of one hop; also of the hops at the end of the lanes. */
function appendStation<Datum>(enter: Selection<EnterElement, Datum, SVGGElement, unknown>): Group<Datum> {
  const station = enter.append('g').attr('class', 'station').attr('role', 'button');
  station.append('title');
  station.append('rect').attr('class', 'station-hit').attr('rx', 5);
  station.append('rect').attr('class', 'station-hatch').attr('x', -7).attr('width', 14);
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
  const lost = hop.lost === 0 ? '' : `, ${count(hop.lost)} events missed`;
  const unreadable = hop.unreadable === 0 ? '' : `, ${count(hop.unreadable)} unreadable`;
  const gone = hop.metadataLost === 0 ? '' : `, ${count(hop.metadataLost)} lost their metadata before it`;
  const why = damagesOf(hop).map((damage) => `\n${damageText(damage)}`);
  return `${hop.name}: ${count(station.events)} packets, ${printShare(station.withMetadata, station.events)} with metadata${bytes}${gone}${unreadable}${lost}${why.join('')}`;
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

interface StationPlace {
  /** y of label, dot, count and share, of both ends of the line, and of the area that takes clicks. */
  readonly label: number;
  readonly dot: number;
  readonly line: readonly [number, number];
  readonly count: number;
  readonly share: number;
  readonly hit: readonly [number, number];
}

function placeStation<Datum extends Station | EndStation>(
  stations: Group<Datum>,
  base: number,
  group: string,
  options: DrawOptions,
  place: StationPlace = onLane(base, options.bandHeight),
): void {
  const nameOf = (station: Datum) => `${group}/${station.key}`;
  attr(stations, 'data-station', nameOf);
  attr(stations, 'tabindex', (station) => (nameOf(station) === options.current ? 0 : -1));
  attr(stations, 'aria-pressed', (station) => String(nameOf(station) === options.pressed));
  attr(stations, 'aria-disabled', (station) => (station.hop === null ? 'true' : null));
  attr(stations, 'aria-label', describe);
  attr(stations, 'class', (station) => {
    const marks = [
      station.hop === null && 'missing',
      station.hop !== null && station.events === 0 && 'empty',
      station.hop !== null && (station.hop.metadataLost > 0 || damagesOf(station.hop).length > 0) && 'loses',
      nameOf(station) === options.pressed && 'pressed',
      'quiet' in station && station.quiet && 'quiet',
      'y' in station && 'end',
      'y' in station && station.hop?.hook === DROPPED_HOOK && station.events > 0 && 'dropped',
    ];
    return ['station', ...marks.filter((mark) => mark !== false)].join(' ');
  });
  text(stations.select('title'), describe);
  const hit = stations.select<SVGRectElement>('rect.station-hit');
  attr(hit, 'y', place.hit[0]);
  attr(hit, 'height', place.hit[1]);
  const half = (station: Datum) => ('quiet' in station && station.quiet ? QUIET_HALF_PX : STATION_HALF_PX);
  attr(hit, 'x', (station) => -half(station));
  attr(hit, 'width', (station) => 2 * half(station));
  const hatch = stations.select<SVGRectElement>('rect.station-hatch');
  attr(hatch, 'y', base - options.bandHeight);
  attr(hatch, 'height', options.bandHeight);
  attr(hatch, 'visibility', (station) => (station.hop === null ? 'visible' : 'hidden'));
  const line = stations.select('line.station-line');
  attr(line, 'y1', place.line[0]);
  attr(line, 'y2', place.line[1]);
  attr(stations.select('circle.station-dot'), 'cy', place.dot);
  const label = stations.select<SVGTextElement>('text.station-label');
  attr(label, 'y', place.label);
  text(label, (station) => station.label);
  const number = stations.select<SVGTextElement>('text.station-count');
  attr(number, 'y', place.count);
  text(number, (station) => (station.hop === null ? '' : count(station.events)));
  const share = stations.select<SVGTextElement>('text.station-share');
  attr(share, 'y', place.share);
  attr(share, 'class', (station) => `station-share${station.withMetadata === 0 ? ' none' : ''}`);
  text(share, shareText);
}

function onLane(base: number, bandHeight: number): StationPlace {
  const top = base - bandHeight;
  return {
    label: top - 22,
    dot: top - 12,
    line: [top - 8, base + 2],
    count: base + 16,
    share: base + 29,
    hit: [top - 34, bandHeight + 82],
  };
}

const AT_END: StationPlace = { label: -11, dot: 0, line: [0, 0], count: 19, share: 32, hit: [-26, 62] };

function drawEnds(
  root: Selection<SVGGElement, unknown, null, undefined>,
  group: GroupLayout,
  options: DrawOptions,
): void {
  const ends = root
    .select<SVGGElement>('g.path-ends')
    .selectAll<SVGGElement, EndStation>('g.station')
    .data(group.ends, keyOf)
    .join(appendStation);
  attr(ends, 'transform', (end) => `translate(${end.x.toFixed(1)},${end.y.toFixed(1)})`);
  placeStation(ends, 0, group.key, { ...options, bandHeight: 0 }, AT_END);
}

/** kfree_skb: the one end that is damage. */
const DROPPED_HOOK = 10;
