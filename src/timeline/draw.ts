/** The timeline on its canvas. Everything it needs is handed in, so tests read the calls it makes. */
import type { TimelineBins } from '#workers/api.ts';
import { gapText, type GapLabel, type GapSpan } from './gaps.ts';
import { AXIS_PX, type Row } from './rows.ts';
import type { Tick } from './ticks.ts';
import { shareOf, type Span } from './view.ts';

export const TIMELINE_TOKENS = [
  'ground',
  'ink',
  'ink-muted',
  'line',
  'line-strong',
  'packets',
  'meta-fill',
  'lost',
  'lost-fill',
  'focus',
] as const;
export type Colours = Readonly<Record<(typeof TIMELINE_TOKENS)[number], string>>;

export interface Drawing {
  readonly view: Span;
  readonly bins: TimelineBins;
  readonly rows: readonly Row[];
  readonly ticks: readonly Tick[];
  readonly gaps: readonly GapSpan[];
  readonly gapLabels: readonly (GapLabel | null)[];
  readonly brush: Span | null;
  /** Bin under the pointer or the keyboard's cursor; null = none. */
  readonly over: number | null;
  readonly width: number;
  readonly height: number;
}

export const GAP_LEAST_PX = 6;
/** Kept free above the bars for the labels of gaps. */
const GAP_LABEL_PX = 12;
const HATCH_PX = 5;
const FONT = '10px';

type Canvas = CanvasRenderingContext2D;

export function drawTimeline(canvas: Canvas, drawing: Drawing, colours: Colours, fontFamily: string): void {
  const { width, height, rows, view, bins } = drawing;
  canvas.clearRect(0, 0, width, height);
  canvas.font = `${FONT} ${fontFamily}`;
  const scale = new BinScale(view, bins, width);
  drawGaps(canvas, drawing, colours);
  for (const row of rows) {
    switch (row.kind) {
      case 'events':
        drawEvents(canvas, drawing, row, scale, colours);
        break;
      case 'lost':
        bars(canvas, scale, row.counts, row, highest(row.counts), colours['lost-fill']);
        break;
      case 'drops':
        bars(canvas, scale, row.counts, row, highest(row.counts), colours['ink-muted']);
        break;
      case 'value':
        bars(canvas, scale, row.counts, row, highest(row.counts), colours['meta-fill']);
        break;
    }
    canvas.fillStyle = row.kind === 'events' ? colours['line-strong'] : colours.line;
    canvas.fillRect(0, row.top + row.height, width, 1);
  }
  drawAxis(canvas, drawing, colours);
  if (drawing.over !== null) {
    const [x, wide] = scale.place(drawing.over);
    canvas.globalAlpha = 0.14;
    canvas.fillStyle = colours.ink;
    canvas.fillRect(x - 0.5, 0, Math.max(2, wide + 1), height - AXIS_PX);
    canvas.globalAlpha = 1;
  }
  if (drawing.brush !== null) drawBrush(canvas, drawing, drawing.brush, colours);
}

/** Where bins are in a view: an answer may be of an earlier one. */
class BinScale {
  private readonly origin: number;
  private readonly step: number;
  readonly width: number;

  constructor(view: Span, { fromNs, widthNs }: TimelineBins, width: number) {
    const length = Number(view.to - view.from) + 1;
    this.origin = fromNs === '' ? 0 : shareOf(view, BigInt(fromNs)) * width;
    this.step = (widthNs / length) * width;
    this.width = width;
  }

  /** Left edge and width of a bin. */
  place(bin: number): readonly [number, number] {
    return [this.origin + bin * this.step, this.step];
  }
}

function highest(counts: Uint32Array): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

/** Bars that stand on the lower edge of a row: one path. `most` has the full height, less `free`. */
function bars(
  canvas: Canvas,
  scale: BinScale,
  counts: Uint32Array,
  { top, height }: Pick<Row, 'top' | 'height'>,
  most: number,
  colour: string,
  free = 0,
): void {
  if (most === 0) return;
  canvas.beginPath();
  counts.forEach((count, bin) => {
    if (count === 0) return;
    const [x, wide] = scale.place(bin);
    if (x + wide < 0 || x > scale.width) return;
    const high = Math.max(1, (count / most) * (height - free));
    canvas.rect(x, top + height - high, Math.max(0.75, wide - (wide > 3 ? 1 : 0)), high);
  });
  canvas.fillStyle = colour;
  canvas.fill();
}

function drawEvents(
  canvas: Canvas,
  { bins, gaps }: Drawing,
  row: Row,
  scale: BinScale,
  colours: Colours,
): void {
  const most = highest(bins.events);
  const free = gaps.length === 0 ? 0 : GAP_LABEL_PX;
  bars(canvas, scale, bins.events, row, most, colours.packets, free);
  bars(canvas, scale, bins.withMetadata, row, most, colours['meta-fill'], free);
  if (bins.listed !== null) drawListed(canvas, bins.listed, most, row, scale, colours, free);
}

/** What passes the filter, as a line over the bars: its shape tells it from them, not its colour alone. */
function drawListed(
  canvas: Canvas,
  listed: Uint32Array,
  most: number,
  { top, height }: Row,
  scale: BinScale,
  colours: Colours,
  free: number,
): void {
  if (most === 0) return;
  canvas.beginPath();
  listed.forEach((count, bin) => {
    const [x, wide] = scale.place(bin);
    const y = top + height - (count / most) * (height - free);
    if (bin === 0) canvas.moveTo(x, y);
    canvas.lineTo(x, y);
    canvas.lineTo(x + wide, y);
  });
  canvas.strokeStyle = colours.ink;
  canvas.lineWidth = 1.25;
  canvas.stroke();
}

function drawGaps(canvas: Canvas, { gaps, gapLabels, rows, width }: Drawing, colours: Colours): void {
  const row = rows[0];
  if (row === undefined) return;
  canvas.textBaseline = 'alphabetic';
  gaps.forEach((gap, i) => {
    const colour = gap.asked ? colours['ink-muted'] : colours.lost;
    canvas.strokeStyle = colour;
    canvas.fillStyle = colour;
    const x = gap.from * width;
    const wide = Math.max(GAP_LEAST_PX, (gap.to - gap.from) * width);
    canvas.save();
    canvas.beginPath();
    canvas.rect(x, row.top, wide, row.height);
    canvas.clip();
    canvas.lineWidth = 1.5;
    canvas.beginPath();
    for (let at = x - row.height; at < x + wide; at += HATCH_PX) {
      canvas.moveTo(at, row.top + row.height);
      canvas.lineTo(at + row.height, row.top);
    }
    canvas.stroke();
    canvas.restore();
    canvas.lineWidth = 1;
    canvas.setLineDash([3, 2]);
    canvas.strokeRect(x + 0.5, row.top + 0.5, wide - 1, row.height - 1);
    canvas.setLineDash([]);
    const label = gapLabels[i] ?? null;
    if (label === null) return;
    canvas.textAlign = label.anchor;
    canvas.fillText(gapText(gap), label.x, row.top + GAP_LABEL_PX - 3);
  });
}

function drawAxis(canvas: Canvas, { ticks, width, height }: Drawing, colours: Colours): void {
  const top = height - AXIS_PX;
  canvas.fillStyle = colours['ink-muted'];
  canvas.textBaseline = 'alphabetic';
  for (const { at, text } of ticks) {
    const x = at * width;
    canvas.fillRect(Math.round(x), top, 1, 3);
    canvas.textAlign = at < 0.03 ? 'left' : at > 0.96 ? 'right' : 'center';
    canvas.fillText(text, x, height - 2);
  }
}

/** Dimmed is what is left out; the edges have grips, so that the brush is no matter of colour. */
function drawBrush(canvas: Canvas, { view, width, height }: Drawing, brush: Span, colours: Colours): void {
  const bottom = height - AXIS_PX;
  const from = shareOf(view, brush.from) * width;
  const to = Math.max(from + 1, shareOf(view, brush.to + 1n) * width);
  canvas.globalAlpha = 0.62;
  canvas.fillStyle = colours.ground;
  canvas.fillRect(0, 0, Math.max(0, from), bottom);
  canvas.fillRect(Math.min(width, to), 0, Math.max(0, width - to), bottom);
  canvas.globalAlpha = 1;
  canvas.strokeStyle = colours.ink;
  canvas.lineWidth = 1;
  canvas.strokeRect(from + 0.5, 0.5, Math.max(1, to - from - 1), bottom - 1);
  canvas.fillStyle = colours.ink;
  for (const x of [from, to - 3]) canvas.fillRect(x, bottom / 2 - 6, 3, 12);
}
