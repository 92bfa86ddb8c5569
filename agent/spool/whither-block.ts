/** Whither's Custom Blocks (BLOCK_HEADER in core/format/structs.ts): recognised, and the two that the agent writes. */
import { BLOCK_HEADER_MAGIC, BLOCK_HEADER_SIZE, BLOCK_HEADER_SUBTYPE } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE, MAGIC_BLOCK, PEN, type GapCause } from '#core/format/structs.ts';
import { CaptureWriter, GAP_ALL_INTERFACES, GAP_COUNT_UNKNOWN } from '#core/pcapng/writer.ts';

/** @0 type, @4 length, @8 enterprise number, @12 header. */
const PEN_OFFSET = 8;
const HEADER_OFFSET = 12;
export const CUSTOM_BODY_OFFSET = HEADER_OFFSET + BLOCK_HEADER_SIZE;
const TRAILER_BYTES = 4;

/** The BLOCK_SUBTYPE of the custom block at `start`, or -1 when it is not Whither's. */
export function subtypeAt(view: DataView, start: number, length: number): number {
  if (length < CUSTOM_BODY_OFFSET + TRAILER_BYTES) return -1;
  if (view.getUint32(start + PEN_OFFSET, true) !== PEN) return -1;
  if (view.getUint32(start + HEADER_OFFSET + BLOCK_HEADER_MAGIC, true) !== MAGIC_BLOCK) return -1;
  return view.getUint8(start + HEADER_OFFSET + BLOCK_HEADER_SUBTYPE);
}

/** A gap of unknown count at all interfaces of the section; `fromNs` and `toNs` in Unix time. */
export function gapBlock(cause: GapCause, fromNs: bigint, toNs: bigint): Uint8Array {
  const writer = new CaptureWriter();
  writer.gap({
    interfaceId: GAP_ALL_INTERFACES,
    cause,
    count: GAP_COUNT_UNKNOWN,
    fromNs,
    toNs: toNs > fromNs ? toNs : fromNs,
  });
  return writer.take();
}

/** A metadata schema (JSON text, already validated) as the block that carries it in a capture. */
export function schemaBlock(json: string): Uint8Array {
  const writer = new CaptureWriter();
  writer.custom(BLOCK_SUBTYPE.schema, new TextEncoder().encode(json));
  return writer.take();
}
