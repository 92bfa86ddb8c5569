/** The timeline's bars from its buckets, and where gaps fall. Pure. */
import type { Gap, Timeline } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';

export interface Bar {
  readonly events: number;
  readonly withMetadata: number;
}

/** Merges neighbouring buckets until there are at most `most` bars; the sums stay. */
export function barsOf(timeline: Timeline, most: number): readonly Bar[] {
  const buckets = timeline.events.length;
  const size = Math.max(1, Math.ceil(buckets / Math.max(1, most)));
  const bars: Bar[] = [];
  for (let start = 0; start < buckets; start += size) {
    let events = 0;
    let withMetadata = 0;
    for (let i = start; i < Math.min(buckets, start + size); i++) {
      events += timeline.events[i] ?? 0;
      withMetadata += timeline.withMetadata[i] ?? 0;
    }
    bars.push({ events, withMetadata });
  }
  return bars;
}

export interface GapSpan {
  readonly key: string;
  /** Shares of the whole time, 0…1. */
  readonly from: number;
  readonly to: number;
  /** null: at least one loss of unknown size. */
  readonly count: number | null;
  readonly causes: readonly string[];
}

/** More marks than this cannot be told apart; neighbours are joined until there are fewer. */
const MAX_GAP_SPANS = 60;

/**
 * Losses as shares of the timeline, those that touch joined and their counts added. What sampling left out
 * is everywhere, as asked, and marks no place.
 */
export function gapSpans(gaps: readonly Gap[], timeline: Timeline): readonly GapSpan[] {
  if (timeline.startNs === '' || timeline.endNs === '') return [];
  const start = BigInt(timeline.startNs);
  const span = Number(BigInt(timeline.endNs) - start);
  if (span <= 0) return [];
  const share = (ns: string) => Math.min(1, Math.max(0, Number(BigInt(ns) - start) / span));
  const sorted = gaps
    .filter((gap) => !gap.leftOut)
    .map((gap) => ({ from: share(gap.fromNs), to: share(gap.toNs), count: gap.count, cause: gap.cause }))
    .sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number; count: number | null; causes: Set<string> }[] = [];
  for (const gap of sorted) {
    const last = joined[joined.length - 1];
    if (last !== undefined && gap.from <= last.to + 1 / MAX_GAP_SPANS) {
      last.to = Math.max(last.to, gap.to);
      last.count = last.count === null || gap.count === null ? null : last.count + gap.count;
      last.causes.add(gap.cause);
    } else {
      joined.push({
        from: gap.from,
        to: Math.max(gap.from, gap.to),
        count: gap.count,
        causes: new Set([gap.cause]),
      });
    }
  }
  return joined.map((gap, i) => ({
    key: String(i),
    from: gap.from,
    to: gap.to,
    count: gap.count,
    causes: [...gap.causes],
  }));
}

export function gapText({ count }: GapSpan): string {
  return count === null ? '? missed' : `${printCount(count)} missed`;
}

/** Width of a character of a label, rounded up. */
const LABEL_CHAR_PX = 7;
const LABEL_SPACE_PX = 4;

export interface GapLabel {
  readonly x: number;
  readonly anchor: 'start' | 'end';
}

/**
 * Where the labels of gaps stand: beside their mark, on the side with more room. null where one before it is
 * in the way; the mark's title has the same words. `leastPx` is the width of the narrowest mark.
 */
export function gapLabels(
  spans: readonly GapSpan[],
  width: number,
  leastPx: number,
): readonly (GapLabel | null)[] {
  let free = 0;
  return spans.map((span) => {
    const from = span.from * width;
    const to = from + Math.max(leastPx, (span.to - span.from) * width);
    const after = from + to < width;
    const x = after ? to + LABEL_SPACE_PX : from - LABEL_SPACE_PX;
    const wide = gapText(span).length * LABEL_CHAR_PX;
    const start = after ? x : x - wide;
    if (start < free) return null;
    free = start + wide;
    return { x, anchor: after ? 'start' : 'end' };
  });
}

/** One path of bars standing on `base`: an attribute to set, instead of hundreds of elements. */
export function barPath(
  values: readonly number[],
  most: number,
  width: number,
  base: number,
  inset: number,
): string {
  if (values.length === 0 || most <= 0) return '';
  const step = width / values.length;
  const bar = Math.max(0.5, step - 1 - 2 * inset);
  let path = '';
  values.forEach((value, i) => {
    if (value === 0) return;
    const height = Math.max(1, (value / most) * base);
    path += `M${(i * step + inset).toFixed(1)},${base}v${(-height).toFixed(1)}h${bar.toFixed(1)}V${base}z`;
  });
  return path;
}
