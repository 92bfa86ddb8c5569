/**
 * Events over a window of time, counted anew in bins of whole nanoseconds: exact at every zoom. One pass over the columns,
 * in bounded steps; chunks outside of the window are not looked at.
 */
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT, type EventChunk } from '#core/store/event-columns.ts';
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT } from '#core/store/limits.ts';
import type { TimelineBuilder } from '#core/store/timeline.ts';
import { MAX_TIMELINE_BINS, type TimelineAsk, type TimelineBins } from '#core/store/view.ts';
import { deltaNs, nsHi, nsLo, type Ns } from '#core/time/ns.ts';
import { TlvCounts } from './tlv-counts.ts';

/** Chunks that are left out count as so many events of a step. */
const SKIP_COST = 16;

export class TimelineQuery {
  private readonly store: CaptureStore;
  private readonly overview: TimelineBuilder;
  private readonly listed: ((journey: number) => boolean) | null;
  private readonly from: Ns;
  private readonly fromHi: number;
  private readonly fromLo: number;
  private readonly width: number;
  private readonly bins: number;
  private readonly end: number;
  private cursor = 0;
  private readonly counts: Record<'events' | 'withMetadata' | 'lost' | 'drops' | 'listed', Uint32Array>;
  private readonly tlv: TlvCounts | null;

  /** `listed`: whether a journey passes the filter; null = there is none. Throws RangeError for a window that is none. */
  constructor(
    store: CaptureStore,
    overview: TimelineBuilder,
    ask: TimelineAsk,
    listed: ((journey: number) => boolean) | null,
  ) {
    this.store = store;
    this.overview = overview;
    this.listed = listed;
    this.from = BigInt(ask.range.fromNs) as Ns;
    const span = Number(BigInt(ask.range.toNs) - this.from) + 1;
    const bins = Math.min(Math.floor(ask.bins), MAX_TIMELINE_BINS);
    if (!(span >= 1 && bins >= 1)) throw new RangeError('a window of no time');
    this.fromHi = nsHi(this.from);
    this.fromLo = nsLo(this.from);
    this.width = Math.ceil(span / bins);
    this.bins = Math.ceil(span / this.width);
    this.end = store.events.count;
    const column = (): Uint32Array => new Uint32Array(this.bins);
    this.counts = {
      events: column(),
      withMetadata: column(),
      lost: column(),
      drops: column(),
      listed: column(),
    };
    this.tlv = ask.tlv === null ? null : TlvCounts.of(store, ask.tlv, this.bins);
  }

  /** Takes in at most `budget` events of those that were there at first; true when there are no more. */
  advance(budget: number): boolean {
    if (this.tlv !== null && !this.tlv.advance(budget)) return false;
    const last = this.from + BigInt(this.width * this.bins - 1);
    let left = budget;
    while (left > 0 && this.cursor < this.end) {
      const first = this.cursor & CHUNK_MASK;
      const rows = Math.min(this.end - this.cursor, CHUNK_EVENTS - first, left);
      if (first === 0 && !this.overview.mayHave(this.cursor >>> CHUNK_SHIFT, this.from, last)) {
        this.cursor = Math.min(this.end, this.cursor + CHUNK_EVENTS);
        left -= SKIP_COST;
        continue;
      }
      this.take(this.store.events.chunk(this.cursor), first, first + rows);
      this.cursor += rows;
      left -= rows;
    }
    return this.cursor === this.end;
  }

  private take(chunk: EventChunk, first: number, end: number): void {
    const { flags, tsHi, tsLo, metaState, area, journey } = chunk;
    const { fromHi, fromLo, width, bins, tlv, listed } = this;
    const span = width * bins;
    for (let row = first; row < end; row++) {
      const bits = flags[row]!;
      if ((bits & EVENT_BIT.time) === 0) continue;
      const since = deltaNs(fromHi, fromLo, tsHi[row]!, tsLo[row]!);
      if (since < 0 || since >= span) continue;
      const bin = Math.floor(since / width);
      this.counts.events[bin]!++;
      if (metaState[row] === META_STATE.present) this.counts.withMetadata[bin]!++;
      if ((bits & EVENT_BIT.lost) !== 0) this.counts.lost[bin]!++;
      if ((bits & EVENT_BIT.drop) !== 0) this.counts.drops[bin]!++;
      if (tlv !== null) tlv.count(area[row]!, bin);
      if (listed !== null && listed(journey[row]!)) this.counts.listed[bin]!++;
    }
  }

  result(): TimelineBins {
    const { events, withMetadata, lost, drops, listed } = this.counts;
    return {
      fromNs: this.from.toString(),
      widthNs: this.width,
      events,
      withMetadata,
      lost,
      drops,
      listed: this.listed === null ? null : listed,
      tlv: this.tlv === null ? null : this.tlv.result(),
    };
  }
}
