/**
 * Where the values are in areas of TLVs of one length, learnt from one of them: an area with the same bytes outside of
 * values has its TLVs in the same places, because a scan of TLVs looks at nothing else. Most areas are like the one before,
 * and comparing words costs a third of a scan.
 */
import { MAX_TLVS, type AreaScan } from '#core/metadata/scan.ts';

/** An area has at most 255 bytes. */
const MAX_WORDS = 64;

export class AreaLayout {
  /** Columns that have a value, each once, and the cells of all areas with this layout. */
  count = 0;
  readonly column = new Int16Array(MAX_TLVS);
  readonly cell = new Uint16Array(MAX_TLVS);
  /** The bytes outside of values, as words, and which they are. */
  private readonly expected = new Int32Array(MAX_WORDS);
  private readonly mask = new Int32Array(MAX_WORDS);
  private readonly maskBytes = new Uint8Array(this.mask.buffer);
  private words = 0;

  /**
   * Learns from the area of `length` bytes at word `at`, which was scanned into `scan`. `columnOf`: column of each
   * type of the schema, -1 = none.
   */
  learn(words: Uint32Array, at: number, length: number, scan: AreaScan, columnOf: Int16Array): void {
    this.words = (length + 3) >>> 2;
    this.maskBytes.fill(0xff, 0, 4 * this.words);
    this.count = 0;
    for (let i = 0; i < scan.count; i++) {
      const offset = scan.valueOffset[i]!;
      const size = scan.valueLength[i]!;
      this.maskBytes.fill(0, offset, offset + size);
      const type = scan.column[i]!;
      const column = type < 0 ? -1 : columnOf[type]!;
      // The first of several TLVs of one type is the one in the column.
      if (column < 0 || this.column.subarray(0, this.count).includes(column)) continue;
      this.column[this.count] = column;
      this.cell[this.count++] = ((size + 1) << 8) | offset;
    }
    for (let w = 0; w < this.words; w++) this.expected[w] = words[at + w]! & this.mask[w]!;
  }

  /** Whether the area of the same length at word `at` has this layout; false before anything was learnt. */
  fits(words: Uint32Array, at: number): boolean {
    const { expected, mask } = this;
    const count = this.words;
    for (let w = 0; w < count; w++) {
      if (((words[at + w]! & mask[w]!) ^ expected[w]!) !== 0) return false;
    }
    return count > 0;
  }
}
