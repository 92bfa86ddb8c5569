/**
 * Draws a PathLayout into an <svg> with D3 joins: marks are kept and moved, never rebuilt, so a redraw at
 * every update costs attributes only. Nothing here measures the DOM. Colours are classes (path.css).
 */
import { select, type Selection } from 'd3-selection';
import type { HopCause } from '#workers/api.ts';
import { CALLOUT_HEIGHT, type Callout } from './callouts.ts';
import { drawEnds, drawStations } from './draw-stations.ts';
import type { Bend, Flow, Segment, Stub } from './flows.ts';
import {
  FIRST_LINE,
  GUTTER,
  LAYER_LINE_Y,
  LINE_PX,
  type LaneLayout,
  type PathLayout,
  type RowLayout,
} from './layout.ts';
import { attr, choosable, keyOf, text, type DrawOptions } from './marks.ts';
import { bent, straight } from './ribbon.ts';

const STUB_PX = 16;
/** Of a title, from where its lane begins. */
const TITLE_INDENT = 8;

export function drawPath(svg: SVGSVGElement, layout: PathLayout, options: DrawOptions): void {
  const whole = select(svg);
  attr(whole, 'width', Math.round(layout.width));
  attr(whole, 'height', Math.round(layout.height));
  attr(whole, 'viewBox', `0 0 ${Math.round(layout.width)} ${Math.round(layout.height)}`);
  const root = whole.select<SVGGElement>('g.path-root');
  drawBends(layerOf(root, 'path-bends'), layout.bends, options);
  drawSegments(layerOf(root, 'path-flow'), layout.segments, options);
  drawStubs(layerOf(root, 'path-stubs'), layout.stubs);
  const rows = layerOf(root, 'path-rows')
    .selectAll<SVGGElement, RowLayout>('g.path-row')
    .data(layout.rows, keyOf)
    .join((enter) => {
      const row = enter.append('g').attr('class', 'path-row');
      row.append('line').attr('class', 'path-axis');
      row.append('g').attr('class', 'path-lanes');
      row.append('g').attr('class', 'path-stations');
      return row;
    });
  rows.each(function (row) {
    const element = select(this);
    const axis = element.select('line.path-axis');
    const stations = row.lanes.flatMap((lane) => lane.stations);
    attr(axis, 'visibility', options.compared ? 'visible' : 'hidden');
    attr(axis, 'x1', GUTTER);
    attr(axis, 'x2', stations.at(-1)?.x ?? GUTTER);
    attr(axis, 'y1', row.base);
    attr(axis, 'y2', row.base);
    drawLanes(element.select('g.path-lanes'), row);
    drawStations(element.select('g.path-stations'), row, options);
  });
  drawEnds(layerOf(root, 'path-ends'), layout.ends, options);
  drawCallouts(layerOf(root, 'path-callouts'), layout.callouts, options);
}

type Layer = Selection<SVGGElement, unknown, null, undefined>;

/** A group of the root, made when it is drawn first; the order of these calls is that of the drawing. */
function layerOf(root: Selection<SVGGElement, unknown, null, undefined>, name: string): Layer {
  const known = root.select<SVGGElement>(`g.${name}`);
  return known.empty() ? root.append('g').attr('class', name) : known;
}

const flowLabel = ({ title }: Flow) => title;

function drawSegments(layer: Layer, segments: readonly Segment[], options: DrawOptions): void {
  const marks = layer
    .selectAll<SVGGElement, Segment>('g.path-segment')
    .data(segments, keyOf)
    .join((enter) => {
      const segment = enter.append('g').attr('class', 'path-segment').attr('role', 'button');
      segment.append('title');
      segment.append('path').attr('class', 'flow-packets');
      segment.append('path').attr('class', 'flow-meta');
      segment.append('path').attr('class', 'flow-lost');
      segment.append('path').attr('class', 'flow-meta-edge');
      return segment;
    });
  choosable(marks, options, flowLabel);
  marks.each(function ({ from, to, fromBase, toBase, grows, height, fromMeta, toMeta, lostBand, title }) {
    const segment = select(this);
    const between = (low: [number, number], high: [number, number]) =>
      straight([
        { x: from.x, low: fromBase + grows * low[0], high: fromBase + grows * high[0] },
        { x: to.x, low: toBase + grows * low[1], high: toBase + grows * high[1] },
      ]);
    text(segment.select('title'), title);
    attr(segment.select('path.flow-packets'), 'd', between([0, 0], [height, height]));
    attr(segment.select('path.flow-meta'), 'd', between([0, 0], [fromMeta, toMeta]));
    const edge = segment.select('path.flow-meta-edge');
    const at = (x: number, y: number) => `${x.toFixed(1)},${y.toFixed(1)}`;
    attr(edge, 'd', `M${at(from.x, fromBase + grows * fromMeta)}L${at(to.x, toBase + grows * toMeta)}`);
    attr(edge, 'visibility', fromMeta + toMeta > 0 ? 'visible' : 'hidden');
    const lost = segment.select('path.flow-lost');
    attr(lost, 'd', between([fromMeta, toMeta], [fromMeta, toMeta + lostBand]));
    attr(lost, 'visibility', lostBand > 0 ? 'visible' : 'hidden');
  });
}

function drawBends(layer: Layer, bends: readonly Bend[], options: DrawOptions): void {
  const marks = layer
    .selectAll<SVGGElement, Bend>('g.path-bend')
    .data(bends, keyOf)
    .join((enter) => {
      const bend = enter.append('g').attr('class', 'path-bend').attr('role', 'button');
      bend.append('title');
      bend.append('path').attr('class', 'flow-packets');
      bend.append('path').attr('class', 'flow-meta');
      return bend;
    });
  choosable(marks, options, flowLabel);
  marks.each(function ({ source, target, height, fromMeta, toMeta, title }) {
    const bend = select(this);
    const ribbon = (from: number, to: number) =>
      bent([
        { x: source[0], low: source[1], high: source[1] - from },
        { x: target[0], low: target[1], high: target[1] - to },
      ]);
    text(bend.select('title'), title);
    attr(bend.select('path.flow-packets'), 'd', ribbon(height, height));
    attr(bend.select('path.flow-meta'), 'd', ribbon(fromMeta, toMeta));
  });
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
  attr(rects, 'x', (stub) => stub.x);
  attr(rects, 'y', (stub) => stub.y);
  attr(rects, 'height', (stub) => Math.max(2, stub.height));
  text(rects.select('title'), (stub) => stub.title);
}

function drawLanes(layer: Layer, row: RowLayout): void {
  const lanes = layer.selectAll<SVGGElement, LaneLayout>('g.path-layers').data(row.lanes, keyOf).join('g');
  attr(lanes, 'class', 'path-layers');
  lanes.each(function (lane) {
    drawLayers(select(this), lane, row.y);
  });
  // That of the first one is the head of the row (draw-heads.ts).
  const names = layer
    .selectAll<SVGGElement, LaneLayout>('g.path-lane')
    .data(row.lanes.slice(1), keyOf)
    .join((enter) => {
      const lane = enter.append('g').attr('class', 'path-lane');
      lane.append('line').attr('class', 'lane-border');
      lane.append('text').attr('class', 'path-title');
      lane.append('text').attr('class', 'path-lane-name');
      return lane;
    });
  const border = names.select('line');
  attr(border, 'x1', ({ x }) => x + 2);
  attr(border, 'x2', ({ x }) => x + 2);
  attr(border, 'y1', row.y + 2);
  attr(border, 'y2', row.base + FIRST_LINE + LINE_PX);
  const title = names.select<SVGTextElement>('text.path-title');
  attr(title, 'x', ({ x }) => x + TITLE_INDENT);
  attr(title, 'y', row.y + LAYER_LINE_Y);
  text(title, (lane) => lane.title);
  const detail = names.select<SVGTextElement>('text.path-lane-name');
  attr(detail, 'x', ({ x }) => x + TITLE_INDENT);
  attr(detail, 'y', row.y + LAYER_LINE_Y + LINE_PX);
  text(detail, (lane) => lane.detail);
}

function drawLayers(layer: Layer, lane: LaneLayout, y: number): void {
  const layers = layer
    .selectAll<SVGGElement, LaneLayout['layers'][number]>('g')
    .data(lane.layers)
    .join((enter) => {
      const group = enter.append('g').attr('class', 'path-layer');
      group.append('line');
      group.append('text');
      return group;
    });
  layers.each(function ({ name, from, to }) {
    const line = select(this).select('line');
    attr(line, 'x1', from + 2);
    attr(line, 'x2', to - 2);
    attr(line, 'y1', y + 2);
    attr(line, 'y2', y + 2);
    const label = select(this).select<SVGTextElement>('text');
    attr(label, 'y', y + LAYER_LINE_Y);
    text(label, name);
  });
}

/** Below the hop, down to the words. */
function leader({ station, x, y, width }: Callout): string {
  const end = Math.min(x + width - 8, Math.max(x + 8, station.x));
  return `M${station.x.toFixed(1)},${(y - 4).toFixed(1)}L${end.toFixed(1)},${y.toFixed(1)}`;
}

/** The names of what it counts; its menu has the whole expression. */
function filterName({ state, cause, known }: HopCause): string {
  return `Filter: state == ${state} && ${cause === 'unknown' ? '' : `cause == ${cause} && `}known == ${known}`;
}

function drawCallouts(layer: Layer, callouts: readonly Callout[], options: DrawOptions): void {
  const marks = layer
    .selectAll<SVGGElement, Callout>('g.callout')
    .data(callouts, keyOf)
    .join((enter) => {
      const callout = enter.append('g').attr('role', 'button');
      callout.append('title');
      callout.append('path').attr('class', 'callout-leader');
      callout.append('rect').attr('rx', 3).attr('height', CALLOUT_HEIGHT);
      callout.append('text');
      return callout;
    });
  choosable(marks, options, ({ title }) => title);
  attr(marks, 'class', ({ tone }) => `callout callout-${tone}`);
  text(marks.select('title'), ({ title, cause }) =>
    cause === null ? title : `${title}\n${filterName(cause)}`,
  );
  attr(marks.select('path'), 'd', leader);
  const rect = marks.select('rect');
  attr(rect, 'x', ({ x }) => x);
  attr(rect, 'y', ({ y }) => y);
  attr(rect, 'width', ({ width }) => width);
  const label = marks.select<SVGTextElement>('text');
  attr(label, 'x', ({ x }) => x + 7);
  attr(label, 'y', ({ y }) => y + 13);
  text(label, (callout) => callout.text);
}
