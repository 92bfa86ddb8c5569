import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArea } from './decode.ts';
import { encodeValue } from './encode-value.ts';
import { parseHex } from './hex.ts';
import { encodeArea } from './encode.ts';
import { leftover } from './leftover.ts';
import { parseIp, parseMac } from './parse-address.ts';
import { compileSchema } from './scan.ts';
import { EDGE, framed, hex } from './testing/schemas.ts';
import type { TlvType } from './types.ts';
import { printValue } from './value.ts';

const KINDS: readonly TlvType[] = [
  { type: 0, name: 'a', kind: 'uint', unit: 'ms' },
  { type: 1, name: 'b', kind: 'uint', display: 'hex' },
  { type: 2, name: 'c', kind: 'int' },
  { type: 3, name: 'd', kind: 'ipv4' },
  { type: 4, name: 'e', kind: 'ipv4', endian: 'little' },
  { type: 5, name: 'f', kind: 'ipv6' },
  { type: 6, name: 'g', kind: 'ip' },
  { type: 7, name: 'h', kind: 'mac' },
  { type: 8, name: 'i', kind: 'string' },
  { type: 9, name: 'j', kind: 'bytes' },
  { type: 10, name: 'k', kind: 'enum', names: { 1: 'one', 200: 'many' } },
  { type: 11, name: 'l', kind: 'flags', names: { 0: 'low', 63: 'top' } },
  { type: 12, name: 'm', kind: 'timestamp', timestamp: { unit: 'ns', epoch: 'unix' } },
  { type: 13, name: 'n', kind: 'timestamp', timestamp: { unit: 'us', epoch: 'boot' } },
  { type: 14, name: 'o', kind: 'timestamp', timestamp: { unit: 's', epoch: 'unix' } },
  { type: 15, name: 'p', kind: 'uint', size: 2, count: 'rest' },
  { type: 16, name: 'q', kind: 'flag' },
];
const endians = fc.constantFrom('little' as const, 'big' as const);

describe('a value', () => {
  it('of any kind and any bytes gives them back from what is printed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        endians,
        fc.oneof(
          fc.uint8Array({ maxLength: 20 }),
          fc.string({ unit: 'binary', maxLength: 8 }).map((text) => new TextEncoder().encode(text)),
        ),
        (type, endian, bytes) => {
          const text = printValue(type, endian, bytes, 0, bytes.length);
          expect(encodeValue(type, endian, text, bytes.length)).toEqual(bytes);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it.each([
    [KINDS[0]!, '256 ms', 1],
    [KINDS[2]!, '128', 1],
    [KINDS[3]!, '10.0.0.256', 4],
    [KINDS[5]!, '2001:db8::1::2', 16],
    [KINDS[7]!, '02:00', 6],
    [KINDS[8]!, 'too long', 4],
    [KINDS[9]!, 'abc', 1],
    [KINDS[10]!, 'two', 1],
    [KINDS[11]!, 'low|middle', 1],
    [KINDS[12]!, 'yesterday', 8],
    [KINDS[16]!, 'unset', 0],
  ])('that is none is refused: %j %s', (type, text, length) => {
    expect(encodeValue(type, 'big', text, length)).toBeNull();
  });

  it('never throws, whatever text it is given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.string(), fc.nat({ max: 20 }), (type, text, length) => {
        const bytes = encodeValue(type, 'big', text, length);
        expect(bytes === null || bytes.length === length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('an address', () => {
  it.each([
    ['::', '00000000000000000000000000000000'],
    ['2001:DB8::1', '20010db8000000000000000000000001'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['192.168.0.1', 'c0a80001'],
  ])('%s', (text, bytes) => {
    expect(parseIp(text)).toEqual(hex(bytes));
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '1:2', '1:2:3:4:5:6:7:8:9', ':::', '::g', '1::2::3', '1.2.3.4::'])(
    '%s is none',
    (text) => {
      expect(parseIp(text)).toBeNull();
      expect(parseMac(text)).toBeNull();
    },
  );
});

describe('an area', () => {
  it('is written from types and values alone', () => {
    const decoder = compileSchema(EDGE);
    const bytes = hex('0108 8877665544332211 020103 03040a000001 04022a00 00');
    const { tlvs } = decodeArea(decoder, bytes);
    expect(encodeArea(decoder, tlvs, new Uint8Array(bytes.length))).toEqual(bytes);
    const changed = tlvs.map((tlv) => (tlv.name === 'verdict' ? { ...tlv, value: 'drop' } : tlv));
    expect(encodeArea(decoder, changed, new Uint8Array(bytes.length))).toEqual(
      hex('0108 8877665544332211 020102 03040a000001 04022a00 00'),
    );
  });

  it('is none when a length cannot be said or a value is out of it', () => {
    const words = compileSchema(framed({ lengthUnit: 4 }));
    const tlv = { type: 9, name: '', value: 'aabb', offset: 0, length: 4, valueOffset: 2, valueLength: 2 };
    expect(encodeArea(words, [tlv], new Uint8Array(8))).toBeNull();
    expect(encodeArea(compileSchema(framed({})), [tlv], new Uint8Array(3))).toBeNull();
  });

  it('keeps bits that have no name', () => {
    const decoder = compileSchema(framed({ lengthMask: 0x0f, typeMask: 0xf0, lengthAt: 0 }));
    const bytes = hex('a1 ff 52 0102');
    const { tlvs, fault } = decodeArea(decoder, bytes);
    expect(fault).toBeNull();
    expect(tlvs.map(({ type, value }) => [type, value])).toEqual([
      [0xa, 'ff'],
      [0x5, '0102'],
    ]);
    expect(encodeArea(decoder, tlvs, leftover(decoder, bytes, tlvs))).toEqual(bytes);
  });
});

describe('hexadecimal digits', () => {
  it('are bytes in pairs, and nothing else is', () => {
    expect(parseHex('00fF')).toEqual(hex('00ff'));
    for (const text of ['0', '0x00', 'zz', '00 00']) expect(parseHex(text)).toBeNull();
  });
});
