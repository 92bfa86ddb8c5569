/**
 * Where the values are in areas of one length, learnt from one of them: an area with the same bytes where it matters has
 * its values in the same places, because a scan looks at nothing else (`AreaDecoder.decides`). Most areas are like the
 * one before, and comparing words costs a third of a scan.
 */
import { MAX_TLVS, type AreaScan } from '#core/metadata/scan.ts';

/** An area has at most 255 bytes. */
const MAX_WORDS = 64;

export class AreaLayout {
  /** Columns that have a value, each once, and the cells of all areas with this layout. */
  count = 0;
  readonly column = new Int16Array(MAX_TLVS);
  readonly cell = new Uint16Array(MAX_TLVS);
  /** The bytes that matter, as words, and which they are. */
  private readonly expected = new Int32Array(MAX_WORDS);
  private readonly mask = new Int32Array(MAX_WORDS);
  private readonly maskBytes = new Uint8Array(this.mask.buffer);
  /** Words to compare; -1 before anything was learnt. */
  private words = -1;

  /** As `AreaLayouts.learn`. */
  learn(
    words: Uint32Array,
    at: number,
    length: number,
    scan: AreaScan,
    columnOf: Int16Array,
    decides: Uint8Array | null,
  ): void {
    this.words = (length + 3) >>> 2;
    this.maskBytes.fill(decides === null ? 0xff : 0, 0, 4 * this.words);
    this.count = 0;
    for (let i = 0; i < scan.count; i++) {
      const offset = scan.valueOffset[i]!;
      const size = scan.valueLength[i]!;
      const type = scan.column[i]!;
      if (decides === null) this.maskBytes.fill(0, offset, offset + size);
      else if (decides[type] === 1) this.maskBytes.fill(0xff, offset, offset + size);
      const column = type < 0 ? -1 : columnOf[type]!;
      // The first of several TLVs of one type is the one in the column.
      if (column < 0 || this.has(column)) continue;
      this.column[this.count] = column;
      this.cell[this.count++] = ((size + 1) << 8) | offset;
    }
    while (this.words > 0 && this.mask[this.words - 1] === 0) this.words--;
    for (let w = 0; w < this.words; w++) this.expected[w] = words[at + w]! & this.mask[w]!;
  }

  private has(column: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.column[i] === column) return true;
    return false;
  }

  /** Whether the area of the same length at word `at` has this layout. */
  fits(words: Uint32Array, at: number): boolean {
    const { expected, mask } = this;
    const count = this.words;
    for (let w = 0; w < count; w++) {
      if (((words[at + w]! & mask[w]!) ^ expected[w]!) !== 0) return false;
    }
    return count >= 0;
  }
}

const WAYS = 4;

/** The latest layouts of areas of one length: where kinds of areas take turns, each finds its own. */
export class AreaLayouts {
  /** The latest first. */
  private readonly known = Array.from({ length: WAYS }, () => new AreaLayout());

  /** That of the area at word `at` of `words`; null = it is none of these. */
  find(words: Uint32Array, at: number): AreaLayout | null {
    const { known } = this;
    const latest = known[0]!;
    if (latest.fits(words, at)) return latest;
    for (let i = 1; i < WAYS; i++) if (known[i]!.fits(words, at)) return this.toFront(i);
    return null;
  }

  /**
   * From the area of `length` bytes at word `at`, which was scanned into `scan`, in place of the oldest. `columnOf`: column
   * of each type of the schema, -1 = none; `decides` is the decoder's.
   */
  learn(
    words: Uint32Array,
    at: number,
    length: number,
    scan: AreaScan,
    columnOf: Int16Array,
    decides: Uint8Array | null,
  ): AreaLayout {
    const layout = this.toFront(WAYS - 1);
    layout.learn(words, at, length, scan, columnOf, decides);
    return layout;
  }

  private toFront(index: number): AreaLayout {
    const { known } = this;
    const layout = known[index]!;
    known.copyWithin(1, 0, index);
    known[0] = layout;
    return layout;
  }
}
