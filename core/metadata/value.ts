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
import type { Endian, TlvType } from './types.ts';

/** Integers of more bytes than this are shown as bytes. */
export const MAX_INTEGER_BYTES = 8;
/** Of longer lists the rest is counted. */
export const MAX_SHOWN_ELEMENTS = 64;
/** What a value of no bytes says: it is there. */
export const FLAG_TEXT = 'set';

/**
 * The value at buf[at .. at+length) by its type in the schema; null = the schema does not know the type.
 * `endian` is the schema's byte order, which the type may override. Never throws.
 */
export function printValue(
  type: TlvType | null,
  endian: Endian,
  buf: Uint8Array,
  at: number,
  length: number,
): string {
  if (type === null) return printBytes(buf, at, length);
  if (type.count !== undefined) return printList(type, endian, buf, at, length);
  return printOne(type, endian, buf, at, length);
}

/** Bytes of one value of a list or field that says no size itself; null = its kind may have any. */
export function elementSize({ kind, size }: TlvType): number | null {
  if (typeof size === 'number') return size;
  switch (kind) {
    case 'ipv4':
      return IPV4_BYTES;
    case 'ipv6':
      return IPV6_BYTES;
    case 'mac':
      return MAC_BYTES;
    case 'flag':
      return 0;
    default:
      return null;
  }
}

function printList(type: TlvType, endian: Endian, buf: Uint8Array, at: number, length: number): string {
  const size = elementSize(type) ?? length;
  if (size === 0 || length % size !== 0) return misfit(`a list of ${size} bytes each`, buf, at, length);
  const count = length / size;
  const shown = Array.from({ length: Math.min(count, MAX_SHOWN_ELEMENTS) }, (_, i) =>
    printOne(type, endian, buf, at + i * size, size),
  );
  if (count > MAX_SHOWN_ELEMENTS) shown.push(`… (${count})`);
  return shown.join(', ');
}

function printOne(type: TlvType, endian: Endian, buf: Uint8Array, at: number, length: number): string {
  const order = type.endian ?? endian;
  switch (type.kind) {
    // What is in a nested value is printed by who has its layout (decode.ts).
    case 'nested':
    case 'bytes':
      return printBytes(buf, at, length);
    case 'flag':
      return length === 0 ? FLAG_TEXT : misfit('a flag', buf, at, length);
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
    case 'ip':
      if (length !== IPV4_BYTES && length !== IPV6_BYTES) return misfit('an IP address', buf, at, length);
      return length === IPV4_BYTES ? formatIpv4(buf, at) : formatIpv6(buf, at);
    case 'mac':
      return length === MAC_BYTES ? formatMac(buf, at) : misfit('a MAC address', buf, at, length);
    case 'uint':
    case 'int':
    case 'enum':
    case 'flags':
    case 'timestamp':
      if (length < 1 || length > MAX_INTEGER_BYTES) return misfit('an integer', buf, at, length);
      return printInteger(type, bitsOf(type, readInteger(buf, at, length, order)), widthOf(type, length));
  }
}

/** Of a bit field its bits, of another integer all of it. */
export function bitsOf({ bits }: TlvType, raw: bigint): bigint {
  return bits === undefined ? raw : BigInt.asUintN(bits.count, raw >> BigInt(bits.from));
}

/** Bits of the number. */
function widthOf({ bits }: TlvType, length: number): number {
  return bits?.count ?? 8 * length;
}

function printInteger(type: TlvType, raw: bigint, width: number): string {
  switch (type.kind) {
    case 'int':
      return withUnit(BigInt.asIntN(width, raw).toString(), type.unit);
    case 'enum':
      return type.names?.[raw.toString()] ?? raw.toString();
    case 'flags':
      return printFlags(raw, type.names ?? {});
    case 'timestamp':
      return printTimestamp(raw, type.timestamp);
    default:
      // As wide as the value is: ids of one type line up under each other.
      if (type.display === 'hex') return `0x${raw.toString(16).padStart(Math.ceil(width / 4), '0')}`;
      return withUnit(raw.toString(), type.unit);
  }
}

/** Unsigned, 1 to 8 bytes. */
export function readInteger(buf: Uint8Array, at: number, length: number, endian: Endian): bigint {
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
