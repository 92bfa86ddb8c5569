/** One area as objects, for the rows on screen and for `inspect`. The hot path is `scan.ts`. */
import { createAreaScan, FAULT, MAX_TLVS, readUint, type AreaDecoder, type AreaScan } from './scan.ts';
import { printType } from './type-number.ts';
import type { DecodedArea, MetadataSchema, Tlv, TlvFault } from './types.ts';
import { printValue } from './value.ts';

/**
 * The TLVs of one metadata area (`bytes` is the area and nothing else), printed by the schema, and
 * what is wrong with it, if anything. Never throws; TLVs read before a fault are kept.
 */
export function decodeArea(decoder: AreaDecoder, bytes: Uint8Array): DecodedArea {
  const scan = createAreaScan();
  decoder.scan(bytes, 0, bytes.length, scan);
  const { types, framing } = decoder.schema;
  const tlvs: Tlv[] = [];
  for (let i = 0; i < scan.count; i++) {
    const type = types[scan.column[i]!] ?? null;
    const valueOffset = scan.valueOffset[i]!;
    const valueLength = scan.valueLength[i]!;
    tlvs.push({
      type: scan.type[i]!,
      name: type?.name ?? '',
      value: printValue(type, framing.endian, bytes, valueOffset, valueLength),
      offset: scan.offset[i]!,
      length: scan.length[i]!,
      valueOffset,
      valueLength,
    });
  }
  return { tlvs, fault: describeFault(decoder.schema, bytes, scan) };
}

function describeFault(schema: MetadataSchema, bytes: Uint8Array, scan: AreaScan): TlvFault | null {
  const offset = scan.faultOffset;
  const left = bytes.length - offset;
  switch (scan.fault) {
    case FAULT.none:
      return null;
    case FAULT.truncated:
      return {
        code: 'truncated',
        offset,
        message:
          offset < (schema.framing.start ?? 0)
            ? `The first TLV begins at offset ${schema.framing.start ?? 0}, but the area has only ${count(bytes.length)}.`
            : `A TLV begins at offset ${offset}, but the ${count(left)} left do not hold its type and length.`,
      };
    case FAULT.overrun: {
      const { type, size } = headerAt(schema, bytes, offset);
      const header = schema.framing.typeBytes + schema.framing.lengthBytes;
      return {
        code: 'overrun',
        offset,
        message: `TLV type ${printType(type, schema.framing.typeBytes)} at offset ${offset} says ${count(size)} of value, but only ${count(left - header)} are left in the area.`,
      };
    }
    case FAULT.length: {
      const { type, total } = headerAt(schema, bytes, offset);
      return {
        code: 'length',
        offset,
        message: `TLV type ${printType(type, schema.framing.typeBytes)} at offset ${offset} says a length of ${count(total)}, less than its own type and length fields.`,
      };
    }
    case FAULT.tooMany:
      return {
        code: 'too-many',
        offset,
        message: `More than ${MAX_TLVS} TLVs in one area; reading stopped at offset ${offset}.`,
      };
  }
}

/** Type and length of the TLV at `offset`, whose header the scan found to fit. */
function headerAt(
  schema: MetadataSchema,
  bytes: Uint8Array,
  offset: number,
): { type: number; total: number; size: number } {
  const { typeBytes, lengthBytes, endian, lengthUnit, lengthIncludesHeader } = schema.framing;
  const little = endian === 'little';
  const total = readUint(bytes, offset + typeBytes, lengthBytes, little) * (lengthUnit ?? 1);
  return {
    type: readUint(bytes, offset, typeBytes, little),
    total,
    size: lengthIncludesHeader === true ? total - typeBytes - lengthBytes : total,
  };
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
