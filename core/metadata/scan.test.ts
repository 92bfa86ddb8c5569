import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchema, createAreaScan, FAULT, MAX_TLVS, type AreaScan } from './scan.ts';
import { EDGE, framed, hex } from './testing/schemas.ts';
import type { MetadataSchema, TlvSchema } from './types.ts';

/** [type, valueOffset, valueLength, column] of each TLV, and how reading ended. */
function scan(
  schema: MetadataSchema,
  area: string,
): { tlvs: number[][]; fault: number; at: number; end: number } {
  const bytes = hex(area);
  const out = createAreaScan();
  compileSchema(schema).scan(bytes, 0, bytes.length, out);
  return { tlvs: rows(out), fault: out.fault, at: out.faultOffset, end: out.end };
}

function rows(out: AreaScan): number[][] {
  return Array.from({ length: out.count }, (_, i) => [
    out.type[i]!,
    out.valueOffset[i]!,
    out.valueLength[i]!,
    out.column[i]!,
  ]);
}

const good = { fault: FAULT.none, at: -1 };

describe('formats in use, as published', () => {
  it('reads the TLVs of the edge lab', () => {
    expect(scan(EDGE, '0108 8877665544332211 020101 03040a000001 04022a00 00')).toEqual({
      tlvs: [
        [1, 2, 8, 0],
        [2, 12, 1, 1],
        [3, 15, 4, 2],
        [4, 21, 2, 3],
      ],
      ...good,
      end: 24,
    });
  });

  it('reads PROXY v2 UNIQUE_ID: u8 type, be16 length of the value', () => {
    expect(scan(framed({ lengthBytes: 2 }), '0500 03 616263').tlvs).toEqual([[5, 3, 3, -1]]);
  });

  it('reads TCP and IPv4 options: the length counts type and length, NOP is one byte, END ends', () => {
    const tcp = framed({ lengthIncludesHeader: true, pad: 1, terminator: 0 });
    expect(scan(tcp, '020405b4 01 0303 07 01 00 ffff')).toEqual({
      tlvs: [
        [2, 2, 2, -1],
        [3, 7, 1, -1],
      ],
      ...good,
      end: 10,
    });
    expect(scan(tcp, 'b706 78563412').tlvs).toEqual([[0xb7, 2, 4, -1]]);
  });

  it('reads SRH and IPv6 options: Pad1 is one byte without a length, PadN a TLV', () => {
    const srh = framed({ pad: 0 });
    expect(scan(srh, '04020000').tlvs).toEqual([[4, 2, 2, -1]]);
    expect(scan(srh, '00 00 0104 00000000 00 0502 0000').tlvs).toEqual([
      [1, 4, 4, -1],
      [5, 11, 2, -1],
    ]);
  });

  it('begins each TLV at a multiple of `align`, as NSH metadata type 2 does', () => {
    const padded = framed({ typeBytes: 2, lengthBytes: 2, align: 4 });
    expect(scan(padded, '0001 0005 aabbccddee000000 0002 0001 ff')).toEqual({
      tlvs: [
        [1, 4, 5, -1],
        [2, 16, 1, -1],
      ],
      ...good,
      end: 17,
    });
  });

  it('multiplies the length by its unit, as Geneve does with words of 4 bytes', () => {
    const words = framed({ typeBytes: 2, lengthBytes: 1, lengthUnit: 4 });
    expect(scan(words, '014b 02 0a000001 00500000').tlvs).toEqual([[0x014b, 3, 8, -1]]);
  });

  it('reads little-endian 4-byte types and lengths behind a fixed start', () => {
    const wide = framed({ typeBytes: 4, lengthBytes: 4, endian: 'little', start: 2 }, [
      { type: 0xfffffffe, name: 'last', kind: 'bytes' },
      { type: 7, name: 'first', kind: 'bytes' },
    ]);
    expect(scan(wide, 'ffff feffffff 01000000 aa 07000000 00000000').tlvs).toEqual([
      [0xfffffffe, 10, 1, 0],
      [7, 19, 0, 1],
    ]);
  });
});

describe('faults keep what was read before', () => {
  it('stops at a value that reaches past the area', () => {
    expect(scan(EDGE, '020101 0304 0a0000')).toEqual({
      tlvs: [[2, 2, 1, 1]],
      fault: FAULT.overrun,
      at: 3,
      end: 3,
    });
    const wide = framed({ typeBytes: 4, lengthBytes: 4, lengthUnit: 8 });
    expect(scan(wide, '00000001 ffffffff aabb')).toMatchObject({ tlvs: [], fault: FAULT.overrun, at: 0 });
  });

  it('stops at a header that does not fit', () => {
    expect(scan(EDGE, '020101 03')).toEqual({ tlvs: [[2, 2, 1, 1]], fault: FAULT.truncated, at: 3, end: 3 });
    expect(scan(framed({ typeBytes: 2, lengthBytes: 2 }), '00010000 00')).toMatchObject({
      fault: FAULT.truncated,
      at: 4,
    });
    expect(scan(framed({ start: 4 }), '0000')).toEqual({ tlvs: [], fault: FAULT.truncated, at: 2, end: 2 });
  });

  it('stops at a length smaller than the header it counts', () => {
    expect(scan(framed({ lengthIncludesHeader: true }), '0503aa 0501')).toMatchObject({
      tlvs: [[5, 2, 1, -1]],
      fault: FAULT.length,
      at: 3,
    });
    expect(
      scan(framed({ typeBytes: 2, lengthBytes: 2, lengthIncludesHeader: true }), '00010000'),
    ).toMatchObject({
      fault: FAULT.length,
      at: 0,
    });
  });

  it(`stops after ${MAX_TLVS} TLVs, and not before`, () => {
    const full = '0500'.repeat(MAX_TLVS);
    for (const framing of [{}, { align: 2 as const }]) {
      expect(scan(framed(framing), full)).toMatchObject({ fault: FAULT.none, end: 2 * MAX_TLVS });
      const over = scan(framed(framing), `${full}0500`);
      expect(over.tlvs).toHaveLength(MAX_TLVS);
      expect(over).toMatchObject({ fault: FAULT.tooMany, at: 2 * MAX_TLVS });
    }
  });

  it('says nothing about an area of no bytes', () => {
    expect(scan(EDGE, '')).toEqual({ tlvs: [], ...good, end: 0 });
    expect(scan(framed({ start: 8 }), '')).toEqual({ tlvs: [], ...good, end: 0 });
  });
});

const framings = fc.record({
  start: fc.integer({ min: 0, max: 9 }),
  typeBytes: fc.constantFrom(1 as const, 2 as const, 4 as const),
  lengthBytes: fc.constantFrom(1 as const, 2 as const, 4 as const),
  endian: fc.constantFrom('little' as const, 'big' as const),
  lengthUnit: fc.constantFrom(1 as const, 4 as const, 8 as const),
  lengthIncludesHeader: fc.boolean(),
  align: fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const),
  pad: fc.constantFrom(undefined, 0, 1, 0xff),
  terminator: fc.constantFrom(undefined, 2, 0xfe),
});
type Drawn = typeof framings extends fc.Arbitrary<infer T> ? T : never;

function schemaOf({ pad, terminator, ...framing }: Drawn): TlvSchema {
  return framed({
    ...framing,
    ...(pad !== undefined && framing.typeBytes === 1 && { pad }),
    ...(terminator !== undefined && { terminator }),
  });
}

/** The other direction, written from the description in types.ts, a byte list at a time. */
function encode(schema: TlvSchema, tlvs: readonly { type: number; size: number }[], ended: boolean) {
  const f = schema.framing;
  const bytes: number[] = Array.from({ length: f.start ?? 0 }, () => 0xa5);
  const origin = bytes.length;
  const number = (value: number, width: number): void => {
    const digits = Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) % 256);
    bytes.push(...(f.endian === 'little' ? digits : digits.reverse()));
  };
  const align = (): void => {
    while ((bytes.length - origin) % (f.align ?? 1) !== 0) bytes.push(0x5a);
  };
  const header = f.typeBytes + f.lengthBytes;
  const unit = f.lengthUnit ?? 1;
  const expected: number[][] = [];
  for (const { type, size } of tlvs) {
    align();
    if (f.pad !== undefined && size % 2 === 1) {
      bytes.push(f.pad);
      align();
    }
    // The value's size rounded up to what the length field can say.
    const total = f.lengthIncludesHeader === true ? header + size : size;
    const stated = Math.ceil(total / unit);
    const room = stated * unit - (f.lengthIncludesHeader === true ? header : 0);
    expected.push([type, bytes.length + header, room, -1]);
    number(type, f.typeBytes);
    number(stated, f.lengthBytes);
    for (let i = 0; i < room; i++) bytes.push(0xc3);
  }
  if (ended && f.terminator !== undefined) {
    align();
    number(f.terminator, f.typeBytes);
    bytes.push(0xde, 0xad, 0xbe);
  }
  return { bytes, expected };
}

describe('any framing', () => {
  it('gives back the TLVs that were written', () => {
    fc.assert(
      fc.property(
        framings,
        // 3..0xfd: never a pad or terminator, whichever was drawn, in any byte of the type field.
        fc.array(
          fc.record({ type: fc.integer({ min: 3, max: 0xfd }), size: fc.integer({ min: 0, max: 40 }) }),
          {
            maxLength: MAX_TLVS,
          },
        ),
        fc.boolean(),
        fc.integer({ min: 0, max: 20 }),
        (drawn, tlvs, ended, before) => {
          const schema = schemaOf(drawn);
          const { bytes, expected } = encode(schema, tlvs, ended);
          const buf = Uint8Array.from([...Array.from({ length: before }, () => 0xee), ...bytes, 0xee, 0xee]);
          const out = createAreaScan();
          compileSchema(schema).scan(buf, before, bytes.length, out);
          expect(out.fault).toBe(FAULT.none);
          expect(rows(out)).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never throws, never reads a byte outside the area, and never reports one', () => {
    const schemas = fc.oneof(fc.constant(EDGE), framings.map(schemaOf));
    fc.assert(
      fc.property(
        schemas,
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ minLength: 1, maxLength: 16 }),
        (schema, area, guard) => {
          const decoder = compileSchema(schema);
          const inside = new Uint8Array(area.length + 2 * guard.length);
          inside.set(guard, 0);
          inside.set(area, guard.length);
          inside.set(guard, guard.length + area.length);
          const outside = guarded(inside, guard.length, guard.length + area.length);
          const seen = createAreaScan();
          decoder.scan(outside, guard.length, area.length, seen);

          const alone = createAreaScan();
          decoder.scan(area, 0, area.length, alone);
          expect(seen).toEqual(alone);
          expect(alone.end).toBeLessThanOrEqual(area.length);
          for (let i = 0; i < alone.count; i++) {
            expect(alone.offset[i]! + alone.length[i]!).toBeLessThanOrEqual(area.length);
            expect(alone.valueOffset[i]! + alone.valueLength[i]!).toBe(alone.offset[i]! + alone.length[i]!);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is clipped to the buffer when the length says more', () => {
    const out = createAreaScan();
    const bytes = hex('020101 0308');
    compileSchema(EDGE).scan(bytes, 0, 4096, out);
    expect(out).toMatchObject({ count: 1, fault: FAULT.overrun, faultOffset: 3 });
  });
});

/** A view of `bytes` that fails the test when an index outside [from, to) is read: the sentinel bytes. */
function guarded(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === 'string' && /^-?\d+$/.test(key)) {
        const index = Number(key);
        if (index < from || index >= to) throw new Error(`read byte ${index} outside [${from}, ${to})`);
      }
      return Reflect.get(target, key, target) as unknown;
    },
  });
}
