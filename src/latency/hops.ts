/** Between which hops: the first choice, and how a range of times is written as a filter. Pure. */
import { quoted } from '#core/query/quote.ts';
import { hopOfKey } from '#src/state/hop-key.ts';
import type { LinkState } from '#src/state/link-state.ts';
import type { Hop, Latency } from '#workers/api.ts';

export interface Pair {
  readonly from: number;
  readonly to: number;
}

/** The two that a link names; null = it names none, or they are not both here. */
export function pairOf(hops: readonly Hop[], named: LinkState['pair']): Pair | null {
  if (named === null) return null;
  const [from, to] = [hopOfKey(hops, named.from), hopOfKey(hops, named.to)];
  return from === null || to === null ? null : { from, to };
}

/** From the first to the last hop of the lane that most events are in; null with fewer than two. */
export function firstPair(hops: readonly Hop[]): Pair | null {
  const lanes = new Map<string, Hop[]>();
  for (const hop of hops) {
    if (hop.events === 0) continue;
    const key = `${hop.lane} ${hop.netns} ${hop.host} ${hop.file} ${hop.device}`;
    lanes.set(key, [...(lanes.get(key) ?? []), hop]);
  }
  const busiest = [...lanes.values()]
    .filter((lane) => lane.length > 1)
    .sort((a, b) => sumOf(b) - sumOf(a))[0];
  if (busiest === undefined) {
    const [a, b] = hops;
    return a === undefined || b === undefined ? null : { from: a.index, to: b.index };
  }
  const inOrder = [...busiest].sort((a, b) => a.order - b.order);
  return { from: inOrder[0]!.index, to: inOrder.at(-1)!.index };
}

const sumOf = (lane: readonly Hop[]): number => lane.reduce((sum, hop) => sum + hop.events, 0);

/** Whole nanoseconds as the language reads them: `1.5ms`, exactly; no more than three digits behind the point where it can be. */
export function durationValue(ns: number): string {
  for (const [unit, digits] of [
    ['s', 9],
    ['ms', 6],
    ['us', 3],
  ] as const) {
    const scale = 10 ** digits;
    const fraction = String(ns % scale)
      .padStart(digits, '0')
      .replace(/0+$/, '');
    if (ns >= 1e12 || (ns >= scale && fraction.length <= 3)) {
      return `${Math.floor(ns / scale)}${fraction === '' ? '' : `.${fraction}`}${unit}`;
    }
  }
  return `${ns}ns`;
}

/** The expression that passes journeys whose time is in bins `first` to `last`. */
export function rangeFilter(latency: Latency, hops: readonly Hop[], first: number, last: number): string {
  const [low, high] = [latency.edgesNs[first] ?? 0, latency.edgesNs[last + 1] ?? 0];
  const name = (index: number): string => quoted(hops[index]?.name ?? '');
  return `latency(${name(latency.from)}, ${name(latency.to)}) in ${durationValue(low)}..${durationValue(high - 1)}`;
}

/** Shares of the height, 0…1; at least a visible one where there is any. */
export function barHeights(counts: Uint32Array, height: number): readonly number[] {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return Array.from(counts, (count) => (count === 0 ? 0 : Math.max(1, (count / most) * height)));
}

export interface LogTick {
  /** Position in bins, with its fraction. */
  readonly at: number;
  readonly ns: number;
}

/** Powers of ten within the bins, at least a few: also 2 and 5 where there is less than a decade. */
export function logTicks(edgesNs: Float64Array): readonly LogTick[] {
  if (edgesNs.length < 2) return [];
  const [low, high] = [edgesNs[0]!, edgesNs.at(-1)!];
  const digits = high / Math.max(1, low) > 30 ? [1] : [1, 2, 5];
  const ticks: LogTick[] = [];
  for (let power = 1; power <= high; power *= 10) {
    for (const digit of digits) {
      const ns = digit * power;
      if (ns < low || ns > high) continue;
      const bin = edgesNs.findLastIndex((edge) => edge <= ns);
      const width = (edgesNs[bin + 1] ?? ns) - edgesNs[bin]!;
      ticks.push({ at: bin + (width > 0 ? (ns - edgesNs[bin]!) / width : 0), ns });
    }
  }
  return ticks;
}
