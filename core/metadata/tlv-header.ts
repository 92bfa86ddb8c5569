/** Type and length of one TLV, wherever its framing has them: read and written. */
import { readUint } from './area-scan.ts';
import type { TlvFraming } from './types.ts';

/** All bits of a field of 32. */
const ALL_BITS = 0xffffffff;

/** A TLV framing with its defaults worked out. */
export interface TlvHeader {
  readonly little: boolean;
  readonly classBytes: 0 | 1 | 2;
  readonly typeBytes: 1 | 2 | 4;
  /** Class and type together. */
  readonly typeWidth: number;
  readonly typeAt: number;
  readonly typeMask: number;
  readonly typeShift: number;
  readonly lengthBytes: 1 | 2 | 4;
  readonly lengthAt: number;
  readonly lengthMask: number;
  readonly lengthShift: number;
  readonly unit: number;
  /** Bytes in front of the value. */
  readonly bytes: number;
  /** Those of them that the length counts. */
  readonly counted: number;
}

export function tlvHeader(framing: TlvFraming): TlvHeader {
  const { typeBytes, lengthBytes, typeMask = ALL_BITS, lengthMask = ALL_BITS } = framing;
  const classBytes = framing.classBytes ?? 0;
  const typeWidth = classBytes + typeBytes;
  const typeAt = framing.typeAt ?? 0;
  const lengthAt = framing.lengthAt ?? typeAt + typeWidth;
  const bytes = Math.max(typeAt + typeWidth, lengthAt + lengthBytes);
  return {
    little: framing.endian === 'little',
    classBytes,
    typeBytes,
    typeWidth,
    typeAt,
    typeMask,
    typeShift: lowestBit(typeMask),
    lengthBytes,
    lengthAt,
    lengthMask,
    lengthShift: lowestBit(lengthMask),
    unit: framing.lengthUnit ?? 1,
    bytes,
    counted: framing.lengthIncludesHeader === true ? bytes : 0,
  };
}

/** Of the TLV that begins at `at`; the caller has checked that class and type are there. */
export function readType(h: TlvHeader, buf: Uint8Array, at: number): number {
  const from = at + h.typeAt;
  let type = readUint(buf, from + h.classBytes, h.typeBytes, h.little);
  if (h.classBytes > 0) {
    const group = readUint(buf, from, h.classBytes === 1 ? 1 : 2, h.little);
    type = (group * 2 ** (8 * h.typeBytes) + type) >>> 0;
  }
  return ((type & h.typeMask) >>> 0) >>> h.typeShift;
}

/** Bytes that the length field of the TLV at `at` says, by its unit, header included where it counts it. */
export function readLength(h: TlvHeader, buf: Uint8Array, at: number): number {
  const raw = readUint(buf, at + h.lengthAt, h.lengthBytes, h.little);
  return (((raw & h.lengthMask) >>> 0) >>> h.lengthShift) * h.unit;
}

/**
 * Writes type and length of a value of `valueLength` bytes in front of it, at `at` of `buf`. False when the length
 * cannot be said: it is no multiple of the unit, or too large for its field.
 */
export function writeHeader(
  h: TlvHeader,
  type: number,
  valueLength: number,
  buf: Uint8Array,
  at: number,
): boolean {
  const counts = (valueLength + h.counted) / h.unit;
  const length = (counts << h.lengthShift) >>> 0;
  if (!Number.isInteger(counts) || length >>> h.lengthShift !== counts) return false;
  if ((length & h.lengthMask) >>> 0 !== length || length >= 2 ** (8 * h.lengthBytes)) return false;
  const code = (type << h.typeShift) >>> 0;
  const from = at + h.typeAt;
  if (h.classBytes > 0) orUint(buf, from, h.classBytes, h.little, Math.floor(code / 2 ** (8 * h.typeBytes)));
  orUint(buf, from + h.classBytes, h.typeBytes, h.little, code % 2 ** (8 * h.typeBytes));
  orUint(buf, at + h.lengthAt, h.lengthBytes, h.little, length);
  return true;
}

/** Type and length may share a byte, each under its mask. */
function orUint(buf: Uint8Array, at: number, bytes: number, little: boolean, value: number): void {
  for (let i = 0; i < bytes; i++) {
    buf[at + (little ? i : bytes - 1 - i)]! |= Math.floor(value / 2 ** (8 * i)) & 0xff;
  }
}

function lowestBit(mask: number): number {
  return mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
}
