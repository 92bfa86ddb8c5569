/**
 * Events with a TLV by its value, in bins. A value is asked of an area once, however many events have the area; then an
 * event is one look into a table.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { decodeStored } from '#core/store/decode-stored.ts';
import { VALUE_BYTES } from '#core/store/tlv-index.ts';
import { MAX_TIMELINE_VALUES, type TlvOverTime } from '#core/store/view.ts';
import { valueFilter } from './complete.ts';
import { TLV_PREFIX } from './fields/metadata.ts';

/** Values beyond these are counted as one: nobody tells so many curves apart, and the first to come are enough to rank. */
const MAX_SLOTS = 4096;
const OTHERS = MAX_SLOTS;
/** High words up to this and 32 low bits are exact as a double, which a Map finds faster than a text. */
const MAX_EXACT_HI = 1 << 21;

export class TlvCounts {
  private readonly store: CaptureStore;
  private readonly name: string;
  private readonly column: number;
  private readonly bins: number;
  /** Areas that there were at first. */
  private readonly areas: number;
  private cursor = 1;
  /** Slot + 1 by area; 0 = it has no such TLV. */
  private readonly slotOf: Uint16Array;
  private readonly slots = new Map<number | string, number>();
  /** By slot: an area that has the value, how many events, and when. */
  private readonly example: number[] = [];
  private readonly total = new Float64Array(MAX_SLOTS + 1);
  private readonly counts: (Uint32Array | undefined)[] = [];

  private constructor(store: CaptureStore, column: number, bins: number) {
    this.store = store;
    this.name = store.tlvs.names[column]!;
    this.column = column;
    this.bins = bins;
    this.areas = store.areas.count;
    this.slotOf = new Uint16Array(this.areas + 1);
  }

  /** null: the capture has no TLV of this name (yet). */
  static of(store: CaptureStore, name: string, bins: number): TlvCounts | null {
    const column = store.tlvs.names.indexOf(name);
    return column < 0 ? null : new TlvCounts(store, column, bins);
  }

  /** Reads at most `budget` areas; true when all are read, and events can be counted. */
  advance(budget: number): boolean {
    if (this.cursor > this.areas) return true;
    const to = Math.min(this.areas, this.cursor + budget - 1);
    const { slotOf } = this;
    this.store.tlvs.eachValue(this.column, this.cursor, to, (area, hi, lo, length) => {
      slotOf[area] = this.slot(area, hi, lo, length) + 1;
    });
    this.cursor = to + 1;
    return this.cursor > this.areas;
  }

  private slot(area: number, hi: number, lo: number, length: number): number {
    const key = length > VALUE_BYTES || hi >= MAX_EXACT_HI ? this.printed(area) : hi * 0x1_0000_0000 + lo;
    const known = this.slots.get(key);
    if (known !== undefined) return known;
    if (this.slots.size === MAX_SLOTS) return OTHERS;
    const slot = this.slots.size;
    this.slots.set(key, slot);
    this.example.push(area);
    return slot;
  }

  private printed(area: number): string {
    return decodeStored(this.store, area).tlvs.find(({ name }) => name === this.name)?.value ?? '';
  }

  count(area: number, bin: number): void {
    // An area that came later is beyond the end of the table, and no event of the query has it.
    const slot = this.slotOf[area]! - 1;
    if (slot < 0) return;
    this.total[slot]!++;
    const counts = (this.counts[slot] ??= new Uint32Array(this.bins));
    counts[bin]!++;
  }

  result(): TlvOverTime {
    const ranked = Array.from(this.example.keys())
      .filter((slot) => this.total[slot]! > 0)
      .sort((a, b) => this.total[b]! - this.total[a]!);
    const others = new Uint32Array(this.bins);
    const rest = ranked.slice(MAX_TIMELINE_VALUES);
    if (this.total[OTHERS]! > 0) rest.push(OTHERS);
    for (const slot of rest) this.counts[slot]?.forEach((count, bin) => (others[bin]! += count));
    return {
      name: this.name,
      values: ranked.slice(0, MAX_TIMELINE_VALUES).map((slot) => {
        const value = this.printed(this.example[slot]!);
        return {
          value,
          filter: valueFilter(this.store, TLV_PREFIX + this.name, value),
          counts: this.counts[slot]!,
        };
      }),
      others,
      otherValues: rest.length,
    };
  }
}
