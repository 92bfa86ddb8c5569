/**
 * Bytes of the reader's buffer as 32-bit words, four at a time instead of one. pcapng keeps everything at
 * multiples of 4, so they are read in place; where a chunk begins elsewhere they are copied first.
 * Words are of the machine's byte order: little-endian on every engine that Whither runs on.
 */
const SCRATCH_BYTES = 1024;

export class WordSource {
  /** Where the bytes of the last `seek` are: from word `at` of `words`. */
  words: Uint32Array = new Uint32Array(0);
  at = 0;
  /** Bytes from `at` on that are the ones asked for. */
  private reach = 0;
  /** The array that `inPlace` was made for: comparing it is cheap, asking it for its buffer is a call. */
  private viewed: Uint8Array | null = null;
  private offset = 0;
  private inPlace: Uint32Array = new Uint32Array(0);
  private readonly scratch = new Uint32Array(SCRATCH_BYTES / 4);
  private readonly scratchBytes = new Uint8Array(this.scratch.buffer);

  /** Whether the last `seek` reached the first `length` bytes from where it went. */
  reaches(length: number): boolean {
    return length <= this.reach;
  }

  /** Goes to buf[start .. start+length), which the caller has checked to be there; at most SCRATCH_BYTES are reached. */
  seek(buf: Uint8Array, start: number, length: number): void {
    if (buf !== this.viewed) {
      this.viewed = buf;
      this.offset = buf.byteOffset;
      this.inPlace = new Uint32Array(buf.buffer, 0, (buf.byteOffset + buf.byteLength) >>> 2);
    }
    const from = this.offset + start;
    this.reach = Math.min(length, SCRATCH_BYTES);
    // The last word of the buffer may be cut off: then it is not in `inPlace`.
    if ((from & 3) === 0 && (from + length + 3) >>> 2 <= this.inPlace.length) {
      // Writing a reference costs the collector's bookkeeping, and it is nearly always the same one.
      if (this.words !== this.inPlace) this.words = this.inPlace;
      this.at = from >>> 2;
      return;
    }
    this.scratchBytes.set(buf.subarray(start, start + this.reach));
    this.words = this.scratch;
    this.at = 0;
  }
}
