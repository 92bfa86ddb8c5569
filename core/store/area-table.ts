/**
 * Metadata areas: their bytes in one heap of pages, and what a scan by the schema found in them.
 * An event whose area has the same bytes as the journey's previous one shares its record, so a packet
 * that carries its metadata unchanged over six hooks is kept and scanned once.
 */
import { JOURNEY, type JourneyTable } from './journey-table.ts';
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT } from './limits.ts';

const PAGE_SHIFT = 20;
const PAGE_BYTES = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_BYTES - 1;

/** In front of each area in the heap: its length, in a word of its own so that bytes begin at a multiple of 4. */
const HEADER_BYTES = 4;

export class AreaTable {
  /** Areas are numbered from 1 to `count`. */
  count = 0;
  /** Places of the areas' bytes in the heap, in chunks. */
  private readonly places: Uint32Array[] = [];
  private readonly pages: Uint8Array[] = [];
  /** The same pages as words of the machine's order, which for every engine we run on is little-endian. */
  private readonly words: Uint32Array[] = [];
  /** Where the next area goes; a multiple of 4. */
  private end = 0;
  private readonly limit: number;

  constructor(limitBytes: number) {
    this.limit = limitBytes;
  }

  /**
   * Keeps the `length` (1 to 255) bytes that begin at `from` of `source` and returns their number; that is
   * `previous` (0 = none) when area `previous` has the same bytes, and 0 when the heap is full.
   */
  keep(source: DataView, from: number, length: number, previous: number): number {
    if (previous !== 0 && this.equals(previous, source, from, length)) return previous;
    let start = this.end;
    if ((start & PAGE_MASK) + HEADER_BYTES + length > PAGE_BYTES) start = (start + PAGE_MASK) & ~PAGE_MASK;
    const at = start + HEADER_BYTES;
    if (at + length > this.limit) return 0;
    if (at >>> PAGE_SHIFT === this.pages.length) this.addPage();
    const words = this.words[at >>> PAGE_SHIFT]!;
    const to = (at & PAGE_MASK) >>> 2;
    const whole = length >>> 2;
    words[to - 1] = length;
    for (let i = 0; i < whole; i++) words[to + i] = source.getInt32(from + 4 * i, true);
    if ((length & 3) !== 0) words[to + whole] = tail(source, from, length);
    this.end = (at + length + 3) & ~3;
    const index = this.count++;
    if ((index & CHUNK_MASK) === 0) this.places.push(new Uint32Array(CHUNK_EVENTS));
    this.places[index >>> CHUNK_SHIFT]![index & CHUNK_MASK] = at;
    return this.count;
  }

  /**
   * Areas `from` to `to` - 1 of a batch, the lengths[i] bytes (0 = none) that begin at starts[i], each against the one
   * of its journey before, unless that is below `oldest`: its number goes to `numbers`, from `row` on, as long as the bytes
   * are the same, which they nearly always are. One loop without a call, which lets the engine keep what it works with
   * in registers; returns the first that differs, `to` = there is none.
   */
  findChanged(
    source: DataView,
    starts: Int32Array,
    lengths: Int32Array,
    from: number,
    to: number,
    journeys: JourneyTable,
    journeyOf: Uint32Array,
    numbers: Uint32Array,
    row: number,
    oldest: number,
  ): number {
    const { places, words } = this;
    for (let i = from; i < to; i++, row++) {
      const length = lengths[i]!;
      if (length === 0) continue;
      const journey = journeyOf[row]!;
      const previous = journeys.rows(journey)[journeys.at(journey) + JOURNEY.area]!;
      if (previous === 0 || previous < oldest) return i;
      const place = places[(previous - 1) >>> CHUNK_SHIFT]![(previous - 1) & CHUNK_MASK]!;
      const page = words[place >>> PAGE_SHIFT]!;
      const at = (place & PAGE_MASK) >>> 2;
      const start = starts[i]!;
      const whole = length >>> 2;
      let differ = page[at - 1]! ^ length;
      for (let k = 0; k < whole; k++) differ |= page[at + k]! ^ source.getInt32(start + 4 * k, true);
      if (differ !== 0) return i;
      if ((length & 3) !== 0 && page[at + whole] !== tail(source, start, length)) return i;
      numbers[row] = previous;
    }
    return to;
  }

  private equals(number: number, source: DataView, from: number, length: number): boolean {
    const at = this.place(number);
    const words = this.words[at >>> PAGE_SHIFT]!;
    const own = (at & PAGE_MASK) >>> 2;
    if (words[own - 1] !== length) return false;
    const whole = length >>> 2;
    for (let i = 0; i < whole; i++) {
      if ((words[own + i]! ^ source.getInt32(from + 4 * i, true)) !== 0) return false;
    }
    return (length & 3) === 0 || words[own + whole] === tail(source, from, length);
  }

  /** Whether the first `length` bytes of two areas, neither of which is shorter, differ. */
  differWithin(a: number, b: number, length: number): boolean {
    const placeA = this.place(a);
    const placeB = this.place(b);
    const wordsA = this.words[placeA >>> PAGE_SHIFT]!;
    const wordsB = this.words[placeB >>> PAGE_SHIFT]!;
    const i = (placeA & PAGE_MASK) >>> 2;
    const k = (placeB & PAGE_MASK) >>> 2;
    const whole = length >>> 2;
    for (let n = 0; n < whole; n++) if (wordsA[i + n] !== wordsB[k + n]) return true;
    return (length & 3) !== 0 && ((wordsA[i + whole]! ^ wordsB[k + whole]!) & tailMask(length)) !== 0;
  }

  private addPage(): void {
    const page = new Uint8Array(PAGE_BYTES);
    this.pages.push(page);
    this.words.push(new Uint32Array(page.buffer));
  }

  /** Page, start and length of an area, for a scan that allocates nothing. */
  page(number: number): Uint8Array {
    return this.pages[this.place(number) >>> PAGE_SHIFT]!;
  }

  /** The same page as words. */
  pageWords(number: number): Uint32Array {
    return this.words[this.place(number) >>> PAGE_SHIFT]!;
  }

  start(number: number): number {
    return this.place(number) & PAGE_MASK;
  }

  length(number: number): number {
    const at = this.place(number);
    return this.words[at >>> PAGE_SHIFT]![((at & PAGE_MASK) >>> 2) - 1]!;
  }

  private place(number: number): number {
    return this.places[(number - 1) >>> CHUNK_SHIFT]![(number - 1) & CHUNK_MASK]!;
  }

  /** The bytes themselves, not a copy: read, never write. Empty for 0. */
  bytes(number: number): Uint8Array {
    if (number === 0) return new Uint8Array(0);
    const start = this.start(number);
    return this.page(number).subarray(start, start + this.length(number));
  }
}

/** The last bytes, fewer than 4, of the area at `from` as a word. */
function tail(source: DataView, from: number, length: number): number {
  let word = 0;
  for (let i = length - 1; i >= (length & ~3); i--) word = (word << 8) | source.getUint8(from + i);
  return word;
}

/** The bytes of an area's last word that belong to it. */
function tailMask(length: number): number {
  return (1 << (8 * (length & 3))) - 1;
}
