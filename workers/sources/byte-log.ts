/**
 * Bytes received, kept so that a block can be shown again: chunks by reference, in order of offset, the
 * oldest dropped when there are more than the cap. Offsets may jump forward between chunks.
 */
import type { Span } from './source.ts';

export class ByteLog {
  readonly #capBytes: number;
  readonly #onDrop: (bytes: Uint8Array, offset: number) => void;
  /** Chunks [#head, length) are kept; the ones before are dropped and squeezed out now and then. */
  #chunks: (Uint8Array | null)[] = [];
  #offsets: number[] = [];
  #head = 0;
  #bytes = 0;

  /** `onDrop` gets each chunk that is not held any more. */
  constructor(capBytes: number, onDrop: (bytes: Uint8Array, offset: number) => void = () => undefined) {
    this.#capBytes = capBytes;
    this.#onDrop = onDrop;
  }

  /** Bytes held now: at most the cap, or one chunk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a chunk (not a copy). `offset` must not be below the end of the last one. */
  append(bytes: Uint8Array, offset: number): void {
    const last = this.#chunks.length - 1;
    if (last >= this.#head && offset < this.#offsets[last]! + this.#chunks[last]!.length) {
      throw new RangeError(`offset ${offset} is before the end of the log`);
    }
    this.#chunks.push(bytes);
    this.#offsets.push(offset);
    this.#bytes += bytes.length;
    while (this.#bytes > this.#capBytes && this.#head < this.#chunks.length - 1) {
      const chunk = this.#chunks[this.#head]!;
      this.#bytes -= chunk.length;
      this.#onDrop(chunk, this.#offsets[this.#head]!);
      this.#chunks[this.#head] = null;
      this.#head++;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#head);
      this.#offsets = this.#offsets.slice(this.#head);
      this.#head = 0;
    }
  }

  /** `length` bytes from `offset` as a copy, or null when not all of them are held. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer> | null {
    let index = this.#find(offset);
    if (index < 0) return null;
    const out = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const chunk = this.#chunks[index];
      const start = this.#offsets[index];
      if (!chunk || start === undefined) return null;
      const skip = offset + done - start;
      // A jump between two chunks: what is asked for was never received.
      if (skip < 0 || skip >= chunk.length) return null;
      const part = chunk.subarray(skip, Math.min(chunk.length, skip + length - done));
      out.set(part, done);
      done += part.length;
      index++;
    }
    return out;
  }

  /** What is held now, in order, a chunk each. */
  spans(): readonly Span[] {
    return this.#chunks
      .map((chunk, i) => ({ offset: this.#offsets[i]!, length: chunk?.length ?? 0 }))
      .slice(this.#head);
  }

  clear(): void {
    this.#chunks = [];
    this.#offsets = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  /** The last chunk that begins at or before `offset`, -1 when there is none. */
  #find(offset: number): number {
    let low = this.#head;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1 >= this.#head ? low - 1 : -1;
  }
}
