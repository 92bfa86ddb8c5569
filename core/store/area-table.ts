/**
 * Metadata areas: their bytes in one heap of pages, and what a scan by the schema found in them.
 * An event whose area has the same bytes as the journey's previous one shares its record, so a packet
 * that carries its metadata unchanged over six hooks is kept and scanned once.
 */
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT } from './limits.ts';

const PAGE_SHIFT = 20;
const PAGE_BYTES = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_BYTES - 1;

class AreaChunk {
  /** Place in the heap. */
  readonly at = new Uint32Array(CHUNK_EVENTS);
  /** Bytes, 1 to 255. */
  readonly length = new Uint8Array(CHUNK_EVENTS);
}

export class AreaTable {
  /** Areas are numbered from 1 to `count`. */
  count = 0;
  private readonly chunks: AreaChunk[] = [];
  private readonly pages: Uint8Array[] = [];
  /** Where the next area goes. */
  private end = 0;
  private readonly limit: number;

  constructor(limitBytes: number) {
    this.limit = limitBytes;
  }

  /** Keeps `length` (1 to 255) bytes of `buf`; 0 when the heap is full. */
  add(buf: Uint8Array, start: number, length: number): number {
    let at = this.end;
    if ((at & PAGE_MASK) + length > PAGE_BYTES) at = (at + PAGE_MASK) & ~PAGE_MASK;
    if (at + length > this.limit) return 0;
    if (at >>> PAGE_SHIFT === this.pages.length) this.pages.push(new Uint8Array(PAGE_BYTES));
    const page = this.pages[at >>> PAGE_SHIFT]!;
    const to = at & PAGE_MASK;
    for (let i = 0; i < length; i++) page[to + i] = buf[start + i]!;
    this.end = at + length;
    const index = this.count++;
    if ((index & CHUNK_MASK) === 0) this.chunks.push(new AreaChunk());
    const chunk = this.chunks[index >>> CHUNK_SHIFT]!;
    chunk.at[index & CHUNK_MASK] = at;
    chunk.length[index & CHUNK_MASK] = length;
    return this.count;
  }

  /** Whether area `number` has exactly these bytes. */
  equals(number: number, buf: Uint8Array, start: number, length: number): boolean {
    const index = number - 1;
    const chunk = this.chunks[index >>> CHUNK_SHIFT]!;
    if (chunk.length[index & CHUNK_MASK] !== length) return false;
    const at = chunk.at[index & CHUNK_MASK]!;
    const page = this.pages[at >>> PAGE_SHIFT]!;
    const from = at & PAGE_MASK;
    for (let i = 0; i < length; i++) if (page[from + i] !== buf[start + i]) return false;
    return true;
  }

  /** Page, start and length of an area, for a scan that allocates nothing. */
  page(number: number): Uint8Array {
    return this.pages[
      this.chunks[(number - 1) >>> CHUNK_SHIFT]!.at[(number - 1) & CHUNK_MASK]! >>> PAGE_SHIFT
    ]!;
  }

  start(number: number): number {
    return this.chunks[(number - 1) >>> CHUNK_SHIFT]!.at[(number - 1) & CHUNK_MASK]! & PAGE_MASK;
  }

  length(number: number): number {
    return this.chunks[(number - 1) >>> CHUNK_SHIFT]!.length[(number - 1) & CHUNK_MASK]!;
  }

  /** The bytes themselves, not a copy: read, never write. Empty for 0. */
  bytes(number: number): Uint8Array {
    if (number === 0) return new Uint8Array(0);
    const start = this.start(number);
    return this.page(number).subarray(start, start + this.length(number));
  }
}
