import type { Framing } from './types.ts';

/**
 * The number in a TLV's type field as people write it: of one byte in decimal, wider ones in hexadecimal as wide as
 * the field, `0x0101`. `typeWidth` in bytes.
 */
export function printType(type: number, typeWidth: number): string {
  return typeWidth === 1 ? String(type) : `0x${type.toString(16).padStart(2 * typeWidth, '0')}`;
}

/** Bytes of class and type in one; keys of traits and fields of structs are small numbers. */
export function typeWidth(framing: Framing): number {
  return framing.kind === 'tlv' ? (framing.classBytes ?? 0) + framing.typeBytes : 1;
}
