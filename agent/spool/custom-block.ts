/** Whither's Custom Blocks (layout: BLOCK, SECTION and GAP in core/format/structs.ts), written and recognised. */
import {
  BLOCK_HEADER_LENGTH,
  BLOCK_HEADER_MAGIC,
  BLOCK_HEADER_SIZE,
  BLOCK_HEADER_SUBTYPE,
  BLOCK_HEADER_VERSION,
  GAP_CAUSE,
  GAP_COUNT,
  GAP_FROM,
  GAP_INTERFACE,
  GAP_SIZE,
  GAP_TO,
} from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE, FORMAT_VERSION, MAGIC_BLOCK, PEN, type GapCause } from '#core/format/structs.ts';

export const CUSTOM_BLOCK = 0x0bad;
/** @0 type, @4 length, @8 enterprise number; then BLOCK. */
const PEN_OFFSET = 8;
export const CUSTOM_BODY_OFFSET = 12 + BLOCK_HEADER_SIZE;
const ALL_INTERFACES = 0xffff_ffff;
const COUNT_UNKNOWN = 0xffff_ffff_ffff_ffffn;

/** The BLOCK_SUBTYPE of the block at `start`, or -1 when the custom block is not Whither's. */
export function subtypeAt(view: DataView, start: number, length: number): number {
  if (length < CUSTOM_BODY_OFFSET + 4) return -1;
  if (view.getUint32(start + PEN_OFFSET, true) !== PEN) return -1;
  if (view.getUint32(start + 12 + BLOCK_HEADER_MAGIC, true) !== MAGIC_BLOCK) return -1;
  return view.getUint8(start + 12 + BLOCK_HEADER_SUBTYPE);
}

export function customBlock(subtype: number, body: Uint8Array): Uint8Array {
  const length = CUSTOM_BODY_OFFSET + ((body.length + 3) & ~3) + 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CUSTOM_BLOCK, true);
  view.setUint32(4, length, true);
  view.setUint32(PEN_OFFSET, PEN, true);
  view.setUint32(12 + BLOCK_HEADER_MAGIC, MAGIC_BLOCK, true);
  view.setUint8(12 + BLOCK_HEADER_VERSION, FORMAT_VERSION);
  view.setUint8(12 + BLOCK_HEADER_SUBTYPE, subtype);
  view.setUint32(12 + BLOCK_HEADER_LENGTH, body.length, true);
  bytes.set(body, CUSTOM_BODY_OFFSET);
  view.setUint32(length - 4, length, true);
  return bytes;
}

/** A gap of unknown count at all interfaces of the section; `from` and `to` in ns, Unix time. */
export function gapBlock(cause: GapCause, from: bigint, to: bigint): Uint8Array {
  const body = new Uint8Array(GAP_SIZE);
  const view = new DataView(body.buffer);
  view.setUint32(GAP_INTERFACE, ALL_INTERFACES, true);
  view.setUint8(GAP_CAUSE, cause);
  view.setBigUint64(GAP_COUNT, COUNT_UNKNOWN, true);
  view.setBigUint64(GAP_FROM, from, true);
  view.setBigUint64(GAP_TO, to > from ? to : from, true);
  return customBlock(BLOCK_SUBTYPE.gap, body);
}

/** A metadata schema (JSON text, already validated) as the block that carries it in a capture. */
export function schemaBlock(json: string): Uint8Array {
  return customBlock(BLOCK_SUBTYPE.schema, new TextEncoder().encode(json));
}
