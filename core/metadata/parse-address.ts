/** Addresses from text to bytes: what `#core/dissect/addresses.ts` prints, and the other ways that RFC 4291 has. */
import { IPV6_BYTES } from '#core/dissect/addresses.ts';

const GROUPS = 8;

/** 4 bytes of `10.0.0.1`, 16 of `2001:db8::1`; null = neither. */
export function parseIp(text: string): Uint8Array | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** 6 bytes of `02:00:00:00:00:01`; null = none. */
export function parseMac(text: string): Uint8Array | null {
  if (!/^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/.test(text)) return null;
  return Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16));
}

function parseIpv4(text: string): Uint8Array | null {
  if (!/^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(text)) return null;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? Uint8Array.from(bytes) : null;
}

function parseIpv6(text: string): Uint8Array | null {
  const parts = text.split('::');
  const halves = parts.map((half, i) => groupsOf(half, i === parts.length - 1));
  const [front, back] = halves;
  if (halves.length > 2 || front == null || back === null) return null;
  const given = front.length + (back?.length ?? 0);
  if (back === undefined ? given !== GROUPS : given >= GROUPS) return null;
  const groups = [...front, ...Array.from({ length: GROUPS - given }, () => 0), ...(back ?? [])];
  const bytes = new Uint8Array(IPV6_BYTES);
  groups.forEach((group, i) => {
    bytes[2 * i] = group >> 8;
    bytes[2 * i + 1] = group & 0xff;
  });
  return bytes;
}

/** Groups of 16 bits on one side of `::`; the last two of an address may be an IPv4 address. */
function groupsOf(text: string, isLast: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const ipv4 = isLast && i === parts.length - 1 ? parseIpv4(part) : null;
    if (ipv4 !== null) groups.push((ipv4[0]! << 8) | ipv4[1]!, (ipv4[2]! << 8) | ipv4[3]!);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}
