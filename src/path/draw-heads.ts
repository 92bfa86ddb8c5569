/**
 * What a row is called: device, direction, what the numbers below its hops are. An <svg> of its own, which stays at the left edge of the
 * view; the names of layers stay within it, however far the path is scrolled.
 */
import { select, type Selection } from 'd3-selection';
import {
  FIRST_LINE,
  GUTTER,
  LABEL_CHAR_PX,
  LAYER_LINE_Y,
  LINE_PX,
  type LaneLayout,
  type PathLayout,
  type RowLayout,
} from './layout.ts';
import { attr, keyOf, text } from './marks.ts';

/** Of the path's scrolled pane: from where on it is seen, and how much of it; px of the drawing. */
export interface View {
  readonly left: number;
  readonly width: number;
}

/** Left of the drawing, which is scrolled into it. */
const PADDING_PX = 12;

export function drawHeads(svg: SVGSVGElement, { rows, height }: PathLayout, compared: boolean): void {
  const whole = select(svg);
  attr(whole, 'width', GUTTER);
  attr(whole, 'height', Math.round(height));
  whole
    .selectAll<SVGGElement, RowLayout>('g')
    .data(rows, keyOf)
    .join((enter) => {
      const head = enter.append('g');
      head
        .append('rect')
        .attr('x', -PADDING_PX)
        .attr('width', PADDING_PX + GUTTER);
      head.append('line').attr('x1', GUTTER).attr('x2', GUTTER);
      head.append('text').attr('class', 'path-title');
      head.append('text').attr('class', 'path-lane-name');
      return head;
    })
    .each(function (row) {
      drawHead(select(this), row, compared);
    });
}

interface Word {
  readonly text: string;
  readonly kind: 'path-legend-text' | 'path-side';
  readonly y: number;
}

function wordsOf({ base, foot }: RowLayout, compared: boolean): readonly Word[] {
  const half = (foot - base) / 2 - 4;
  const lines = compared ? ['A', 'B', 'B − A, %'] : ['packets', 'metadata'];
  const sides: readonly Word[] = [
    { text: 'A', kind: 'path-side', y: base - half },
    { text: 'B', kind: 'path-side', y: foot - half },
  ];
  return [
    ...lines.map((line, i): Word => ({
      text: line,
      kind: 'path-legend-text',
      y: foot + FIRST_LINE + i * LINE_PX,
    })),
    ...(compared ? sides : []),
  ];
}

function drawHead(
  head: Selection<SVGGElement, unknown, null, undefined>,
  row: RowLayout,
  compared: boolean,
): void {
  const words = wordsOf(row, compared);
  const bottom = row.foot + FIRST_LINE + (compared ? 2 : 1) * LINE_PX + 4;
  attr(head.select('rect'), 'y', row.y);
  attr(head.select('rect'), 'height', bottom - row.y);
  attr(head.select('line'), 'y1', row.y + 2);
  attr(head.select('line'), 'y2', bottom);
  attr(head.select('text.path-title'), 'y', row.y + LAYER_LINE_Y);
  attr(head.select('text.path-lane-name'), 'y', row.y + LAYER_LINE_Y + LINE_PX);
  const texts = head
    .selectAll<SVGTextElement, Word>('text:not(.path-title, .path-lane-name)')
    .data(words)
    .join('text');
  attr(texts, 'class', ({ kind }) => kind);
  attr(texts, 'x', ({ kind }) => (kind === 'path-side' ? GUTTER - 12 : 0));
  attr(texts, 'y', ({ y }) => y);
  text(texts, (word) => word.text);
}

/** For each drawing, and whenever it is scrolled: the head of a row is that of the lane at the left edge. */
export function pinNames(heads: SVGSVGElement, svg: SVGSVGElement, { rows }: PathLayout, view: View): void {
  attr(select(heads), 'data-pinned', view.left > 0 ? '' : null);
  select(heads)
    .selectAll<SVGGElement, RowLayout>('g')
    .data(rows, keyOf)
    .each(function ({ lanes }) {
      const lane = lanes.findLast(({ x }) => x <= view.left) ?? lanes[0];
      text(select(this).select('text.path-title'), lane?.title ?? '');
      text(select(this).select('text.path-lane-name'), lane?.detail ?? '');
    });
  const layers = select(svg).selectAll<SVGTextElement, LaneLayout['layers'][number]>('.path-layer > text');
  attr(layers, 'x', (layer) => middleInView(layer, view));
}

/** Of the part of a layer that is in view, as near to it as its name has room within the layer. */
export function middleInView({ name, from, to }: LaneLayout['layers'][number], view: View): number {
  const left = Math.max(from, view.left === 0 ? 0 : view.left + GUTTER);
  const right = Math.min(to, view.left + view.width);
  const half = Math.min((name.length * LABEL_CHAR_PX) / 2, (to - from) / 2);
  return Math.min(to - half, Math.max(from + half, (left + right) / 2));
}
