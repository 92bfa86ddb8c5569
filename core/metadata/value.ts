/** A TLV's value as people read it. Bytes that do not fit their kind are shown as bytes, with the reason. */
import {
  formatHex,
  formatIpv4,
  formatIpv6,
  formatMac,
  IPV4_BYTES,
  IPV6_BYTES,
  MAC_BYTES,
} from '#core/dissect/addresses.ts';
import { MAX_SHOWN_BYTES, printText } from './text.ts';
import type { TlvType } from './types.ts';

/** Integers of more bytes than this are shown as bytes. */
export const MAX_INTEGER_BYTES = 8;

/**
 * The value at buf[at .. at+length) by its type in the schema; null = the schema does not know the type.
 * `endian` is the schema's byte order, which the type may override. Never throws.
 */
export function printValue(
  type: TlvType | null,
  endian: 'little' | 'big',
  buf: Uint8Array,
  at: number,
  length: number,
): string {
  if (type === null) return printBytes(buf, at, length);
  const order = type.endian ?? endian;
  switch (type.kind) {
    case 'bytes':
      return printBytes(buf, at, length);
    case 'string':
      return printText(buf, at, length);
    case 'ipv4':
      if (length !== IPV4_BYTES) return misfit('an IPv4 address', buf, at, length);
      // Network order unless the type itself says that its program keeps addresses as host integers.
      return type.endian === 'little'
        ? formatIpv4(buf.slice(at, at + length).reverse(), 0)
        : formatIpv4(buf, at);
    case 'ipv6':
      return length === IPV6_BYTES ? formatIpv6(buf, at) : misfit('an IPv6 address', buf, at, length);
    case 'mac':
      return length === MAC_BYTES ? formatMac(buf, at) : misfit('a MAC address', buf, at, length);
    case 'uint':
    case 'int':
    case 'enum':
    case 'flags':
    case 'timestamp':
      if (length < 1 || length > MAX_INTEGER_BYTES) return misfit('an integer', buf, at, length);
      return printInteger(type, readInteger(buf, at, length, order), length);
  }
}

function printInteger(type: TlvType, raw: bigint, length: number): string {
  switch (type.kind) {
    case 'int':
      return withUnit(BigInt.asIntN(8 * length, raw).toString(), type.unit);
    case 'enum':
      return type.names?.[raw.toString()] ?? raw.toString();
    case 'flags':
      return printFlags(raw, type.names ?? {});
    case 'timestamp':
      return printTimestamp(raw, type.timestamp);
    default:
      // As wide as the value is: ids of one type line up under each other.
      if (type.display === 'hex') return `0x${raw.toString(16).padStart(2 * length, '0')}`;
      return withUnit(raw.toString(), type.unit);
  }
}

/** Unsigned, 1 to 8 bytes. */
export function readInteger(buf: Uint8Array, at: number, length: number, endian: 'little' | 'big'): bigint {
  let high = 0;
  let low = 0;
  for (let i = 0; i < length; i++) {
    // i-th byte from the most significant one.
    const byte = buf[endian === 'big' ? at + i : at + length - 1 - i]!;
    if (length - i > 4) high = high * 256 + byte;
    else low = low * 256 + byte;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}

/** `SYN|ACK|0x40`: names of the bits that are set, lowest first, and what has no name as one number. */
function printFlags(raw: bigint, names: Readonly<Record<string, string>>): string {
  const parts: string[] = [];
  let unnamed = 0n;
  for (let bit = 0n; raw >> bit > 0n; bit++) {
    if (((raw >> bit) & 1n) === 0n) continue;
    const name = names[bit.toString()];
    if (name === undefined) unnamed |= 1n << bit;
    else parts.push(name);
  }
  if (unnamed > 0n || parts.length === 0) parts.push(unnamed === 0n ? '0' : `0x${unnamed.toString(16)}`);
  return parts.join('|');
}

const NS_PER = { s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, ns: 1n } as const;
const DIGITS = { s: 0, ms: 3, us: 6, ns: 9 } as const;
/** 9999-12-31T23:59:59Z: later than this is no time of a packet, and a Date soon ends. */
const MAX_UNIX_S = 253_402_300_799n;

/** `2026-11-23T06:56:23.000000001Z`, or for a clock that counts from boot `12.000000001 s after boot`. */
function printTimestamp(raw: bigint, clock: TlvType['timestamp']): string {
  if (clock === undefined) return raw.toString();
  const ns = raw * NS_PER[clock.unit];
  const seconds = ns / NS_PER.s;
  const digits = DIGITS[clock.unit];
  const fraction = digits === 0 ? '' : `.${(ns % NS_PER.s).toString().padStart(9, '0').slice(0, digits)}`;
  if (clock.epoch === 'boot') return `${seconds}${fraction} s after boot`;
  if (seconds > MAX_UNIX_S) return withUnit(raw.toString(), clock.unit);
  const date = new Date(Number(seconds) * 1000).toISOString();
  return `${date.slice(0, -'.000Z'.length)}${fraction}Z`;
}

function withUnit(number: string, unit: string | undefined): string {
  return unit === undefined || unit === '' ? number : `${number} ${unit}`;
}

/** Hex digits, cut with the full length said. */
export function printBytes(buf: Uint8Array, at: number, length: number): string {
  if (length <= MAX_SHOWN_BYTES) return formatHex(buf, at, length);
  return `${formatHex(buf, at, MAX_SHOWN_BYTES)}… (${length} bytes)`;
}

function misfit(what: string, buf: Uint8Array, at: number, length: number): string {
  if (length === 0) return `(empty, not ${what})`;
  return `${printBytes(buf, at, length)} (${length === 1 ? '1 byte' : `${length} bytes`}, not ${what})`;
}
