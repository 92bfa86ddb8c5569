/**
 * What the digest of a capture is made of, gathered while it is read the once: nobody reads a large file again to name it. All of the first
 * WHOLE_BYTES, then SAMPLE_BYTES at each multiple of STRIDE_BYTES, then the length (docs/links.md says what that tells).
 */
export const WHOLE_BYTES = 1024 * 1024;
export const STRIDE_BYTES = 1024 * 1024;
export const SAMPLE_BYTES = 256;

export class DigestSamples {
  /** Bytes that have come, from the first. */
  bytes = 0;
  readonly #kept: Uint8Array[] = [];

  /** The next bytes; those that count are copied. */
  add(part: Uint8Array): void {
    const from = this.bytes;
    const to = from + part.length;
    this.bytes = to;
    if (from < WHOLE_BYTES) this.#keep(part, from, from, Math.min(to, WHOLE_BYTES));
    const first = Math.max(WHOLE_BYTES, from - (from % STRIDE_BYTES));
    for (let at = first; at < to; at += STRIDE_BYTES) {
      this.#keep(part, from, Math.max(at, from), Math.min(at + SAMPLE_BYTES, to));
    }
  }

  /** The bytes up to `offset` are passed over: whoever can seek reads only what counts. */
  skipTo(offset: number): void {
    this.bytes = offset;
  }

  /** In order; the last is the length, u64 little-endian. The same however the bytes were cut into parts. */
  samples(): readonly Uint8Array[] {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(this.bytes), true);
    return [...this.#kept, length];
  }

  #keep(part: Uint8Array, offset: number, from: number, to: number): void {
    if (to > from) this.#kept.push(part.slice(from - offset, to - offset));
  }
}
