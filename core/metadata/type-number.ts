/**
 * The number in a TLV's type field as people write it: of one byte in decimal, wider ones in hexadecimal as wide as
 * the field, `0x0101`.
 */
export function printType(type: number, typeBytes: 1 | 2 | 4): string {
  return typeBytes === 1 ? String(type) : `0x${type.toString(16).padStart(2 * typeBytes, '0')}`;
}
