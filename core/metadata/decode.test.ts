import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArea } from './decode.ts';
import { compileSchema } from './scan.ts';
import { EDGE, framed, hex } from './testing/schemas.ts';
import { MAX_SHOWN_BYTES } from './text.ts';
import type { TlvType } from './types.ts';
import { printValue } from './value.ts';

function print(type: Partial<TlvType>, bytes: string, endian: 'little' | 'big' = 'big'): string {
  const value = hex(bytes);
  return printValue({ type: 1, name: 'x', kind: 'uint', ...type }, endian, value, 0, value.length);
}

describe('an area', () => {
  it('is decoded by its schema, unknown types as bytes', () => {
    expect(
      decodeArea(compileSchema(EDGE), hex('0108 8877665544332211 020103 03040a000001 04022a00 0902beef 00')),
    ).toEqual({
      fault: null,
      tlvs: [
        {
          type: 1,
          name: 'trace_id',
          value: '0x1122334455667788',
          offset: 0,
          length: 10,
          valueOffset: 2,
          valueLength: 8,
        },
        {
          type: 2,
          name: 'verdict',
          value: 'redirect',
          offset: 10,
          length: 3,
          valueOffset: 12,
          valueLength: 1,
        },
        {
          type: 3,
          name: 'origin',
          value: '10.0.0.1',
          offset: 13,
          length: 6,
          valueOffset: 15,
          valueLength: 4,
        },
        { type: 4, name: 'tenant', value: '42', offset: 19, length: 4, valueOffset: 21, valueLength: 2 },
        { type: 9, name: '', value: 'beef', offset: 23, length: 4, valueOffset: 25, valueLength: 2 },
      ],
    });
  });

  it.each([
    [{}, '0903 aabb', 'TLV type 9 at offset 0 says 3 bytes of value, but only 2 bytes are left in the area.'],
    [
      { lengthUnit: 4 as const },
      '0901 aabb',
      'TLV type 9 at offset 0 says 4 bytes of value, but only 2 bytes are left in the area.',
    ],
    [{}, '0901aa 09', 'A TLV begins at offset 3, but the 1 byte left do not hold its type and length.'],
    [{ start: 4 }, '0901', 'The first TLV begins at offset 4, but the area has only 2 bytes.'],
    [
      { lengthIncludesHeader: true },
      '0901',
      'TLV type 9 at offset 0 says a length of 1 byte, less than its own type and length fields.',
    ],
    [{}, '0900'.repeat(65), 'More than 64 TLVs in one area; reading stopped at offset 128.'],
  ])('with a fault says what is wrong and where: %j %s', (framing, area, message) => {
    expect(decodeArea(compileSchema(framed(framing)), hex(area)).fault?.message).toBe(message);
  });

  it('of any bytes is decoded without throwing', () => {
    const kinds = [
      'uint',
      'int',
      'ipv4',
      'ipv6',
      'mac',
      'string',
      'bytes',
      'enum',
      'flags',
      'timestamp',
    ] as const;
    const types: TlvType[] = kinds.map((kind, i) => ({
      type: i,
      name: kind,
      kind,
      timestamp: { unit: 's', epoch: 'unix' },
    }));
    const decoder = compileSchema(framed({}, types));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { tlvs, fault } = decodeArea(decoder, bytes);
        for (const { value } of tlvs) expect(value).not.toMatch(/undefined|NaN/);
        if (fault !== null) expect(fault.message).not.toMatch(/undefined|NaN/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a value', () => {
  it('of kind uint is exact from 1 to 8 bytes, in either order', () => {
    expect(print({}, 'ff')).toBe('255');
    expect(print({}, '010203')).toBe('66051');
    expect(print({ endian: 'little' }, '010203')).toBe('197121');
    expect(print({}, 'ffffffffffffffff')).toBe('18446744073709551615');
    expect(print({}, '0020000000000001')).toBe('9007199254740993');
    expect(print({ unit: 'µs' }, '0100', 'little')).toBe('1 µs');
    expect(print({ display: 'hex' }, '0000beef')).toBe('0x0000beef');
  });

  it('of kind int is two’s complement of its own width', () => {
    expect(print({ kind: 'int' }, 'ff')).toBe('-1');
    expect(print({ kind: 'int' }, '8000')).toBe('-32768');
    expect(print({ kind: 'int' }, '8000000000000000')).toBe('-9223372036854775808');
    expect(print({ kind: 'int', unit: 'ms' }, '0007')).toBe('7 ms');
  });

  it('of kind enum or flags uses names, and numbers where there are none', () => {
    const names = { 0: 'none', 1: 'ack', 63: 'top' };
    expect(print({ kind: 'enum', names }, '0001')).toBe('ack');
    expect(print({ kind: 'enum', names }, '07')).toBe('7');
    expect(print({ kind: 'flags', names }, '03')).toBe('none|ack');
    expect(print({ kind: 'flags', names }, '8000000000000016')).toBe('ack|top|0x14');
    expect(print({ kind: 'flags', names }, '00')).toBe('0');
  });

  it('of kind timestamp keeps every digit of its unit', () => {
    const at = (unit: 's' | 'ms' | 'us' | 'ns', epoch: 'unix' | 'boot', bytes: string): string =>
      print({ kind: 'timestamp', timestamp: { unit, epoch } }, bytes);
    expect(at('ns', 'unix', '17979cfe362a0001')).toBe('2023-11-14T22:13:20.000000001Z');
    expect(at('s', 'unix', '00000000')).toBe('1970-01-01T00:00:00Z');
    expect(at('ms', 'unix', '03e9')).toBe('1970-01-01T00:00:01.001Z');
    expect(at('ns', 'boot', '3b9aca01')).toBe('1.000000001 s after boot');
    expect(at('s', 'unix', 'ffffffffffffffff')).toBe('18446744073709551615 s');
  });

  it('of an address kind is the address, or bytes with the reason', () => {
    expect(print({ kind: 'ipv4' }, '0a000001')).toBe('10.0.0.1');
    expect(print({ kind: 'ipv4' }, '0a000001', 'little')).toBe('10.0.0.1');
    expect(print({ kind: 'ipv4', endian: 'little' }, '0100000a')).toBe('10.0.0.1');
    expect(print({ kind: 'ipv6' }, '20010db8000000000000000000000001')).toBe('2001:db8::1');
    expect(print({ kind: 'mac' }, '020000000001')).toBe('02:00:00:00:00:01');
    expect(print({ kind: 'ipv4' }, '0a0000')).toBe('0a0000 (3 bytes, not an IPv4 address)');
    expect(print({}, '000102030405060708')).toBe('000102030405060708 (9 bytes, not an integer)');
    expect(print({}, '')).toBe('(empty, not an integer)');
  });

  it('of kind string shows what would hide or move text', () => {
    const text = (value: string): string => print({ kind: 'string' }, Buffer.from(value).toString('hex'));
    expect(text('grüße 🙂\0\0')).toBe('grüße 🙂');
    expect(text('a\nb\t\\\x1b[31m')).toBe('a\\nb\\t\\\\\\x1b[31m');
    expect(text('abc\u202edef\u200b')).toBe('abc\\u202edef\\u200b');
    expect(print({ kind: 'string' }, '61ff62c3')).toBe('a\\xffb\\xc3');
    // Overlong, surrogate, beyond Unicode.
    expect(print({ kind: 'string' }, 'c080 eda080 f4908080')).toBe(
      '\\xc0\\x80\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80',
    );
    expect(text('x'.repeat(300))).toBe(`${'x'.repeat(MAX_SHOWN_BYTES)}… (300 bytes)`);
    expect(text(`${'x'.repeat(MAX_SHOWN_BYTES - 1)}ü!`)).toBe(
      `${'x'.repeat(MAX_SHOWN_BYTES - 1)}… (258 bytes)`,
    );
  });

  it('of kind string is what any UTF-8 decoder reads, when it has nothing to escape', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        fc.pre(!/[\p{C}\p{Zl}\p{Zp}\\]/u.test(text));
        expect(print({ kind: 'string' }, Buffer.from(text).toString('hex'))).toBe(text);
      }),
    );
  });

  it('of kind bytes is hex, cut with its length said', () => {
    expect(print({ kind: 'bytes' }, 'dead')).toBe('dead');
    expect(print({ kind: 'bytes' }, 'ab'.repeat(300))).toBe(`${'ab'.repeat(MAX_SHOWN_BYTES)}… (300 bytes)`);
  });
});
