/**
 * Metadata areas: their bytes in one heap of pages, and what a scan by the schema found in them.
 * An event whose area has the same bytes as the journey's previous one shares its record, so a packet
 * that carries its metadata unchanged over six hooks is kept and scanned once.
 */
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
  private readonly views: DataView[] = [];
  /** Where the next area goes; a multiple of 4. */
  private end = 0;
  private readonly limit: number;

  constructor(limitBytes: number) {
    this.limit = limitBytes;
  }

  /** Keeps `length` (1 to 255) bytes of `view`; 0 when the heap is full. */
  add(view: DataView, start: number, length: number): number {
    let at = this.end + HEADER_BYTES;
    if ((at & PAGE_MASK) + length > PAGE_BYTES) at = ((at + PAGE_MASK) & ~PAGE_MASK) + HEADER_BYTES;
    if (at + length > this.limit) return 0;
    if (at >>> PAGE_SHIFT === this.pages.length) this.addPage();
    const words = this.words[at >>> PAGE_SHIFT]!;
    const to = (at & PAGE_MASK) >>> 2;
    const whole = length >>> 2;
    words[to - 1] = length;
    for (let i = 0; i < whole; i++) words[to + i] = view.getUint32(start + 4 * i, true);
    if ((length & 3) !== 0) {
      const page = this.pages[at >>> PAGE_SHIFT]!;
      for (let i = length & ~3; i < length; i++) page[(at & PAGE_MASK) + i] = view.getUint8(start + i);
    }
    this.end = (at + length + 3) & ~3;
    const index = this.count++;
    if ((index & CHUNK_MASK) === 0) this.places.push(new Uint32Array(CHUNK_EVENTS));
    this.places[index >>> CHUNK_SHIFT]![index & CHUNK_MASK] = at;
    return this.count;
  }

  /** Whether area `number` has exactly these bytes. */
  equals(number: number, view: DataView, start: number, length: number): boolean {
    const at = this.place(number);
    const words = this.words[at >>> PAGE_SHIFT]!;
    const from = (at & PAGE_MASK) >>> 2;
    if (words[from - 1] !== length) return false;
    const whole = length >>> 2;
    for (let i = 0; i < whole; i++) if (words[from + i] !== view.getUint32(start + 4 * i, true)) return false;
    if ((length & 3) === 0) return true;
    const page = this.pages[at >>> PAGE_SHIFT]!;
    for (let i = length & ~3; i < length; i++) {
      if (page[(at & PAGE_MASK) + i] !== view.getUint8(start + i)) return false;
    }
    return true;
  }

  private addPage(): void {
    const page = new Uint8Array(PAGE_BYTES);
    this.pages.push(page);
    this.words.push(new Uint32Array(page.buffer));
    this.views.push(new DataView(page.buffer));
  }

  /** Page, start and length of an area, for a scan that allocates nothing. */
  page(number: number): Uint8Array {
    return this.pages[this.place(number) >>> PAGE_SHIFT]!;
  }

  view(number: number): DataView {
    return this.views[this.place(number) >>> PAGE_SHIFT]!;
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
