/**
 * Events over time, taken in as they arrive. Buckets are 2^k ns wide, and when the capture outgrows
 * TIMELINE_BUCKETS of them neighbours are joined, so no event is looked at twice.
 */
import { META_STATE } from '#core/format/structs.ts';
import { deltaNs, nsFromParts } from '#core/time/ns.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT, type EventChunk } from './event-columns.ts';
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT } from './limits.ts';
import { TIMELINE_BUCKETS, type Timeline } from './view.ts';

const FIRST_WIDTH_NS = 1024;
const LOST_SHIFT = Math.log2(EVENT_BIT.lost);
const DROP_SHIFT = Math.log2(EVENT_BIT.drop);

export class TimelineBuilder {
  private readonly store: CaptureStore;
  private cursor = 0;
  /** Time of the first event: bucket numbers count from it, and may be negative. */
  private originHi = 0;
  private originLo = 0;
  private started = false;
  private width = FIRST_WIDTH_NS;
  /** Number of the bucket at index 0, and how many are in use. */
  private base = 0;
  private used = 0;
  private events = new Uint32Array(TIMELINE_BUCKETS);
  private withMetadata = new Uint32Array(TIMELINE_BUCKETS);
  private lost = new Uint32Array(TIMELINE_BUCKETS);
  private drops = new Uint32Array(TIMELINE_BUCKETS);
  /** For each chunk a time that none of its events is before, and one that all are before; ns since the first event. */
  private readonly chunkFrom: number[] = [];
  private readonly chunkTo: number[] = [];

  constructor(store: CaptureStore) {
    this.store = store;
  }

  /** Takes in at most `budget` events that have arrived since; true when there are no more. */
  advance(budget: number): boolean {
    const { events, retoldLosses } = this.store;
    retoldLosses.take(this.retell);
    const end = Math.min(events.count, this.cursor + budget);
    while (this.cursor < end) {
      const chunk = events.chunk(this.cursor);
      const first = this.cursor & CHUNK_MASK;
      const rows = Math.min(end - this.cursor, CHUNK_EVENTS - first);
      this.take(chunk, first, first + rows);
      this.cursor += rows;
    }
    return this.cursor === events.count;
  }

  /** The loss of an event has changed, which may be counted already. */
  private readonly retell = (event: number): void => {
    const { flags, tsHi, tsLo } = this.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    if (event >= this.cursor || (flags[row]! & EVENT_BIT.time) === 0) return;
    this.lost[this.bucketFor(tsHi[row]!, tsLo[row]!)]! += (flags[row]! & EVENT_BIT.lost) !== 0 ? 1 : -1;
  };

  /** Runs of events in one bucket, which nearly all of a capture's neighbours are. */
  private take(chunk: EventChunk, first: number, end: number): void {
    const { flags, tsHi, tsLo, metaState } = chunk;
    let row = first;
    while (row < end) {
      if ((flags[row]! & EVENT_BIT.time) === 0) {
        row++;
        continue;
      }
      const at = this.bucketFor(tsHi[row]!, tsLo[row]!);
      const from = (this.base + at) * this.width;
      const to = from + this.width;
      this.bound(from, to);
      const { originHi, originLo } = this;
      let events = 0;
      let withMetadata = 0;
      let lost = 0;
      let drops = 0;
      let since = from;
      do {
        const bits = flags[row]!;
        events++;
        if (metaState[row] === META_STATE.present) withMetadata++;
        lost += (bits & EVENT_BIT.lost) >>> LOST_SHIFT;
        drops += (bits & EVENT_BIT.drop) >>> DROP_SHIFT;
        row++;
        if (row < end) since = deltaNs(originHi, originLo, tsHi[row]!, tsLo[row]!);
      } while (row < end && since >= from && since < to && (flags[row]! & EVENT_BIT.time) !== 0);
      this.events[at]! += events;
      this.withMetadata[at]! += withMetadata;
      this.lost[at]! += lost;
      this.drops[at]! += drops;
    }
  }

  private bound(from: number, to: number): void {
    const chunk = this.cursor >>> CHUNK_SHIFT;
    while (this.chunkFrom.length <= chunk) {
      this.chunkFrom.push(Infinity);
      this.chunkTo.push(-Infinity);
    }
    if (from < this.chunkFrom[chunk]!) this.chunkFrom[chunk] = from;
    if (to > this.chunkTo[chunk]!) this.chunkTo[chunk] = to;
  }

  /** Whether a chunk may have events from `fromNs` to `toNs`: a query over a part of the time leaves out the others. */
  mayHave(chunk: number, fromNs: bigint, toNs: bigint): boolean {
    if (chunk >= this.chunkFrom.length || chunk === this.cursor >>> CHUNK_SHIFT) return true;
    const origin = nsFromParts(this.originHi, this.originLo);
    return Number(toNs - origin) >= this.chunkFrom[chunk]! && Number(fromNs - origin) <= this.chunkTo[chunk]!;
  }

  /** From the first bucket's start to the last one's end; empty (and '0') when no event has a time. */
  timeline(): Timeline {
    const origin = nsFromParts(this.originHi, this.originLo);
    const start = origin + BigInt(this.base * this.width);
    const end = start + BigInt(this.used * this.width);
    return {
      startNs: start.toString(),
      endNs: end.toString(),
      events: this.events.slice(0, this.used),
      withMetadata: this.withMetadata.slice(0, this.used),
      lost: this.lost.slice(0, this.used),
      drops: this.drops.slice(0, this.used),
    };
  }

  private bucketFor(hi: number, lo: number): number {
    if (!this.started) {
      this.started = true;
      this.originHi = hi;
      this.originLo = lo;
      this.used = 1;
    }
    const since = deltaNs(this.originHi, this.originLo, hi, lo);
    // Nearly every event falls between the first and the last.
    const index = Math.floor(since / this.width) - this.base;
    return index >= 0 && index < this.used ? index : this.extendTo(since);
  }

  /** Makes room for a time outside the buckets in use; returns the index of its bucket. */
  private extendTo(since: number): number {
    for (;;) {
      const number = Math.floor(since / this.width);
      const first = Math.min(number, this.base);
      const last = Math.max(number, this.base + this.used - 1);
      if (last - first < TIMELINE_BUCKETS) {
        if (first < this.base) this.extendLeft(first);
        this.used = last - first + 1;
        return number - this.base;
      }
      this.joinNeighbours();
    }
  }

  private extendLeft(first: number): void {
    const by = this.base - first;
    for (const column of [this.events, this.withMetadata, this.lost, this.drops]) {
      column.copyWithin(by, 0, this.used);
      column.fill(0, 0, by);
    }
    this.base = first;
  }

  private joinNeighbours(): void {
    const base = Math.floor(this.base / 2);
    const last = Math.floor((this.base + this.used - 1) / 2);
    this.events = joined(this.events, this.base, this.used, base);
    this.withMetadata = joined(this.withMetadata, this.base, this.used, base);
    this.lost = joined(this.lost, this.base, this.used, base);
    this.drops = joined(this.drops, this.base, this.used, base);
    this.base = base;
    this.used = last - base + 1;
    this.width *= 2;
  }
}

function joined(column: Uint32Array, oldBase: number, used: number, base: number): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(TIMELINE_BUCKETS);
  for (let i = 0; i < used; i++) out[Math.floor((oldBase + i) / 2) - base]! += column[i]!;
  return out;
}
