/** Where gaps of the capture fall in a view, and their labels. Pure. */
import type { Gap } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { shareOf, type Span } from './view.ts';

export interface GapSpan {
  readonly key: string;
  /** Shares of the view, 0…1. */
  readonly from: number;
  readonly to: number;
  /** null: at least one loss of unknown size. */
  readonly count: number | null;
  readonly causes: readonly string[];
  /** Somebody had asked for it: nothing of it is missed. */
  readonly asked: boolean;
}

/** More marks than this cannot be told apart; neighbours are joined until there are fewer. */
const MAX_GAP_SPANS = 60;

/**
 * Losses as shares of the view, those that touch joined and their counts added; those outside of it are left out. What
 * sampling left out is everywhere, as asked, and marks no place; where the probe was started again, as asked, nothing was captured.
 */
export function gapSpans(gaps: readonly Gap[], view: Span | null): readonly GapSpan[] {
  if (view === null || view.to <= view.from) return [];
  const share = (ns: string) => Math.min(1, Math.max(0, shareOf(view, BigInt(ns))));
  const sorted = gaps
    .filter(
      (gap) =>
        (!gap.leftOut || gap.count === null) &&
        BigInt(gap.fromNs) <= view.to &&
        BigInt(gap.toNs) >= view.from,
    )
    .map((gap) => ({
      from: share(gap.fromNs),
      to: share(gap.toNs),
      count: gap.count,
      cause: gap.cause,
      asked: gap.leftOut,
    }))
    .sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number; count: number | null; causes: Set<string>; asked: boolean }[] =
    [];
  for (const gap of sorted) {
    const last = joined[joined.length - 1];
    if (last !== undefined && gap.from <= last.to + 1 / MAX_GAP_SPANS) {
      last.to = Math.max(last.to, gap.to);
      last.count = last.count === null || gap.count === null ? null : last.count + gap.count;
      last.causes.add(gap.cause);
      last.asked &&= gap.asked;
    } else {
      joined.push({
        from: gap.from,
        to: Math.max(gap.from, gap.to),
        count: gap.count,
        causes: new Set([gap.cause]),
        asked: gap.asked,
      });
    }
  }
  return joined.map((gap, i) => ({
    key: String(i),
    from: gap.from,
    to: gap.to,
    count: gap.count,
    causes: [...gap.causes],
    asked: gap.asked,
  }));
}

export function gapText({ count, asked }: GapSpan): string {
  if (asked) return 'restarted';
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
