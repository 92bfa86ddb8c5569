/** Bytes of either order, read within bounds. */
import { MAX_NAME_BYTES } from './limits.ts';
import { BtfFault } from './types.ts';

const decoder = new TextDecoder('utf-8');

export class ByteReader {
  readonly length: number;
  /** Where its first byte is in what the person gave. */
  readonly base: number;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, base: number, little: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.length;
    this.base = base;
    this.#little = little;
  }

  /** The part from `at` on; BtfFault with `what` when it does not reach that far. */
  part(at: number, length: number, what: string): ByteReader {
    this.#check(at, length, what);
    return new ByteReader(this.#bytes.subarray(at, at + length), this.base + at, this.#little);
  }

  u8(at: number): number {
    this.#check(at, 1, 'a byte');
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#check(at, 2, 'two bytes');
    return this.#view.getUint16(at, this.#little);
  }

  u32(at: number): number {
    this.#check(at, 4, 'four bytes');
    return this.#view.getUint32(at, this.#little);
  }

  i32(at: number): number {
    this.#check(at, 4, 'four bytes');
    return this.#view.getInt32(at, this.#little);
  }

  u64(at: number): bigint {
    this.#check(at, 8, 'eight bytes');
    return this.#view.getBigUint64(at, this.#little);
  }

  /** A u64 that is an offset or a length: beyond 2^53 none fits anyway. */
  size64(at: number): number {
    return Number(this.u64(at));
  }

  /** NUL-terminated; '' beyond the end. */
  text(at: number): string {
    if (at < 0 || at >= this.length) return '';
    const limit = Math.min(this.length, at + MAX_NAME_BYTES);
    let end = at;
    while (end < limit && this.#bytes[end] !== 0) end++;
    return decoder.decode(this.#bytes.subarray(at, end));
  }

  #check(at: number, length: number, what: string): void {
    if (at >= 0 && length >= 0 && at + length <= this.length) return;
    throw new BtfFault(this.base + Math.max(0, Math.min(at, this.length)), `The data ends before ${what}.`);
  }
}
