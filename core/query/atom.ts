/**
 * One test of events as a pass over a column: the inner loops of every filter. A pass sets a bit for each row
 * that passes, in words of 32 rows, so that tests are combined 32 rows at a time.
 */
import type { EventChunk } from '#core/store/event-columns.ts';
import { RECORD_SHIFT } from '#core/store/event-columns.ts';
import { CHUNK_EVENTS } from '#core/store/limits.ts';

/** Words of a pass over a whole chunk. */
export const PASS_WORDS = CHUNK_EVENTS >>> 5;

export interface Atom {
  /** Brings its tables up to what the store holds now; before a run of passes. */
  refresh(): void;
  /** Sets or clears the bits of rows `from` to `to` (not in it) of `out`; other bits of the words at both ends are undefined. */
  pass(chunk: EventChunk, from: number, to: number, out: Uint32Array): void;
}

export type Column = Uint8Array | Uint16Array | Uint32Array;

/** Rows whose value is a number of `table` that is 1. */
export function tableAtom(
  column: (chunk: EventChunk) => Uint8Array | Uint16Array,
  table: () => Uint8Array,
): Atom {
  let current = new Uint8Array(0);
  return {
    refresh() {
      current = table() as Uint8Array<ArrayBuffer>;
    },
    pass(chunk, from, to, out) {
      const values = column(chunk);
      const passes = current;
      for (let row = from; row < to;) {
        const end = Math.min(to, (row | 31) + 1);
        const word = row >>> 5;
        let bits = 0;
        for (; row < end; row++) bits |= passes[values[row]!]! << (row & 31);
        out[word] = bits;
      }
    },
  };
}

/** Values between `from` and `to`, both in it; doubles, for a u32 is more than 31 bits. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Rows that have all bits of `flags` and a value in one of the ranges. No ranges: any value. */
export function rangeAtom(
  column: (chunk: EventChunk) => Column,
  flags: number,
  ranges: readonly Range[] | null,
): Atom {
  const [first = { from: 0, to: Infinity }, ...more] = ranges ?? [];
  const none = ranges?.length === 0;
  return {
    refresh() {
      // Nothing that grows.
    },
    pass(chunk, from, to, out) {
      const values = column(chunk);
      const bitsOf = chunk.flags;
      for (let row = from; row < to;) {
        const end = Math.min(to, (row | 31) + 1);
        const word = row >>> 5;
        let bits = 0;
        for (; row < end; row++) {
          const value = values[row]!;
          if ((value >= first.from && value <= first.to) || (more.length > 0 && within(value, more))) {
            bits |= 1 << (row & 31);
          }
        }
        out[word] = none ? 0 : bits;
      }
      if (flags !== 0) keepFlagged(bitsOf, flags, from, to, out);
    },
  };
}

function within(value: number, ranges: readonly Range[]): boolean {
  return ranges.some((range) => value >= range.from && value <= range.to);
}

/** Clears the bits of rows that lack one of the flags. */
function keepFlagged(column: Uint8Array, flags: number, from: number, to: number, out: Uint32Array): void {
  for (let row = from; row < to;) {
    const end = Math.min(to, (row | 31) + 1);
    const word = row >>> 5;
    if (out[word] === 0) {
      row = end;
      continue;
    }
    let bits = 0;
    for (; row < end; row++) if ((column[row]! & flags) === flags) bits |= 1 << (row & 31);
    out[word]! &= bits;
  }
}

/** A test of single rows, for what is rare or cheap enough to be asked one by one: only rows with `flags` are. */
export function rowAtom(
  flags: number,
  test: (chunk: EventChunk, row: number) => boolean,
  refresh?: () => void,
): Atom {
  return {
    refresh() {
      refresh?.();
    },
    pass(chunk, from, to, out) {
      const bitsOf = chunk.flags;
      for (let row = from; row < to;) {
        const end = Math.min(to, (row | 31) + 1);
        const word = row >>> 5;
        let bits = 0;
        for (; row < end; row++) {
          if ((bitsOf[row]! & flags) === flags && test(chunk, row)) bits |= 1 << (row & 31);
        }
        out[word] = bits;
      }
    },
  };
}

/** A word of the record of each row. */
export function recordWord(chunk: EventChunk, row: number, word: number): number {
  return chunk.records[(row << RECORD_SHIFT) + word]!;
}

/** Which things of a growing list, numbered from 1, pass. */
export interface NumberTest {
  /** Asks for those that came since. */
  refresh(): void;
  /** Of a number that was there at the last `refresh`; 0 is nothing, and passes never. */
  has(number: number): boolean;
}

/** Rows whose number (from 1; 0 = none) passes. */
export function numberAtom(
  flags: number,
  number: (chunk: EventChunk, row: number) => number,
  table: NumberTest,
): Atom {
  return rowAtom(
    flags,
    (chunk, row) => table.has(number(chunk, row)),
    () => table.refresh(),
  );
}

/** Asks once for each thing. */
export class NumberTable implements NumberTest {
  private bits = new Uint32Array(32);
  private known = 0;
  private readonly count: () => number;
  private readonly test: (number: number) => boolean;

  constructor(count: () => number, test: (number: number) => boolean) {
    this.count = count;
    this.test = test;
  }

  refresh(): void {
    const count = this.count();
    if (count >>> 5 >= this.bits.length) {
      const larger = new Uint32Array(2 * ((count >>> 5) + 1));
      larger.set(this.bits);
      this.bits = larger;
    }
    for (; this.known < count;) {
      const number = ++this.known;
      if (this.test(number)) this.bits[number >>> 5]! |= 1 << (number & 31);
    }
  }

  has(number: number): boolean {
    return (this.bits[number >>> 5]! & (1 << (number & 31))) !== 0;
  }
}
