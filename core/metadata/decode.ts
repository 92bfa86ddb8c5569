/** One area as objects, for the rows on screen and for `inspect`. The hot path is `scan.ts`. */
import { createAreaScan, FAULT, MAX_TLVS, type AreaDecoder, type AreaScan } from './scan.ts';
import { readLength, readType, tlvHeader } from './tlv-header.ts';
import { TRAITS_HEADER_BYTES } from './traits-scan.ts';
import { printType, typeWidth } from './type-number.ts';
import type { DecodedArea, MetadataSchema, Tlv, TlvFault, TlvFraming, TlvType } from './types.ts';
import { elementSize, printValue } from './value.ts';

/** Elements of one list of nested values. */
export const MAX_NESTED_ELEMENTS = 64;

/** One for all areas: to make one takes longer than to read one. Nested values have their own. */
const outermost = createAreaScan();

/**
 * The TLVs of one metadata area (`bytes` is the area and nothing else), printed by the schema, and
 * what is wrong with it, if anything. Never throws; TLVs read before a fault are kept.
 */
export function decodeArea(decoder: AreaDecoder, bytes: Uint8Array): DecodedArea {
  const tlvs = read(decoder, bytes, 0, bytes.length, outermost);
  return { tlvs, fault: describeFault(decoder.schema, bytes, outermost) };
}

/** `decodeArea` of bytes[start .. end), with offsets from the start of `bytes`: for what is inside of packets. */
export function decodePart(decoder: AreaDecoder, bytes: Uint8Array, start: number, end: number): DecodedArea {
  const part = bytes.subarray(start, end);
  const { tlvs, fault } = decodeArea(decoder, part);
  return {
    tlvs: tlvs.map((tlv) => moved(tlv, start)),
    fault: fault === null ? null : { ...fault, offset: fault.offset + start },
  };
}

function moved(tlv: Tlv, by: number): Tlv {
  return {
    ...tlv,
    offset: tlv.offset + by,
    valueOffset: tlv.valueOffset + by,
    ...(tlv.fields !== undefined && { fields: tlv.fields.map((field) => moved(field, by)) }),
  };
}

/** What is at bytes[start .. start + length), with offsets from the start of `bytes`; `scan` says how it ended. */
function read(decoder: AreaDecoder, bytes: Uint8Array, start: number, length: number, scan: AreaScan): Tlv[] {
  decoder.scan(bytes, start, length, scan);
  const { types, framing } = decoder.schema;
  const tlvs: Tlv[] = [];
  for (let i = 0; i < scan.count; i++) {
    const column = scan.column[i]!;
    const type = types[column] ?? null;
    const valueOffset = start + scan.valueOffset[i]!;
    const valueLength = scan.valueLength[i]!;
    const inside = decoder.nested[column] ?? null;
    const nested = inside === null ? null : readNested(inside, type!, bytes, valueOffset, valueLength);
    const fields = nested?.tlvs ?? null;
    tlvs.push({
      type: scan.type[i]!,
      name: type?.name ?? '',
      value:
        fields === null || fields.length === 0
          ? printValue(type, framing.endian, bytes, valueOffset, valueLength)
          : fields.map((field) => fieldText(field)).join(' '),
      offset: start + scan.offset[i]!,
      length: scan.length[i]!,
      valueOffset,
      valueLength,
      ...(fields !== null && { fields }),
      ...(nested?.fault != null && { fault: nested.fault }),
    });
  }
  return tlvs;
}

function readNested(
  inside: AreaDecoder,
  type: TlvType,
  bytes: Uint8Array,
  start: number,
  length: number,
): DecodedArea {
  if (type.count !== undefined) {
    return { tlvs: readList(inside, elementSize(type), bytes, start, length), fault: null };
  }
  const scan = createAreaScan();
  const tlvs = read(inside, bytes, start, length, scan);
  const fault = describeFault(inside.schema, bytes.subarray(start, start + length), scan);
  return { tlvs, fault: fault === null ? null : { ...fault, offset: fault.offset + start } };
}

function fieldText({ name, type, value, fields }: Tlv): string {
  const shown = name === '' ? String(type) : name;
  return fields === undefined || fields.length === 0 ? `${shown}=${value}` : `${shown}={${value}}`;
}

/** Equal nested values, one behind the other: as long as each is by itself where the schema says no size. */
function readList(
  inside: AreaDecoder,
  size: number | null,
  bytes: Uint8Array,
  start: number,
  length: number,
): Tlv[] {
  const elements: Tlv[] = [];
  const scan = createAreaScan();
  const end = start + length;
  for (let at = start; at < end && elements.length < MAX_NESTED_ELEMENTS;) {
    const fields = read(inside, bytes, at, Math.min(size ?? end - at, end - at), scan);
    const step = size ?? scan.end;
    if (step === 0 || scan.fault !== FAULT.none) break;
    elements.push({
      type: elements.length,
      name: '',
      value: fields.map((field) => fieldText(field)).join(' '),
      offset: at,
      length: step,
      valueOffset: at,
      valueLength: step,
      fields,
    });
    at += step;
  }
  return elements;
}

function describeFault(schema: MetadataSchema, bytes: Uint8Array, scan: AreaScan): TlvFault | null {
  const offset = scan.faultOffset;
  switch (scan.fault) {
    case FAULT.none:
      return null;
    case FAULT.truncated:
      return { code: 'truncated', offset, message: truncatedText(schema, bytes.length, scan) };
    case FAULT.overrun:
      return { code: 'overrun', offset, message: overrunText(schema, bytes, scan) };
    case FAULT.length:
      return { code: 'length', offset, message: lengthText(schema, bytes, offset) };
    case FAULT.tooMany:
      return {
        code: 'too-many',
        offset,
        message: `More than ${MAX_TLVS} TLVs in one area; reading stopped at offset ${offset}.`,
      };
  }
}

function truncatedText({ framing, types }: MetadataSchema, length: number, scan: AreaScan): string {
  const offset = scan.faultOffset;
  const first = framing.start ?? 0;
  switch (framing.kind) {
    case 'tlv':
      return offset < first
        ? `The first TLV begins at offset ${first}, but the area has only ${count(length)}.`
        : `A TLV begins at offset ${offset}, but the ${count(length - offset)} left do not hold its type and length.`;
    case 'traits':
      return `The header of traits has ${count(TRAITS_HEADER_BYTES)}, but the area has only ${count(length)}.`;
    case 'struct': {
      const last = scan.count === 0 ? -1 : scan.column[scan.count - 1]!;
      const next = types[last + 1]?.name;
      return next === undefined || scan.count === types.length
        ? `The struct has ${count(framing.size ?? 0)}, but the area has only ${count(length)}.`
        : `The area has ${count(length)}, which do not hold the struct from ${next} on.`;
    }
  }
}

function overrunText({ framing }: MetadataSchema, bytes: Uint8Array, { faultOffset }: AreaScan): string {
  if (framing.kind !== 'tlv') {
    return `The values of the traits reach past the area: at offset ${faultOffset} only ${count(bytes.length - faultOffset)} are left.`;
  }
  const header = tlvHeader(framing);
  const { type, total } = headerAt(framing, bytes, faultOffset);
  const left = bytes.length - faultOffset - header.bytes;
  return `TLV type ${printType(type, header.typeWidth)} at offset ${faultOffset} says ${count(total - header.counted)} of value, but only ${count(left)} are left in the area.`;
}

function lengthText({ framing }: MetadataSchema, bytes: Uint8Array, offset: number): string {
  if (framing.kind !== 'tlv') return `A length at offset ${offset} is not possible.`;
  const { type, total } = headerAt(framing, bytes, offset);
  return `TLV type ${printType(type, typeWidth(framing))} at offset ${offset} says a length of ${count(total)}, less than its own type and length fields.`;
}

/** Type and length of the TLV at `offset`, whose header the scan found to fit. */
function headerAt(framing: TlvFraming, bytes: Uint8Array, offset: number): { type: number; total: number } {
  const header = tlvHeader(framing);
  return { type: readType(header, bytes, offset), total: readLength(header, bytes, offset) };
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
