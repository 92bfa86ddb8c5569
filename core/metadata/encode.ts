/** The other direction of `decodeArea`: from what people read back to the bytes. */
import type { AreaDecoder } from './area-scan.ts';
import { encodeValue } from './encode-value.ts';
import { tlvHeader, writeHeader } from './tlv-header.ts';
import { traitByte, TRAIT_SIZES, TRAITS_HEADER_BYTES } from './traits-scan.ts';
import type { Tlv, TraitsFraming } from './types.ts';

/** More than any area, map value or packet has. */
export const MAX_ENCODED_BYTES = 65536;

/**
 * Bytes that decode to `tlvs`, each at its offset: types and lengths are worked out from types and values, values from
 * their text. `around` is as long as the area and has what no TLV says (`leftover`); `new Uint8Array(n)` = nothing but
 * zeros. Null when a value has no bytes, does not fit its place, or its length cannot be said.
 */
export function encodeArea(
  decoder: AreaDecoder,
  tlvs: readonly Tlv[],
  around: Uint8Array,
): Uint8Array | null {
  if (around.length > MAX_ENCODED_BYTES) return null;
  const out = around.slice();
  return write(decoder, tlvs, out, 0) ? out : null;
}

/** Into `out`, where the area that the offsets of `tlvs` count from begins at 0 and this layout at `start`. */
function write(decoder: AreaDecoder, tlvs: readonly Tlv[], out: Uint8Array, start: number): boolean {
  const { framing, types } = decoder.schema;
  if (framing.kind === 'traits') return writeTraits(framing, decoder, tlvs, out, start);
  const header = framing.kind === 'tlv' ? tlvHeader(framing) : null;
  for (const tlv of tlvs) {
    if (header !== null) {
      if (tlv.offset + header.bytes !== tlv.valueOffset || tlv.valueOffset > out.length) return false;
      if (!writeHeader(header, tlv.type, tlv.valueLength, out, tlv.offset)) return false;
    }
    const column = types.findIndex(({ type }) => type === tlv.type);
    if (!writeValue(decoder, column, tlv, out)) return false;
  }
  return true;
}

function writeValue(decoder: AreaDecoder, column: number, tlv: Tlv, out: Uint8Array): boolean {
  const type = decoder.schema.types[column] ?? null;
  const inside = decoder.nested[column] ?? null;
  const { fields = [], valueOffset, valueLength } = tlv;
  if (inside !== null && fields.length > 0) {
    if (type?.count === undefined) return write(inside, fields, out, valueOffset);
    return fields.every((element) => write(inside, element.fields ?? [], out, element.offset));
  }
  const bytes = encodeValue(type, decoder.schema.framing.endian, tlv.value, valueLength);
  if (bytes === null || valueOffset + valueLength > out.length) return false;
  // Bit fields share bytes with others.
  for (const [i, byte] of bytes.entries()) out[valueOffset + i]! |= byte;
  return true;
}

function writeTraits(
  framing: TraitsFraming,
  decoder: AreaDecoder,
  tlvs: readonly Tlv[],
  out: Uint8Array,
  start: number,
): boolean {
  const header = start + (framing.start ?? 0);
  if (tlvs.length > 0 && header + TRAITS_HEADER_BYTES > out.length) return false;
  return tlvs.every((tlv) => {
    const code = TRAIT_SIZES[framing.version].indexOf(tlv.valueLength);
    if (code < 0) return false;
    const at = header + traitByte(tlv.type, framing.endian === 'little');
    const bit = 1 << (tlv.type & 7);
    if ((code & 2) !== 0) out[at]! |= bit;
    if ((code & 1) !== 0) out[at + TRAITS_HEADER_BYTES / 2]! |= bit;
    return writeValue(
      decoder,
      decoder.schema.types.findIndex(({ type }) => type === tlv.type),
      tlv,
      out,
    );
  });
}
