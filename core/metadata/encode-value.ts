/** Values from what people read (`printValue`) back to bytes. */
import { encodeUtf8 } from '#core/pcapng/text.ts';
import { parseHex } from './hex.ts';
import { parseIp, parseMac } from './parse-address.ts';
import type { Endian, TlvType } from './types.ts';
import { elementSize, FLAG_TEXT, MAX_INTEGER_BYTES } from './value.ts';

/**
 * The bytes of a value that `printValue` prints as `text`, `length` of them; null when no such value says it: it does not
 * fit, a name is not known, or the text was cut. Of a bit field the whole integer, with 0 around its bits.
 */
export function encodeValue(
  type: TlvType | null,
  endian: Endian,
  text: string,
  length: number,
): Uint8Array | null {
  const bytes = encode(type, endian, text, length);
  return bytes?.length === length ? bytes : null;
}

function encode(type: TlvType | null, endian: Endian, text: string, length: number): Uint8Array | null {
  // What did not fit its kind was printed as bytes, with the reason.
  const misfit = /^(?:([0-9a-f]+) )?\((?:empty|[0-9]+ bytes?), not .*\)$/.exec(text);
  if (misfit !== null) return parseHex(misfit[1] ?? '');
  if (type?.count === undefined) return encodeOne(type, endian, text, length);
  const parts = text === '' ? [] : text.split(', ');
  const size = elementSize(type) ?? length;
  const elements = parts.map((part) => encodeOne(type, endian, part, size));
  const out = new Uint8Array(size * parts.length);
  for (const [i, element] of elements.entries()) {
    if (element?.length !== size) return null;
    out.set(element, i * size);
  }
  return out;
}

function encodeOne(type: TlvType | null, endian: Endian, text: string, length: number): Uint8Array | null {
  if (type === null) return parseHex(text);
  switch (type.kind) {
    case 'bytes':
    case 'nested':
      return parseHex(text);
    case 'flag':
      return text === FLAG_TEXT ? new Uint8Array(0) : null;
    case 'string':
      return parseText(text, length);
    case 'ipv4': {
      const bytes = parseIp(text);
      return type.endian === 'little' ? (bytes?.reverse() ?? null) : bytes;
    }
    case 'ipv6':
    case 'ip':
      return parseIp(text);
    case 'mac':
      return parseMac(text);
    default: {
      const number = parseNumber(type, text);
      if (number === null || length < 1 || length > MAX_INTEGER_BYTES) return null;
      const width = type.bits?.count ?? 8 * length;
      const raw = BigInt.asUintN(width, number);
      const fits = type.kind === 'int' ? BigInt.asIntN(width, number) === number : raw === number;
      if (!fits) return null;
      return integerBytes(raw << BigInt(type.bits?.from ?? 0), length, type.endian ?? endian);
    }
  }
}

function integerBytes(value: bigint, length: number, endian: Endian): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
  return endian === 'little' ? bytes : bytes.reverse();
}

function parseNumber(type: TlvType, text: string): bigint | null {
  switch (type.kind) {
    case 'enum': {
      const found = Object.entries(type.names ?? {}).find(([, name]) => name === text);
      return found === undefined ? integer(text) : BigInt(found[0]);
    }
    case 'flags': {
      let all = 0n;
      for (const part of text.split('|')) {
        const bit = Object.entries(type.names ?? {}).find(([, name]) => name === part);
        const value = bit === undefined ? integer(part) : 1n << BigInt(bit[0]);
        if (value === null) return null;
        all |= value;
      }
      return all;
    }
    case 'timestamp':
      return parseTimestamp(type.timestamp, text);
    default:
      return integer(withoutUnit(text, type.unit));
  }
}

function withoutUnit(text: string, unit: string | undefined): string {
  return unit !== undefined && unit !== '' && text.endsWith(` ${unit}`)
    ? text.slice(0, -unit.length - 1)
    : text;
}

function integer(text: string): bigint | null {
  return /^(?:-?[0-9]+|0x[0-9a-f]+)$/i.test(text) ? BigInt(text) : null;
}

const PER_SECOND = { s: 1n, ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n } as const;

function parseTimestamp(clock: TlvType['timestamp'], text: string): bigint | null {
  if (clock === undefined) return integer(text);
  const rate = PER_SECOND[clock.unit];
  const fraction = (digits: string): bigint =>
    (BigInt(`${digits}000000000`.slice(0, 9)) * rate) / PER_SECOND.ns;
  const boot = /^([0-9]+)(?:\.([0-9]{1,9}))? s after boot$/.exec(text);
  if (boot !== null) return BigInt(boot[1]!) * rate + fraction(boot[2] ?? '0');
  const unix = /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8})(?:\.([0-9]{1,9}))?Z$/.exec(text);
  if (unix === null) return integer(withoutUnit(text, clock.unit));
  const ms = Date.parse(`${unix[1]!}Z`);
  return Number.isNaN(ms) ? null : BigInt(ms / 1000) * rate + fraction(unix[2] ?? '0');
}

/** What `printText` escapes: a byte is `\xNN` when it is no UTF-8, or one of its control characters. */
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|([tnr\\]))/g;
const NAMED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '\\': '\\' };

/** Padded with NULs to `length`. */
function parseText(text: string, length: number): Uint8Array | null {
  const out = new Uint8Array(length);
  let at = 0;
  let from = 0;
  const put = (bytes: Uint8Array): boolean => {
    if (at + bytes.length > length) return false;
    out.set(bytes, at);
    at += bytes.length;
    return true;
  };
  for (const match of text.matchAll(ESCAPE)) {
    const [whole, byte, short, long, named] = match;
    if (!put(encodeUtf8(text.slice(from, match.index)))) return null;
    const bytes =
      byte !== undefined
        ? Uint8Array.of(Number.parseInt(byte, 16))
        : encodeUtf8(NAMED[named ?? ''] ?? codePoint(short ?? long ?? '0'));
    if (!put(bytes)) return null;
    from = match.index + whole.length;
  }
  return put(encodeUtf8(text.slice(from))) ? out : null;
}

function codePoint(hex: string): string {
  const point = Number.parseInt(hex, 16);
  return point > 0x10ffff ? '' : String.fromCodePoint(point);
}
