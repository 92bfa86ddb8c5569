/** Strings that came out of a packet, made safe to show: nothing in them moves a cursor or hides text. */

/** Longer strings and byte runs are cut, with the full length said. The metadata area itself ends at 252 bytes. */
export const MAX_SHOWN_BYTES = 256;

/**
 * `length` bytes at `at` as UTF-8 text. Trailing NULs (the rest of a fixed-size field) are left out; control,
 * format and bidirectional characters come as escapes (`\n`, `\x1b`, `\u202e`), a backslash doubled,
 * and a byte that is not UTF-8 as `\xNN`, so that two different values never look the same.
 */
export function printText(buf: Uint8Array, at: number, length: number): string {
  let end = at + length;
  while (end > at && buf[end - 1] === 0) end--;
  const shown = Math.min(end, at + MAX_SHOWN_BYTES);
  let text = '';
  for (let i = at; i < shown;) {
    const size = sequenceLength(buf, i, shown);
    if (size === 0) {
      // A sequence that only our cut made incomplete is left out, not called invalid.
      if (shown < end && sequenceLength(buf, i, end) > 0) break;
      text += escapeByte(buf[i]!);
      i++;
      continue;
    }
    text += printCodePoint(codePoint(buf, i, size));
    i += size;
  }
  return shown < end ? `${text}… (${end - at} bytes)` : text;
}

/** Bytes of the well-formed UTF-8 sequence at `at` (Unicode 16, table 3-7), 0 when there is none. */
function sequenceLength(buf: Uint8Array, at: number, end: number): number {
  const lead = buf[at]!;
  if (lead < 0x80) return 1;
  const size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size === 0 || at + size > end) return 0;
  for (let i = 1; i < size; i++) if ((buf[at + i]! & 0xc0) !== 0x80) return 0;
  const second = buf[at + 1]!;
  // Overlong forms, surrogates, and beyond U+10FFFF.
  if (lead === 0xe0 && second < 0xa0) return 0;
  if (lead === 0xed && second > 0x9f) return 0;
  if (lead === 0xf0 && second < 0x90) return 0;
  if (lead === 0xf4 && second > 0x8f) return 0;
  return size;
}

function codePoint(buf: Uint8Array, at: number, size: number): number {
  const lead = buf[at]!;
  if (size === 1) return lead;
  let point = lead & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) point = (point << 6) | (buf[at + i]! & 0x3f);
  return point;
}

const NAMED_ESCAPES: Readonly<Record<number, string>> = {
  0x09: '\\t',
  0x0a: '\\n',
  0x0d: '\\r',
  0x5c: '\\\\',
};
/** Control, format (bidirectional marks, zero-width), line and paragraph separators, private use, unassigned. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;

function printCodePoint(point: number): string {
  const named = NAMED_ESCAPES[point];
  if (named !== undefined) return named;
  const char = String.fromCodePoint(point);
  if (!INVISIBLE.test(char)) return char;
  if (point < 0x80) return escapeByte(point);
  const hex = point.toString(16);
  return point <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
