/**
 * Cuts the probe's byte stream, which arrives in chunks of any size, into whole pcapng blocks.
 *
 * Block (pcapng draft, section 3.1), little-endian: @0 u32 type, @4 u32 total length in bytes (multiple
 * of 4, header and trailer included), body, @length-4 u32 total length again.
 */
import { BLOCK_MIN_BYTES, BLOCK_SHB, BYTE_ORDER_MAGIC, SHB_MIN_BYTES } from '#core/pcapng/blocks.ts';
import { MAX_FRAME_PAYLOAD_BYTES } from '#core/protocol/messages.ts';
import { Failure } from '../failure.ts';

/** A block is never cut on the wire, so none may be larger than a frame's payload. */
export const MAX_BLOCK_BYTES = MAX_FRAME_PAYLOAD_BYTES;

const REMEDY = 'rebuild the probe with npm run build, or see what WHITHER_PROBE points to';

/** `start` and `length` bound one whole block in `bytes`; both are valid only during the call. */
export type VisitBlock = (
  type: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  length: number,
) => void;

export class BlockCutter {
  #rest: Uint8Array = new Uint8Array(0);
  /** Of `#rest` in the stream, for error messages. */
  #offset = 0;
  #begun = false;

  /** Bytes of a block that is not complete yet. */
  get pending(): number {
    return this.#rest.length;
  }

  /**
   * Calls `visit` for every block that is complete now. Throws Failure with the stream's offset where the
   * bytes are no little-endian pcapng: nothing after it can be found again.
   */
  push(chunk: Uint8Array, visit: VisitBlock): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (bytes.length - at >= BLOCK_MIN_BYTES) {
      const type = view.getUint32(at, true);
      const length = view.getUint32(at + 4, true);
      this.#check(view, at, type, length);
      if (bytes.length - at < length) break;
      if (view.getUint32(at + length - 4, true) !== length) {
        throw this.#fault(at, 'the two lengths of a block differ');
      }
      visit(type, bytes, view, at, length);
      this.#begun = true;
      at += length;
    }
    this.#offset += at;
    this.#rest = at === bytes.length ? new Uint8Array(0) : new Uint8Array(bytes.subarray(at));
  }

  /** The stream ended: forgets the block that was cut off and says how many bytes it had. */
  reset(): number {
    const dropped = this.#rest.length;
    this.#rest = new Uint8Array(0);
    this.#offset = 0;
    this.#begun = false;
    return dropped;
  }

  #check(view: DataView, at: number, type: number, length: number): void {
    if (!this.#begun && type !== BLOCK_SHB) throw this.#fault(at, 'it does not begin with a section header');
    if (type === BLOCK_SHB) {
      if (view.getUint32(at + 8, true) !== BYTE_ORDER_MAGIC) throw this.#fault(at, 'it is not little-endian');
      if (length < SHB_MIN_BYTES) throw this.#fault(at, `a section header says ${length} bytes`);
    }
    if (length < BLOCK_MIN_BYTES || length % 4 !== 0 || length > MAX_BLOCK_BYTES) {
      throw this.#fault(at, `a block says ${length} bytes (12 to ${MAX_BLOCK_BYTES}, a multiple of 4)`);
    }
  }

  #fault(at: number, what: string): Failure {
    return new Failure(
      `the probe's output is not the expected pcapng at byte ${this.#offset + at}, ${what}`,
      REMEDY,
    );
  }
}

/**
 * How many of the first bytes of `bytes` are whole blocks, and the length of the first block (0 when not
 * even its header is there). -1 whole bytes: this is not the beginning of a block.
 */
export function wholeBlocks(bytes: Uint8Array): { readonly whole: number; readonly first: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let first = 0;
  while (bytes.length - at >= 8) {
    const length = view.getUint32(at + 4, true);
    if (length < BLOCK_MIN_BYTES || length % 4 !== 0 || length > MAX_BLOCK_BYTES)
      return { whole: -1, first: 0 };
    if (at === 0) first = length;
    if (bytes.length - at < length) break;
    if (view.getUint32(at + length - 4, true) !== length) return { whole: -1, first: 0 };
    at += length;
  }
  return { whole: at, first };
}
