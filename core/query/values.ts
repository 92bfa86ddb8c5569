/** What is written behind an operator → numbers, addresses, times. Each returns null for what is no such thing. */
import ipaddr from 'ipaddr.js';

export { parseInstant } from '#core/time/instant.ts';

/** Both ends are in it. */
export interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

export const MAX_U64 = (1n << 64n) - 1n;

/** `17`, `-3`, `0x1f`, `0b101`, `1_000_000`. */
export function parseInteger(text: string): bigint | null {
  const plain = text.replace(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, '');
  if (!/^(?:-?\d{1,20}|0x[0-9a-fA-F]{1,16}|0b[01]{1,64})$/.test(plain)) return null;
  return BigInt(plain);
}

const NS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const DURATION = /^(\d{1,12})(?:\.(\d{1,9}))?(ns|us|µs|ms|s|m|h)$/;

/** `1.5ms`, `14.913s` → nanoseconds. */
export function parseDuration(text: string): bigint | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = '', unit = ''] = match;
  const scale = BigInt(NS_PER_UNIT[unit]!);
  const digits = 10n ** BigInt(fraction.length);
  return (BigInt(whole + fraction) * scale) / digits;
}

/** Nanoseconds as `parseDuration` reads them, exact: `1.5ms`, `14.913s`, `0ns`. */
export function printDuration(ns: number): string {
  const size = Math.abs(ns);
  const [unit, digits] =
    size < 1e3
      ? (['ns', 0] as const)
      : size < 1e6
        ? (['us', 3] as const)
        : size < 1e9
          ? (['ms', 6] as const)
          : (['s', 9] as const);
  const text = (ns / 10 ** digits).toFixed(digits);
  return `${digits === 0 ? text : text.replace(/\.?0+$/, '')}${unit}`;
}

/** Bytes of an address (4 or 16), and how many of its first bits count: all of them, or those of `10.0.0.0/8`. */
export interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`. An IPv4-mapped address is one of IPv6, as in the packet. */
export function parseNetwork(text: string): Network | null {
  const [address = '', prefix, ...more] = text.split('/');
  if (more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return null;
  const is4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!is4 && !(address.includes(':') && ipaddr.IPv6.isValid(address) && !address.includes('%'))) return null;
  const bytes = Uint8Array.from((is4 ? ipaddr.IPv4 : ipaddr.IPv6).parse(address).toByteArray());
  const bits = prefix === undefined ? 8 * bytes.length : Number(prefix);
  return bits > 8 * bytes.length ? null : { bytes, bits };
}

/** The addresses of an IPv4 network as numbers, network order. */
export function networkInterval({ bytes, bits }: Network): Interval {
  const size = BigInt(8 * bytes.length - bits);
  const first = (toInteger(bytes) >> size) << size;
  return { from: first, to: first + (1n << size) - 1n };
}

/** `02:00:00:00:00:01`, or with dashes → 6 bytes. */
export function parseMac(text: string): Uint8Array | null {
  const pairs = text.split(/[:-]/);
  if (pairs.length !== 6 || pairs.some((pair) => !/^[0-9a-fA-F]{2}$/.test(pair))) return null;
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

/** Bytes, the first is the highest. */
export function toInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** `0a00…` of whole bytes, with or without colons or `0x`. */
export function parseHexBytes(text: string): Uint8Array | null {
  const digits = text.replace(/^0x/, '').replace(/(?<=[0-9a-fA-F]{2}):(?=[0-9a-fA-F]{2})/g, '');
  if (digits.length === 0 || digits.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** `a..b` → its ends; null when there is no `..` with something on both sides. */
export function splitRange(text: string): readonly [string, string] | null {
  const at = text.indexOf('..');
  if (at <= 0 || at + 2 >= text.length) return null;
  return [text.slice(0, at), text.slice(at + 2)];
}

/**
 * The test of `~`: contains `pattern`, upper and lower case alike; `*` in it is any text between two parts. Not a
 * regular expression: filters come from links, and some of those never end.
 */
export function textMatcher(pattern: string): (text: string) => boolean {
  const parts = pattern.toLowerCase().split('*');
  return (text) => {
    const lower = text.toLowerCase();
    let at = 0;
    for (const part of parts) {
      const found = lower.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return true;
  };
}
