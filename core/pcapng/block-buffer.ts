/** A growing buffer with the few writes that pcapng needs, in either byte order. */

const START_BYTES = 4096;

export class BlockBuffer {
  readonly littleEndian: boolean;
  #bytes = new Uint8Array(START_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  constructor(littleEndian = true) {
    this.littleEndian = littleEndian;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies out what was written and begins anew. */
  take(): Uint8Array {
    const out = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return out;
  }

  u8(value: number): void {
    const at = this.#reserve(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value, this.littleEndian);
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, this.littleEndian);
  }

  u64(value: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, value, this.littleEndian);
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  /** Zeroes up to the next multiple of 4 from the start of the buffer. */
  pad4(): void {
    const count = -this.#length & 3;
    const at = this.#reserve(count);
    this.#bytes.fill(0, at, at + count);
  }

  /** Opens a block: type and a length that `closeBlock` fills in. Returns where it starts. */
  openBlock(type: number): number {
    const start = this.#length;
    this.u32(type);
    this.u32(0);
    return start;
  }

  closeBlock(start: number): void {
    const length = this.#length + 4 - start;
    this.u32(length);
    this.#view.setUint32(start + 4, length, this.littleEndian);
  }

  /** Room for `count` bytes. Call it before naming #bytes or #view: growing replaces both. */
  #reserve(count: number): number {
    const at = this.#length;
    if (at + count > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(at + count, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = at + count;
    return at;
  }
}
