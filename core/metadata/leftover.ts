/**
 * What of an area is in no value, type or length, to the bit: gaps between TLVs at every depth, and bits of masked headers
 * and bit fields that have no name. With the values it is the whole area (encode.ts).
 */
import type { AreaDecoder } from './area-scan.ts';
import { tlvHeader } from './tlv-header.ts';
import { traitByte, TRAITS_HEADER_BYTES } from './traits-scan.ts';
import type { Tlv, TlvFraming, TlvType, TraitsFraming } from './types.ts';

/** `bytes`, which decode to `tlvs`, with every bit 0 that those say. */
export function leftover(decoder: AreaDecoder, bytes: Uint8Array, tlvs: readonly Tlv[]): Uint8Array {
  const rest = bytes.slice();
  clear(decoder, rest, 0, tlvs);
  return rest;
}

/** `start`: where this layout begins. */
function clear(decoder: AreaDecoder, rest: Uint8Array, start: number, tlvs: readonly Tlv[]): void {
  const { framing, types } = decoder.schema;
  for (const tlv of tlvs) {
    if (framing.kind === 'tlv') clearHeader(framing, rest, tlv.offset);
    if (framing.kind === 'traits') clearKey(framing, rest, start, tlv.type);
    const column = types.findIndex(({ type }) => type === tlv.type);
    clearValue(types[column] ?? null, decoder.nested[column] ?? null, decoder, rest, tlv);
  }
}

function clearValue(
  type: TlvType | null,
  inside: AreaDecoder | null,
  decoder: AreaDecoder,
  rest: Uint8Array,
  { valueOffset, valueLength, fields = [] }: Tlv,
): void {
  if (inside !== null && fields.length > 0) {
    if (type?.count === undefined) clear(inside, rest, valueOffset, fields);
    else for (const element of fields) clear(inside, rest, element.offset, element.fields ?? []);
    return;
  }
  if (type?.bits === undefined) {
    rest.fill(0, valueOffset, valueOffset + valueLength);
    return;
  }
  const little = (type.endian ?? decoder.schema.framing.endian) === 'little';
  const mask = ((1n << BigInt(type.bits.count)) - 1n) << BigInt(type.bits.from);
  for (let i = 0; i < valueLength; i++) {
    const at = valueOffset + (little ? i : valueLength - 1 - i);
    rest[at]! &= ~Number((mask >> BigInt(8 * i)) & 0xffn);
  }
}

/** Keys whose values did not fit stay. */
function clearKey(framing: TraitsFraming, rest: Uint8Array, start: number, key: number): void {
  const at = start + (framing.start ?? 0) + traitByte(key, framing.endian === 'little');
  rest[at]! &= ~(1 << (key & 7));
  rest[at + TRAITS_HEADER_BYTES / 2]! &= ~(1 << (key & 7));
}

function clearHeader(framing: TlvFraming, rest: Uint8Array, offset: number): void {
  const h = tlvHeader(framing);
  clearBits(rest, offset + h.typeAt, h.typeWidth, h.typeMask, h.classBytes, h.little);
  clearBits(rest, offset + h.lengthAt, h.lengthBytes, h.lengthMask, 0, h.little);
}

/** A number of `width` bytes, of which the first `classBytes` are its upper ones, each part in its byte order. */
function clearBits(
  rest: Uint8Array,
  at: number,
  width: number,
  mask: number,
  classBytes: number,
  little: boolean,
): void {
  const lower = width - classBytes;
  for (let i = 0; i < width; i++) {
    const isClass = i >= lower;
    const place = isClass ? i - lower : i;
    const size = isClass ? classBytes : lower;
    const index = (isClass ? 0 : classBytes) + (little ? place : size - 1 - place);
    rest[at + index]! &= ~((mask >>> (8 * i)) & 0xff);
  }
}
