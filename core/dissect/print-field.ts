/** A field's bytes as value and as text. The caller has checked that the bytes are there. */
import { formatHex, formatIpv4, formatIpv6, formatMac } from './addresses.ts';
import type { FieldSpec } from './field-spec.ts';
import type { FieldValue } from './types.ts';

/** Bytes of one field that are printed; of more the beginning, and how many there are. */
export const MAX_PRINTED_BYTES = 64;
/** A number of more bytes is a bigint: it may not fit in a double. */
const MAX_NUMBER_BYTES = 6;

/** `length` bytes at `at`, big-endian, as the catalogue's kind has them. */
export function readField(spec: FieldSpec, buf: Uint8Array, at: number, length: number): FieldValue {
  switch (spec.kind) {
    case 'uint':
    case 'ipv4':
    case 'mac':
      return length > MAX_NUMBER_BYTES ? readBigint(buf, at, length) : readNumber(buf, at, length);
    case 'ipv6':
      return readBigint(buf, at, length);
    case 'bool':
      return readNumber(buf, at, length) !== 0;
    case 'bytes':
    case 'text':
    case 'group':
      return null;
  }
}

function readNumber(buf: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 256 + buf[at + i]!;
  return value;
}

function readBigint(buf: Uint8Array, at: number, length: number): bigint {
  return BigInt(`0x${formatHex(buf, at, length)}`);
}

/** `raw` of a field in `length` bytes at `at`, `width` bits of which are the field's. */
export function printField(
  spec: FieldSpec,
  raw: FieldValue,
  buf: Uint8Array,
  at: number,
  length: number,
  width: number,
): string {
  switch (spec.kind) {
    case 'uint':
      return printUint(spec, raw, width);
    case 'bool':
      return raw === true ? 'Set (1)' : 'Not set (0)';
    case 'ipv4':
      return formatIpv4(buf, at);
    case 'ipv6':
      return formatIpv6(buf, at);
    case 'mac':
      return formatMac(buf, at);
    case 'bytes':
      return printBytes(buf, at, length);
    case 'text':
      return printText(buf, at, length);
    case 'group':
      return '';
  }
}

/** `TCP (6)`, `IPv4 (0x0800)`, or the number alone where it has no name. */
function printUint(spec: FieldSpec, raw: FieldValue, width: number): string {
  if (typeof raw !== 'number' && typeof raw !== 'bigint') return '';
  const number =
    spec.base === 'dec' ? raw.toString() : `0x${raw.toString(16).padStart(Math.ceil(width / 4), '0')}`;
  const name = spec.names?.[Number(raw)];
  return name === undefined ? number : `${name} (${number})`;
}

/** In hex, of many bytes the beginning. */
export function printBytes(buf: Uint8Array, at: number, length: number): string {
  if (length <= MAX_PRINTED_BYTES) return formatHex(buf, at, length);
  return `${formatHex(buf, at, MAX_PRINTED_BYTES)}… (${length} bytes)`;
}

/** Text out of a packet may be anything: what is not printable ASCII is a dot. */
function printText(buf: Uint8Array, at: number, length: number): string {
  let text = '';
  for (let i = 0; i < Math.min(length, MAX_PRINTED_BYTES); i++) {
    const byte = buf[at + i]!;
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
  }
  return length > MAX_PRINTED_BYTES ? `${text}… (${length} bytes)` : text;
}
