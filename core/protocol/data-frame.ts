/** The header of a binary frame (layout in messages.ts): DATA_HEADER_BYTES, then whole pcapng blocks. */
import { DATA_HEADER_BYTES, FRAME_DATA, MAX_FRAME_PAYLOAD_BYTES } from './messages.ts';
import { assertOffset } from './offset.ts';

export interface DataFrame {
  /** Log offset of the payload's first byte. */
  readonly offset: number;
  /** A view into the frame, not a copy. */
  readonly payload: Uint8Array;
}

export type DecodedFrame =
  | { readonly ok: true; readonly frame: DataFrame }
  | { readonly ok: false; readonly error: string };

/**
 * Writes the DATA header for a payload that begins at `offset` (0 to 2^53 - 1, else RangeError).
 * `into` must hold DATA_HEADER_BYTES; a sender may leave room in front of the payload and save a copy.
 */
export function encodeDataHeader(
  offset: number,
  into: Uint8Array<ArrayBuffer> = new Uint8Array(DATA_HEADER_BYTES),
): Uint8Array<ArrayBuffer> {
  assertOffset(offset);
  const view = new DataView(into.buffer, into.byteOffset, DATA_HEADER_BYTES);
  view.setUint32(0, FRAME_DATA, true);
  view.setUint32(4, 0, true);
  view.setBigUint64(8, BigInt(offset), true);
  return into;
}

/** A received binary frame. Refuses: too short, another kind, an offset past 2^53 - 1, an oversized or empty payload. */
export function decodeDataHeader(frame: Uint8Array): DecodedFrame {
  if (frame.byteLength < DATA_HEADER_BYTES) {
    return { ok: false, error: `frame of ${frame.byteLength} bytes is shorter than its header` };
  }
  const view = new DataView(frame.buffer, frame.byteOffset, DATA_HEADER_BYTES);
  const kind = view.getUint32(0, true);
  if (kind !== FRAME_DATA) return { ok: false, error: `frame of unknown kind ${kind}` };
  if (view.getUint32(4, true) !== 0) return { ok: false, error: 'reserved field of the frame is not 0' };
  const length = frame.byteLength - DATA_HEADER_BYTES;
  if (length > MAX_FRAME_PAYLOAD_BYTES) {
    return { ok: false, error: `payload of ${length} bytes is over the limit of ${MAX_FRAME_PAYLOAD_BYTES}` };
  }
  const offset = view.getBigUint64(8, true);
  if (offset + BigInt(length) > BigInt(Number.MAX_SAFE_INTEGER)) {
    return { ok: false, error: `offset ${offset} is past 2^53 - 1` };
  }
  // It would cost no credit, so any number of them could pile up.
  if (length === 0) return { ok: false, error: 'a frame without payload' };
  return { ok: true, frame: { offset: Number(offset), payload: frame.subarray(DATA_HEADER_BYTES) } };
}
