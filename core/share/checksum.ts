/** The checksum of IPv4 headers (RFC 1071), which is made anew where addresses or options changed. */
import { u16 } from '#core/dissect/constants.ts';

const CHECKSUM_AT = 10;

/** The checksum of the IPv4 header buf[at .. at+length), `length` even, its own field taken as 0. */
export function headerChecksum(buf: Uint8Array, at: number, length: number): number {
  let sum = 0;
  for (let i = 0; i + 1 < length; i += 2) if (i !== CHECKSUM_AT) sum += u16(buf, at + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/**
 * Gives the header at `at` of `out` the checksum that says of it what that of `original` says there: right, wrong, or (0) left to
 * the device.
 */
export function sealHeader(original: Uint8Array, out: Uint8Array, at: number, length: number): void {
  if (length < CHECKSUM_AT + 2 || at + length > original.length) return;
  const was = u16(original, at + CHECKSUM_AT);
  const right = headerChecksum(out, at, length);
  const sealed = was === 0 ? 0 : was === headerChecksum(original, at, length) ? right : right ^ 0xffff;
  out[at + CHECKSUM_AT] = sealed >>> 8;
  out[at + CHECKSUM_AT + 1] = sealed & 0xff;
}
