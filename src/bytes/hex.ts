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

/** Beside the bytes: padding, offset, gaps. */
const BESIDE_PX = 73;
const ASCII_CHAR_PX = 6.8;
const LEAST_BYTE_PX = 15;
const MOST_BYTE_PX = 19;

/** How wide a byte of two digits is in a pane of `width` px: two of them are told apart where there is room. */
export function bytePx(width: number, perRow: number): number {
  const room = Math.floor((width - BESIDE_PX) / perRow - ASCII_CHAR_PX);
  return Math.min(MOST_BYTE_PX, Math.max(LEAST_BYTE_PX, room));
}
