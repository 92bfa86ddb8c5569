/**
 * Whole blocks of a pcapng that comes in chunks, and what of it makes none: the block in which a recording was cut off, into which a
 * reader would take whatever follows.
 */
import { BLOCK_MIN_BYTES, BLOCK_SHB, BYTE_ORDER_MAGIC, BYTE_ORDER_MAGIC_SWAPPED } from './blocks.ts';
import { DEFAULT_LIMITS } from './limits.ts';

const NO_BYTES = new Uint8Array();

export class WholeBlocks {
  #littleEndian = true;
  /** Of the block that is not whole yet, and its length; as long as its header is not there the length of that. */
  #parts: Uint8Array[] = [];
  #held = 0;
  #need = BLOCK_MIN_BYTES;
  /** No block begins where one should: what is wrong is for the reader to say, who gets all as it is. */
  #isLost = false;

  /** What has come of a block that is not whole. */
  get rest(): Uint8Array {
    if (this.#parts.length > 1) this.#parts = [this.#joined()];
    return this.#parts[0] ?? NO_BYTES;
  }

  /** The next bytes → what is whole now, in order and without a copy but of blocks that a chunk cuts in two. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    if (this.#isLost) return [chunk];
    const out: Uint8Array[] = [];
    let at = 0;
    while (this.#held > 0) {
      const take = Math.min(this.#need - this.#held, chunk.length - at);
      this.#hold(chunk.slice(at, at + take));
      at += take;
      if (this.#held < this.#need) return out;
      const block = this.#joined();
      const length = this.#lengthAt(viewOf(block), 0);
      if (length > this.#held) {
        this.#parts = [block];
        this.#need = length;
        continue;
      }
      out.push(block);
      this.#forget();
      if (length === 0) return [...out, ...this.#lose(chunk, at)];
    }
    const view = viewOf(chunk);
    const from = at;
    while (chunk.length - at >= BLOCK_MIN_BYTES) {
      const length = this.#lengthAt(view, at);
      if (length === 0) return [...out, ...this.#lose(chunk, from)];
      if (chunk.length - at < length) {
        this.#need = length;
        break;
      }
      at += length;
    }
    if (at > from) out.push(chunk.subarray(from, at));
    if (at < chunk.length) this.#hold(chunk.slice(at));
    return out;
  }

  /** 0 = that is none. */
  #lengthAt(view: DataView, at: number): number {
    if (view.getUint32(at, true) === BLOCK_SHB) {
      const magic = view.getUint32(at + 8, true);
      if (magic !== BYTE_ORDER_MAGIC && magic !== BYTE_ORDER_MAGIC_SWAPPED) return 0;
      this.#littleEndian = magic === BYTE_ORDER_MAGIC;
    }
    const length = view.getUint32(at + 4, this.#littleEndian);
    const isOne = length >= BLOCK_MIN_BYTES && (length & 3) === 0 && length <= DEFAULT_LIMITS.maxBlockBytes;
    return isOne ? length : 0;
  }

  #lose(chunk: Uint8Array, from: number): readonly Uint8Array[] {
    this.#isLost = true;
    return from < chunk.length ? [chunk.subarray(from)] : [];
  }

  #hold(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#held += bytes.length;
  }

  #forget(): void {
    this.#parts = [];
    this.#held = 0;
    this.#need = BLOCK_MIN_BYTES;
  }

  #joined(): Uint8Array {
    const all = new Uint8Array(this.#held);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
