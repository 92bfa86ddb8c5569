import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './limits.ts';
import { optionComments, optionText, readOptions } from './options.ts';

const bytes = (hexText: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hexText.replaceAll(' ', ''), 'hex'));

describe('readOptions', () => {
  it('lists code, start and length without padding, in both byte orders', () => {
    const options = [
      { code: 2, start: 4, length: 3 },
      { code: 1, start: 12, length: 4 },
    ];
    const little = bytes('0200 0300 61626300 0100 0400 64656667 0000 0000');
    const big = bytes('0002 0003 61626300 0001 0004 64656667 0000 0000');
    expect(readOptions(little, 0, little.length, true)).toEqual({ options, faultAt: -1 });
    expect(readOptions(big, 0, big.length, false)).toEqual({ options, faultAt: -1 });
  });

  it('needs no end-of-options', () => {
    expect(readOptions(bytes('0200 0000'), 0, 4, true).options).toHaveLength(1);
    expect(readOptions(bytes(''), 0, 0, true)).toEqual({ options: [], faultAt: -1 });
  });

  it('ignores what is behind end-of-options', () => {
    expect(readOptions(bytes('0000 0000 0200 0000'), 0, 8, true).options).toEqual([]);
  });

  it('says where an option runs past the area and keeps those before it', () => {
    const buf = bytes('0200 0000 0300 0500 61626364');
    expect(readOptions(buf, 0, buf.length, true)).toEqual({
      options: [{ code: 2, start: 4, length: 0 }],
      faultAt: 4,
    });
  });

  it('lists no more than it is told to', () => {
    expect(readOptions(new Uint8Array(400).fill(0x02), 0, 0, true).options).toEqual([]);
    const many = new Uint8Array(400).map((_, i) => (i % 4 === 0 ? 2 : 0));
    expect(readOptions(many, 0, 400, true, 7).options).toHaveLength(7);
  });

  it('stays inside the area for any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.nat(80),
        fc.nat(80),
        fc.boolean(),
        (buf, start, length, le) => {
          const { options } = readOptions(buf, start, length, le);
          for (const o of options) {
            expect(o.start >= start).toBe(true);
            expect(o.start + o.length <= Math.min(start + length, buf.length)).toBe(true);
          }
        },
      ),
    );
  });

  it('cuts texts and comments at the limits', () => {
    const buf = bytes('0100 0400 61626364 0100 0400 65666768 0200 0200 78790000');
    const list = readOptions(buf, 0, buf.length, true);
    const limits = { ...DEFAULT_LIMITS, maxTextBytes: 2, maxComments: 1 };
    expect(optionComments(buf, list)).toEqual(['abcd', 'efgh']);
    expect(optionComments(buf, list, limits)).toEqual(['ab']);
    expect(optionText(buf, list, 2, DEFAULT_LIMITS)).toBe('xy');
    expect(optionText(buf, list, 3, DEFAULT_LIMITS)).toBe('');
  });
});
