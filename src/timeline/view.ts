/** Windows of time and what moves them: zoom, pan, and the brush. All in Unix ns as bigints, both ends in it. Pure. */
import type { TimeRange, Timeline } from '#workers/api.ts';

export interface Span {
  readonly from: bigint;
  readonly to: bigint;
}

/** Nothing is told apart that is closer: a view never shows less. */
const MIN_VIEW_NS = 100n;

/** All of the capture; null while no event has a time. */
export function wholeOf(timeline: Timeline | null): Span | null {
  if (timeline === null || timeline.events.length === 0) return null;
  return { from: BigInt(timeline.startNs), to: BigInt(timeline.endNs) - 1n };
}

export const spanOf = (range: TimeRange): Span => ({ from: BigInt(range.fromNs), to: BigInt(range.toNs) });

export const rangeOf = ({ from, to }: Span): TimeRange => ({ fromNs: from.toString(), toNs: to.toString() });

/** In ns. */
export const lengthOf = ({ from, to }: Span): bigint => to - from + 1n;

const clamp = (value: bigint, low: bigint, high: bigint): bigint =>
  value < low ? low : value > high ? high : value;

/** A share of a span, rounded to ns; exact for a share of 0 and 1. */
export function part(length: bigint, share: number): bigint {
  const scale = 1 << 30;
  return (length * BigInt(Math.round(share * scale))) / BigInt(scale);
}

/** Where a time is in a view, 0…1 of its width; outside of it less or more. */
export function shareOf(view: Span, ns: bigint): number {
  return Number(ns - view.from) / Number(lengthOf(view));
}

/** The view `factor` times as long (0.5: half), with the time at `share` of its width where it is; null = all. */
export function zoomed(view: Span, whole: Span, factor: number, share: number): Span | null {
  const length = BigInt(Math.round(Number(lengthOf(view)) * factor));
  if (length >= lengthOf(whole)) return null;
  const wanted = length < MIN_VIEW_NS ? MIN_VIEW_NS : length;
  const at = view.from + part(lengthOf(view), share);
  return within({ from: at - part(wanted, share), to: at - part(wanted, share) + wanted - 1n }, whole);
}

/** Moved by a share of its own length, as far as the whole goes. */
export function panned(span: Span, whole: Span, by: number): Span {
  const distance = part(lengthOf(span), Math.abs(by)) * (by < 0 ? -1n : 1n);
  return within({ from: span.from + distance, to: span.to + distance }, whole);
}

/** As long as it is, moved into the whole; no longer than that. */
export function within(span: Span, whole: Span): Span {
  const length = lengthOf(span) > lengthOf(whole) ? lengthOf(whole) : lengthOf(span);
  const from = clamp(span.from, whole.from, whole.to - length + 1n);
  return { from, to: from + length - 1n };
}

/** Between two times in any order, cut to the whole. */
export function between(a: bigint, b: bigint, whole: Span): Span {
  const [low, high] = a < b ? [a, b] : [b, a];
  return { from: clamp(low, whole.from, whole.to), to: clamp(high, whole.from, whole.to) };
}

/** A view that has the span in it, with air on both sides; null = all. */
export function viewAround(span: Span, whole: Span): Span | null {
  const air = lengthOf(span) / 8n;
  const view = { from: span.from - air, to: span.to + air };
  return lengthOf(view) >= lengthOf(whole) ? null : zoomed(within(view, whole), whole, 1, 0.5);
}

/** The bin itself where it has events or none does within `reach` bins; otherwise the nearest that has, of two the earlier. */
export function nearestWithEvents(events: ArrayLike<number>, bin: number, reach: number): number {
  for (let by = 0; by <= reach; by++) {
    if ((events[bin - by] ?? 0) > 0) return bin - by;
    if ((events[bin + by] ?? 0) > 0) return bin + by;
  }
  return bin;
}

export type Grip = 'new' | 'move' | 'from' | 'to';

/** What of the brush a pointer takes hold of at `x`; both in px, `reach` on each side of an edge. */
export function gripAt(x: number, brush: { from: number; to: number } | null, reach: number): Grip {
  if (brush === null) return 'new';
  const toFrom = Math.abs(x - brush.from);
  const toTo = Math.abs(x - brush.to);
  if (Math.min(toFrom, toTo) <= reach) return toFrom < toTo ? 'from' : 'to';
  return x > brush.from && x < brush.to ? 'move' : 'new';
}

/** The brush when a pointer that took hold of it at time `at` has come to time `now`. */
export function dragged(grip: Grip, brush: Span | null, at: bigint, now: bigint, whole: Span): Span {
  if (brush === null || grip === 'new') return between(at, now, whole);
  switch (grip) {
    case 'from':
      return between(now, brush.to, whole);
    case 'to':
      return between(brush.from, now, whole);
    case 'move':
      return within({ from: brush.from + now - at, to: brush.to + now - at }, whole);
  }
}
