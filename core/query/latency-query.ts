/**
 * How long journeys took from one hop to another: histogram, percentiles and their course in time. Every time is kept,
 * so percentiles are exact; bins are of powers of two in 32 parts, of which the histogram joins eight.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { journeyId } from '#core/store/event-text.ts';
import { EVENT_BIT } from '#core/store/event-columns.ts';
import { JOURNEY } from '#core/store/journey-table.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import {
  MAX_JOURNEY_EVENTS,
  MAX_LATENCY_COLUMNS,
  type Latency,
  type LatencyAsk,
  type TimeRange,
} from '#core/store/view.ts';
import { deltaNs, nsFromParts, nsHi, nsLo, type Ns } from '#core/time/ns.ts';
import { GrowingDoubles } from './growing-doubles.ts';

/** Parts of a doubling that are told apart inside, and in the histogram. */
const FINE_SHIFT = 5;
const COARSE_SHIFT = 2;
/** Times of below 2^FINE_SHIFT ns have a bin each. The longest that packets can say is 2^64 as a double, which has a bin, too. */
const FINE_BINS = ((64 - FINE_SHIFT + 1) << FINE_SHIFT) + 1;

/** Number of the fine bin of a time: whole ns from 0. */
export function fineBin(ns: number): number {
  if (ns < 1 << FINE_SHIFT) return ns;
  let exponent = Math.floor(Math.log2(ns));
  // The logarithm is rounded, and next to a power of two perhaps to the wrong side.
  if (2 ** exponent > ns) exponent--;
  else if (2 ** (exponent + 1) <= ns) exponent++;
  const part = Math.floor(ns / 2 ** (exponent - FINE_SHIFT));
  return ((exponent - FINE_SHIFT) << FINE_SHIFT) + part;
}

/** The lowest time of a fine bin. */
export function fineEdge(bin: number): number {
  if (bin < 1 << FINE_SHIFT) return bin;
  const exponent = (bin >>> FINE_SHIFT) - 1;
  return ((bin & ((1 << FINE_SHIFT) - 1)) + (1 << FINE_SHIFT)) * 2 ** exponent;
}

/** The bin of the histogram that a fine bin is in: a quarter of a doubling; of less than 4 ns each ns is one. */
function coarseOf(fine: number): number {
  if (fine < 1 << COARSE_SHIFT) return fine;
  if (fine < 1 << FINE_SHIFT) {
    const exponent = 31 - Math.clz32(fine);
    return ((exponent - COARSE_SHIFT) << COARSE_SHIFT) + (fine >>> (exponent - COARSE_SHIFT));
  }
  const part = (fine & ((1 << FINE_SHIFT) - 1)) >>> (FINE_SHIFT - COARSE_SHIFT);
  return (((fine >>> FINE_SHIFT) - 1 + FINE_SHIFT - COARSE_SHIFT + 1) << COARSE_SHIFT) + part;
}

function coarseEdge(bin: number): number {
  if (bin < 1 << COARSE_SHIFT) return bin;
  const exponent = (bin >>> COARSE_SHIFT) - 1;
  return ((bin & ((1 << COARSE_SHIFT) - 1)) + (1 << COARSE_SHIFT)) * 2 ** exponent;
}

interface Instant {
  hi: number;
  lo: number;
}

/** Whether a journey came from hop `from` to hop `to`, and when: both in one walk over its events. */
export class HopTimes {
  private readonly store: CaptureStore;
  private readonly isFrom: (hop: number) => boolean;
  private readonly isTo: (hop: number) => boolean;
  readonly start: Instant = { hi: 0, lo: 0 };

  constructor(store: CaptureStore, isFrom: (hop: number) => boolean, isTo: (hop: number) => boolean) {
    this.store = store;
    this.isFrom = isFrom;
    this.isTo = isTo;
  }

  /** ns between; -1 = at `from` and not at `to` behind it (`start` is right); -2 = not at `from`. */
  measure(journey: number): number {
    if (!this.first(journey, this.isFrom, 0, 0)) return -2;
    const { hi, lo } = this.found;
    this.start.hi = hi;
    this.start.lo = lo;
    if (!this.first(journey, this.isTo, hi, lo)) return -1;
    return deltaNs(hi, lo, this.found.hi, this.found.lo);
  }

  private readonly found: Instant = { hi: 0, lo: 0 };

  /** Earliest event at such a hop that is not before a time. */
  private first(journey: number, is: (hop: number) => boolean, afterHi: number, afterLo: number): boolean {
    const { events, journeys } = this.store;
    const { found } = this;
    const count = Math.min(journeys.word(journey, JOURNEY.count), MAX_JOURNEY_EVENTS);
    let event = journeys.word(journey, JOURNEY.first);
    let any = false;
    for (let i = 0; i < count; i++) {
      const chunk = events.chunk(event);
      const row = event & CHUNK_MASK;
      const hi = chunk.tsHi[row]!;
      const lo = chunk.tsLo[row]!;
      const timed = (chunk.flags[row]! & EVENT_BIT.time) !== 0;
      const late = hi > afterHi || (hi === afterHi && lo >= afterLo);
      if (timed && late && is(chunk.hop[row]!)) {
        if (!any || hi < found.hi || (hi === found.hi && lo < found.lo)) {
          found.hi = hi;
          found.lo = lo;
        }
        any = true;
      }
      event = chunk.next[row]!;
    }
    return any;
  }
}

export class LatencyQuery {
  private readonly store: CaptureStore;
  private readonly ask: LatencyAsk;
  private readonly listed: ((journey: number) => boolean) | null;
  private readonly times: HopTimes;
  private readonly from: Ns;
  private readonly to: Ns;
  private readonly end: number;
  private cursor = 0;
  private without = 0;
  private readonly fine = new Uint32Array(FINE_BINS);
  private readonly ns = new GrowingDoubles();
  /** When each began, ns since the start of the range. */
  private readonly since = new GrowingDoubles();
  private slowest = -1;
  private slowestNs = -1;

  /** `whole`: the time of the capture, where the question has no range. `listed` as in TimelineQuery. */
  constructor(
    store: CaptureStore,
    ask: LatencyAsk,
    whole: TimeRange,
    listed: ((journey: number) => boolean) | null,
  ) {
    this.store = store;
    this.ask = ask;
    this.listed = listed;
    const { fromNs, toNs } = ask.range ?? whole;
    this.from = BigInt(fromNs) as Ns;
    this.to = BigInt(toNs) as Ns;
    this.times = new HopTimes(
      store,
      (hop) => hop === ask.from,
      (hop) => hop === ask.to,
    );
    this.end = store.journeys.count;
  }

  /** Takes in at most `budget` journeys of those that were there at first; true when there are no more. */
  advance(budget: number): boolean {
    const end = Math.min(this.end, this.cursor + budget);
    for (; this.cursor < end; this.cursor++) this.take(this.cursor);
    return this.cursor === this.end;
  }

  private take(journey: number): void {
    if (this.listed !== null && !this.listed(journey)) return;
    const ns = this.times.measure(journey);
    if (ns === -2) return;
    const { hi, lo } = this.times.start;
    const since = deltaNs(nsHi(this.from), nsLo(this.from), hi, lo);
    if (since < 0 || nsFromParts(hi, lo) > this.to) return;
    if (ns === -1) {
      this.without++;
      return;
    }
    this.fine[fineBin(ns)]!++;
    this.ns.push(ns);
    this.since.push(since);
    if (ns > this.slowestNs) {
      this.slowestNs = ns;
      this.slowest = journey;
    }
  }

  result(): Latency {
    const { ask, fine, store } = this;
    const low = fine.findIndex((count) => count > 0);
    const high = fine.findLastIndex((count) => count > 0);
    const first = low < 0 ? 0 : coarseOf(low);
    const bins = low < 0 ? 0 : coarseOf(high) - first + 1;
    const counts = new Uint32Array(bins);
    for (let i = Math.max(0, low); i <= high; i++) counts[coarseOf(i) - first]! += fine[i]!;
    const columns = Math.max(1, Math.min(Math.floor(ask.columns), MAX_LATENCY_COLUMNS));
    const span = Number(this.to - this.from) + 1;
    const widthNs = Math.max(1, Math.ceil(span / columns));
    const heat = new Uint32Array(columns * bins);
    for (let i = 0; i < this.ns.count; i++) {
      // Of a long range the last times are, as doubles, at its end.
      const column = Math.min(columns - 1, Math.floor(this.since.at(i) / widthNs));
      heat[column * bins + coarseOf(fineBin(this.ns.at(i))) - first]!++;
    }
    const percentile = (share: number): number => this.percentile(share);
    const id = this.slowest < 0 ? null : journeyId(store, this.slowest);
    return {
      from: ask.from,
      to: ask.to,
      journeys: this.ns.count,
      without: this.without,
      minNs: this.ns.count === 0 ? 0 : percentile(0),
      maxNs: Math.max(0, this.slowestNs),
      p50Ns: percentile(0.5),
      p90Ns: percentile(0.9),
      p99Ns: percentile(0.99),
      slowest: id === null ? null : { journey: this.slowest, id: nsFromParts(id.hi, id.lo).toString() },
      edgesNs: Float64Array.from({ length: bins === 0 ? 0 : bins + 1 }, (_, i) => coarseEdge(first + i)),
      counts,
      fromNs: this.from.toString(),
      widthNs,
      columns,
      heat,
    };
  }

  /** The smallest time that at least this share of all are not above; exact, by sorting only the fine bin that has it. */
  private percentile(share: number): number {
    const all = this.ns.count;
    if (all === 0) return 0;
    let rank = Math.max(1, Math.ceil(share * all));
    let bin = 0;
    while (rank > this.fine[bin]!) rank -= this.fine[bin++]!;
    const [from, to] = [fineEdge(bin), fineEdge(bin + 1)];
    const within = new Float64Array(this.fine[bin]!);
    let found = 0;
    for (let i = 0; i < all; i++) {
      const ns = this.ns.at(i);
      if (ns >= from && ns < to) within[found++] = ns;
    }
    return within.sort()[rank - 1]!;
  }
}
