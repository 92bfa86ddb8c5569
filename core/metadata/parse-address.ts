/** Addresses from text to bytes: what `#core/dissect/addresses.ts` prints, and the other ways that RFC 4291 has. */
import ipaddr from 'ipaddr.js';

/** 4 bytes of `10.0.0.1`, 16 of `2001:db8::1`; null = neither. */
export function parseIp(text: string): Uint8Array | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return Uint8Array.from(ipaddr.IPv4.parse(text).toByteArray());
  // A zone is of a host, not of a packet.
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  return Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray());
}

/** 6 bytes of `02:00:00:00:00:01`; null = none. */
export function parseMac(text: string): Uint8Array | null {
  if (!/^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/.test(text)) return null;
  return Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16));
}
