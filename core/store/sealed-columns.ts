/** Columns of a chunk that gets no more events, in fewer bytes. */
import { CHUNK_EVENTS } from './limits.ts';
import { RECORD_SHIFT, RECORD_WORDS } from './record-words.ts';

export type Column = Uint8Array | Uint16Array | Uint32Array;

/** By name, the column that had one value in all rows of a chunk last. */
export type Shared = Map<string, Column>;

const MAX_U8 = 0xff;
const MAX_U16 = 0xffff;
const MAX_U32 = 0xffff_ffff;

/** A copy with the fewest bytes that its values need. */
export function narrowed(column: Column): Column {
  let all = 0;
  for (let i = 0; i < column.length; i++) all |= column[i]!;
  const bits = all >>> 0;
  if (bits <= MAX_U8) return new Uint8Array(column);
  return bits <= MAX_U16 ? new Uint16Array(column) : new Uint32Array(column);
}

/** A copy of the same type; of a column with one value only, the one that the chunk before had, if that is the same. */
export function shared<T extends Column>(column: T, name: string, common: Shared): T {
  if (!isUniform(column)) return column.slice() as T;
  const known = common.get(name);
  // Columns of one name are of one type.
  if (known?.[0] === column[0]) return known as T;
  const own = column.slice() as T;
  common.set(name, own);
  return own;
}

/** Whether all CHUNK_EVENTS values are the same. By words, whatever the type: a loop over arrays of several types is a slow one. */
function isUniform(column: Column): boolean {
  const words = new Uint32Array(column.buffer, column.byteOffset, column.byteLength >> 2);
  const first = words[0]!;
  const value = column[0]!;
  const repeated =
    column.BYTES_PER_ELEMENT === 1
      ? value * 0x0101_0101
      : column.BYTES_PER_ELEMENT === 2
        ? value * 0x0001_0001
        : value;
  if (first !== repeated) return false;
  for (let i = 1; i < words.length; i++) if (words[i] !== first) return false;
  return true;
}

/** Offsets counted from `base`; as they are, doubles, when that takes more than 32 bits. */
export function offsetsFrom(base: number, offsets: Float64Array | Uint32Array): Float64Array | Uint32Array {
  const from = new Uint32Array(offsets.length);
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]! - base;
    if (offset < 0 || offset > MAX_U32) return offsets.slice();
    from[i] = offset;
  }
  return from;
}

/** Scratch of the constructor: by row, the number + 1 of the record of the event before it in its journey. */
const before = new Uint32Array(CHUNK_EVENTS);
/** By number, the first row with that record. */
const rows = new Uint32Array(CHUNK_EVENTS);
/** By number, one word of it. */
const values = new Uint32Array(CHUNK_EVENTS);
/** By word, the bits in which records of different numbers differ. */
const differ = new Uint32Array(RECORD_WORDS);

/**
 * The records of a chunk. An event's record is nearly always that of the event before it in its journey, and kept once for
 * both; and of a word that is the same in all of them, one is kept.
 */
export class SealedRecords {
  /** By row: which record. */
  private readonly numbers = new Uint16Array(CHUNK_EVENTS);
  /** By word: of each record, or of all. */
  private readonly words: (Column | number)[] = [];

  /** Of `records`, RECORD words for each row. `next`: as in EventChunk; `first`: number of the event in row 0. */
  constructor(records: Uint32Array, next: Uint32Array, first: number) {
    const { numbers } = this;
    before.fill(0);
    differ.fill(0);
    let count = 0;
    for (let row = 0; row < CHUNK_EVENTS; row++) {
      let number = before[row]! - 1;
      if (number < 0 || !isSame(records, row, rows[number]!)) {
        number = count++;
        rows[number] = row;
        const record = row << RECORD_SHIFT;
        for (let word = 0; word < RECORD_WORDS; word++)
          differ[word]! |= records[record + word]! ^ records[word]!;
      }
      numbers[row] = number;
      const after = next[row]! - first;
      if (after > row && after < CHUNK_EVENTS) before[after] = number + 1;
    }
    for (let word = 0; word < RECORD_WORDS; word++) {
      // Number 0 is that of row 0.
      this.words.push(differ[word] === 0 ? records[word]! : wordsOf(records, count, word));
    }
  }

  word(row: number, word: number): number {
    const kept = this.words[word]!;
    return typeof kept === 'number' ? kept : kept[this.numbers[row]!]!;
  }

  /** One word of rows `from` to `to` - 1, at their rows of `out`. */
  column(word: number, from: number, to: number, out: Uint32Array): void {
    const kept = this.words[word]!;
    const { numbers } = this;
    if (typeof kept === 'number') out.fill(kept, from, to);
    else for (let row = from; row < to; row++) out[row] = kept[numbers[row]!]!;
  }
}

/** Whether the records of two rows are the same; 16 words in one expression, which is twice as fast as a loop. */
function isSame(records: Uint32Array, a: number, b: number): boolean {
  const i = a << RECORD_SHIFT;
  const k = b << RECORD_SHIFT;
  return (
    ((records[i]! ^ records[k]!) |
      (records[i + 1]! ^ records[k + 1]!) |
      (records[i + 2]! ^ records[k + 2]!) |
      (records[i + 3]! ^ records[k + 3]!) |
      (records[i + 4]! ^ records[k + 4]!) |
      (records[i + 5]! ^ records[k + 5]!) |
      (records[i + 6]! ^ records[k + 6]!) |
      (records[i + 7]! ^ records[k + 7]!) |
      (records[i + 8]! ^ records[k + 8]!) |
      (records[i + 9]! ^ records[k + 9]!) |
      (records[i + 10]! ^ records[k + 10]!) |
      (records[i + 11]! ^ records[k + 11]!) |
      (records[i + 12]! ^ records[k + 12]!) |
      (records[i + 13]! ^ records[k + 13]!) |
      (records[i + 14]! ^ records[k + 14]!) |
      (records[i + 15]! ^ records[k + 15]!)) ===
    0
  );
}

/** One word of the records with the first `count` numbers. */
function wordsOf(records: Uint32Array, count: number, word: number): Column {
  for (let i = 0; i < count; i++) values[i] = records[(rows[i]! << RECORD_SHIFT) + word]!;
  return narrowed(values.subarray(0, count));
}
