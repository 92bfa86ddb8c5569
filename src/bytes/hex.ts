/** Bytes as text. Pure. */

export interface HexRow {
  readonly offset: number;
  readonly count: number;
}

export function rowsOf(length: number, perRow: number): readonly HexRow[] {
  const rows: HexRow[] = [];
  for (let offset = 0; offset < length; offset += perRow) {
    rows.push({ offset, count: Math.min(perRow, length - offset) });
  }
  return rows;
}

export function byteHex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byteHex(byte);
  return text;
}

export function asciiOf(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}

export function offsetHex(offset: number): string {
  return offset.toString(16).padStart(4, '0');
}
