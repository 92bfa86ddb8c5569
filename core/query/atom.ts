/**
 * One test of events as a pass over a column: the inner loops of every filter. A pass sets a bit for each row
 * that passes, in words of 32 rows, so that tests are combined 32 rows at a time. Each loop sees one type of array
 * (narrow columns are widened into a buffer first), because V8 compiles a loop over several as one that asks at
 * every row which it is.
 */
import type { EventChunk } from '#core/store/event-columns.ts';
import { CHUNK_EVENTS } from '#core/store/limits.ts';
import type { Column } from '#core/store/sealed-columns.ts';

/** Words of a pass over a whole chunk. */
export const PASS_WORDS = CHUNK_EVENTS >>> 5;

export interface Atom {
  /** Brings its tables up to what the store holds now; before a run of passes. */
  refresh(): void;
  /** Sets or clears the bits of rows `from` to `to` (not in it) of `out`; other bits of the words at both ends are undefined. */
  pass(chunk: EventChunk, from: number, to: number, out: Uint32Array): void;
}

/** At least the rows `from` to `to` of a column. */
export type ColumnOf = (chunk: EventChunk, from: number, to: number) => Column;

const wide = new Uint32Array(CHUNK_EVENTS);

/** The column's rows `from` to `to` as u32, at their rows. */
function widened(column: Column, from: number, to: number): Uint32Array {
  if (column instanceof Uint32Array) return column;
  wide.set(column.subarray(from, to), from);
  return wide;
}

/** One word of the rows' records. */
export function recordColumn(word: number): ColumnOf {
  const column = new Uint32Array(CHUNK_EVENTS);
  return (chunk, from, to) => {
    chunk.recordColumn(word, from, to, column);
    return column;
  };
}

/** Which numbers pass, as bits; of things that are numbered as they come, from 1 (0 = none, and passes never). */
export interface NumberTest {
  /** Asks for those that came since. */
  refresh(): void;
  readonly bits: Uint32Array;
}

/** Rows with all of `flags` whose number passes. */
export function numberAtom(column: ColumnOf, flags: number, test: NumberTest): Atom {
  return {
    refresh() {
      test.refresh();
    },
    pass(chunk, from, to, out) {
      const values = widened(column(chunk, from, to), from, to);
      const { bits: passes } = test;
      for (let row = from; row < to;) {
        const end = Math.min(to, (row | 31) + 1);
        const word = row >>> 5;
        let bits = 0;
        for (; row < end; row++) {
          const value = values[row]!;
          bits |= ((passes[value >>> 5]! >>> (value & 31)) & 1) << (row & 31);
        }
        out[word] = bits;
      }
      keepFlagged(chunk.flags, flags, from, to, out);
    },
  };
}

/** Codes of a list that is made anew at each `refresh`: it may have grown. */
export class CodeTest implements NumberTest {
  bits = new Uint32Array(1);
  private readonly count: () => number;
  private readonly test: (code: number) => boolean;

  constructor(count: () => number, test: (code: number) => boolean) {
    this.count = count;
    this.test = test;
  }

  refresh(): void {
    const count = this.count();
    this.bits = new Uint32Array((count + 31) >>> 5);
    for (let code = 0; code < count; code++) if (this.test(code)) this.bits[code >>> 5]! |= 1 << (code & 31);
  }
}

/** Things that only grow in number, from 1: each is asked for once. */
export class NumberTable implements NumberTest {
  bits = new Uint32Array(32);
  private known = 0;
  private readonly count: () => number;
  private readonly test: (number: number) => boolean;

  constructor(count: () => number, test: (number: number) => boolean) {
    this.count = count;
    this.test = test;
  }

  refresh(): void {
    const count = this.count();
    this.bits = roomFor(this.bits, count);
    for (; this.known < count;) {
      const number = ++this.known;
      if (this.test(number)) this.bits[number >>> 5]! |= 1 << (number & 31);
    }
  }
}

/** `bits`, or a longer copy in which bit `count` has a place. */
export function roomFor(bits: Uint32Array, count: number): Uint32Array<ArrayBuffer> {
  if (count >>> 5 < bits.length) return bits as Uint32Array<ArrayBuffer>;
  const larger = new Uint32Array(2 * ((count >>> 5) + 1));
  larger.set(bits);
  return larger;
}

/** Values between `from` and `to`, both in it; doubles, for a u32 is more than 31 bits. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Rows that have all of `flags` and a value in one of the ranges; null: any value. */
export function rangeAtom(column: ColumnOf, flags: number, ranges: readonly Range[] | null): Atom {
  const all = ranges ?? [{ from: 0, to: Infinity }];
  return {
    refresh() {
      // It has no tables.
    },
    pass(chunk, from, to, out) {
      out.fill(0, from >>> 5, (to + 31) >>> 5);
      if (all.length === 0) return;
      const values = widened(column(chunk, from, to), from, to);
      for (const range of all) addRange(values, range, from, to, out);
      keepFlagged(chunk.flags, flags, from, to, out);
    },
  };
}

function addRange(
  values: Uint32Array,
  { from: low, to: high }: Range,
  from: number,
  to: number,
  out: Uint32Array,
): void {
  for (let row = from; row < to;) {
    const end = Math.min(to, (row | 31) + 1);
    const word = row >>> 5;
    let bits = 0;
    for (; row < end; row++) {
      const value = values[row]!;
      if (value >= low && value <= high) bits |= 1 << (row & 31);
    }
    out[word]! |= bits;
  }
}

/** Of 64 bits: high and low words of both ends, which are in it. */
export interface WideRange {
  readonly fromHi: number;
  readonly fromLo: number;
  readonly toHi: number;
  readonly toLo: number;
}

/** As `rangeAtom`, of values in two columns. `rangesNow` is asked at each `refresh`. */
export function wideRangeAtom(
  hiOf: ColumnOf,
  loOf: ColumnOf,
  flags: number,
  rangesNow: () => readonly WideRange[],
): Atom {
  let ranges = rangesNow();
  return {
    refresh() {
      ranges = rangesNow();
    },
    pass(chunk, from, to, out) {
      out.fill(0, from >>> 5, (to + 31) >>> 5);
      const hi = hiOf(chunk, from, to) as Uint32Array;
      const lo = loOf(chunk, from, to) as Uint32Array;
      for (const range of ranges) addWideRange(hi, lo, range, from, to, out);
      keepFlagged(chunk.flags, flags, from, to, out);
    },
  };
}

function addWideRange(
  his: Uint32Array,
  los: Uint32Array,
  { fromHi, fromLo, toHi, toLo }: WideRange,
  from: number,
  to: number,
  out: Uint32Array,
): void {
  for (let row = from; row < to;) {
    const end = Math.min(to, (row | 31) + 1);
    const word = row >>> 5;
    let bits = 0;
    for (; row < end; row++) {
      const hi = his[row]!;
      if (hi < fromHi || hi > toHi) continue;
      const lo = los[row]!;
      if ((hi > fromHi || lo >= fromLo) && (hi < toHi || lo <= toLo)) bits |= 1 << (row & 31);
    }
    out[word]! |= bits;
  }
}

/** A test of single rows, for what is rare: only those with `flags` are asked. */
export function rowAtom(flags: number, test: (chunk: EventChunk, row: number) => boolean): Atom {
  return {
    refresh() {
      // It has no tables.
    },
    pass(chunk, from, to, out) {
      out.fill(-1, from >>> 5, (to + 31) >>> 5);
      keepFlagged(chunk.flags, flags, from, to, out);
      for (let word = from >>> 5; word < (to + 31) >>> 5; word++) {
        for (let left = out[word]!; left !== 0; left &= left - 1) {
          const row = 32 * word + 31 - Math.clz32(left & -left);
          if (row < from || row >= to || !test(chunk, row)) out[word]! &= ~(1 << (row & 31));
        }
      }
    },
  };
}

/** Clears the bits of rows that lack one of the flags. */
function keepFlagged(column: Uint8Array, flags: number, from: number, to: number, out: Uint32Array): void {
  if (flags === 0) return;
  for (let row = from; row < to;) {
    const end = Math.min(to, (row | 31) + 1);
    const word = row >>> 5;
    if (out[word] !== 0) {
      let bits = 0;
      for (; row < end; row++) if ((column[row]! & flags) === flags) bits |= 1 << (row & 31);
      out[word]! &= bits;
    }
    row = end;
  }
}
