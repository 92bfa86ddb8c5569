/**
 * UTF-8 in and out. Hand-written because `core` sees neither DOM nor Node types; used for names and
 * comments only, never per packet.
 */

const REPLACEMENT = 0xfffd;

/** Length of the sequence that a lead byte opens; 0 = not a lead byte (RFC 3629). */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];

/** buf[start..start+length) as text; malformed bytes become U+FFFD one by one. */
export function decodeUtf8(buf: Uint8Array, start: number, length: number): string {
  const end = Math.min(start + length, buf.length);
  let out = '';
  let at = start;
  while (at < end) {
    const lead = buf[at]!;
    const size = sequenceLength(lead);
    let code = size === 1 ? lead : lead & (0x7f >> size);
    let ok = size > 0 && at + size <= end;
    for (let i = 1; ok && i < size; i++) {
      const next = buf[at + i]!;
      ok = (next & 0xc0) === 0x80;
      code = (code << 6) | (next & 0x3f);
    }
    ok &&= code >= SMALLEST[size]! && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
    out += String.fromCodePoint(ok ? code : REPLACEMENT);
    at += ok ? size : 1;
  }
  return out;
}

/** As `decodeUtf8`, up to the first NUL: fixed-width C strings, and writers that terminate options. */
export function decodeCString(buf: Uint8Array, start: number, length: number): string {
  const end = Math.min(start + length, buf.length);
  let stop = start;
  while (stop < end && buf[stop] !== 0) stop++;
  return decodeUtf8(buf, start, stop - start);
}

/** Text as UTF-8; unpaired surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    let code = char.codePointAt(0)!;
    if (code >= 0xd800 && code < 0xe000) code = REPLACEMENT;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63));
      out.push(0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return Uint8Array.from(out);
}
