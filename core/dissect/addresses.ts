/** Addresses from bytes to text, as every packet viewer prints them. The caller has checked the length. */

export const IPV4_BYTES = 4;
export const IPV6_BYTES = 16;
export const MAC_BYTES = 6;

/** Two lower-case hex digits for each byte value. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** 4 bytes at `at` → `10.0.0.1`. */
export function formatIpv4(buf: Uint8Array, at: number): string {
  return `${buf[at]!}.${buf[at + 1]!}.${buf[at + 2]!}.${buf[at + 3]!}`;
}

/** 6 bytes at `at` → `02:00:00:00:00:01`. */
export function formatMac(buf: Uint8Array, at: number): string {
  let text = HEX[buf[at]!]!;
  for (let i = 1; i < MAC_BYTES; i++) text += `:${HEX[buf[at + i]!]!}`;
  return text;
}

/**
 * 16 bytes at `at` → RFC 5952 text: lower case, no leading zeros, the longest run of at least two zero
 * groups (the first of equals) as `::`, and the dotted tail only for IPv4-mapped addresses (section 5).
 */
export function formatIpv6(buf: Uint8Array, at: number): string {
  if (isIpv4Mapped(buf, at)) return `::ffff:${formatIpv4(buf, at + 12)}`;
  let runStart = -1;
  let runLength = 1;
  for (let group = 0; group < 8;) {
    let end = group;
    while (end < 8 && buf[at + 2 * end] === 0 && buf[at + 2 * end + 1] === 0) end++;
    if (end - group > runLength) {
      runStart = group;
      runLength = end - group;
    }
    group = end + 1;
  }
  let text = '';
  for (let group = 0; group < 8; group++) {
    if (group === runStart) {
      text += '::';
      group += runLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += ((buf[at + 2 * group]! << 8) | buf[at + 2 * group + 1]!).toString(16);
  }
  return text;
}

function isIpv4Mapped(buf: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (buf[at + i] !== 0) return false;
  return buf[at + 10] === 0xff && buf[at + 11] === 0xff;
}

/** `length` bytes from `at` as hex digits: `0a000001`. */
export function formatHex(buf: Uint8Array, at: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += HEX[buf[at + i]!]!;
  return text;
}
