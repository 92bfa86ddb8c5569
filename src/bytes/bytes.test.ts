import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeBytes } from '#src/testing/bytes.ts';
import { cArray } from './copy.ts';
import { diffBytes, diffText } from './diff.ts';
import { asciiOf, hexOf, rowsOf } from './hex.ts';
import { roomOfBytes } from './room.ts';
import { fieldLines, fieldSpans, MAX_FIELD_LINES, spanAt, tlvSpans } from './spans.ts';
import { tlvLines } from './tlv-lines.ts';

describe('bytes and what they mean', () => {
  it('finds the TLV of a byte, and none for bytes between', () => {
    const { decoded, types } = fakeBytes();
    const spans = tlvSpans(tlvLines(decoded.tlvs), types, 'area', 'tlv');
    expect(spans.map(({ look }) => look)).toEqual([{ colour: 'purple' }, { stripe: 1 }]);
    expect(spanAt(spans, 0)?.key).toBe('tlv-0');
    expect(spanAt(spans, 9)?.key).toBe('tlv-0');
    expect(spanAt(spans, 10)?.key).toBe('tlv-1');
    expect(spanAt(spans, 99)).toBeNull();
  });

  it('prefers the smallest field that holds a byte', () => {
    const spans = fieldSpans(fieldLines(fakeBytes().fields));
    expect(spanAt(spans, 3)?.key).toBe('field-0.0');
    expect(spanAt(spans, 12)?.key).toBe('field-0');
  });

  it('does not show more of a field tree than its bound', () => {
    const [node] = fakeBytes().fields;
    const many = Array.from({ length: 3 * MAX_FIELD_LINES }, () => node!);
    expect(fieldLines(many)).toHaveLength(MAX_FIELD_LINES);
  });

  it('draws the buffer to scale, from its start to its end', () => {
    const room = roomOfBytes(fakeBytes({ macOffset: 256, originalLength: 98, endOffset: 704 }), false);
    expect(room?.parts).toEqual([
      { kind: 'free', from: 0, bytes: 240 },
      { kind: 'area', from: 240, bytes: 16 },
      { kind: 'packet', from: 256, bytes: 98 },
      { kind: 'tail', from: 354, bytes: 350 },
    ]);
    expect(room?.total).toBe(704);
  });

  it('says which encapsulation still fits in front of the metadata; at XDP the frame is kept free', () => {
    const fits = (macOffset: number, isXdp: boolean) =>
      roomOfBytes(fakeBytes({ macOffset }), isXdp)
        ?.needs.filter((need) => need.fits)
        .map(({ bytes }) => bytes);
    expect(fits(16 + 50, false)).toEqual([4, 20, 38, 50]);
    expect(fits(16 + 49, false)).toEqual([4, 20, 38]);
    expect(fits(16 + 50, true)).toEqual([4]);
    expect(roomOfBytes(fakeBytes(), true)?.parts[0]).toEqual({ kind: 'reserved', from: 0, bytes: 40 });
  });

  it('draws nothing when the offsets are unknown or impossible', () => {
    expect(roomOfBytes(fakeBytes({ macOffset: null, dataOffset: null }), false)).toBeNull();
    expect(roomOfBytes(fakeBytes({ macOffset: 4 }), false)).toBeNull();
  });

  it('finds what differs, of areas and packets that grew to the front', () => {
    const bytes = (...values: number[]) => Uint8Array.from(values);
    expect(diffText(diffBytes(bytes(1, 2, 3), bytes(1, 9, 3)))).toBe('1 byte differs: @1 09 → 02');
    expect(diffText(diffBytes(bytes(7, 1, 2), bytes(1, 2)))).toBe('1 byte differs: @0 – → 07');
    expect(diffText(diffBytes(bytes(2), bytes(1, 2)))).toBe('1 byte in front is gone');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (same) => {
        expect(diffText(diffBytes(same, same.slice()))).toBe('no byte differs');
      }),
    );
  });

  it('is a C array of the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = cArray(bytes, 'Metadata area');
        expect(text).toContain(`metadata_area[${bytes.length}]`);
        const body = text.slice(text.indexOf('{'));
        expect([...body.matchAll(/0x(..)/g)].map(([, hex = '']) => parseInt(hex, 16))).toEqual([...bytes]);
      }),
    );
  });

  it('prints every byte once, whatever the length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const rows = rowsOf(bytes.length, 16);
        const seen = rows.flatMap((row) => Array.from({ length: row.count }, (_, i) => row.offset + i));
        expect(seen).toEqual(Array.from(bytes.keys()));
        expect(hexOf(bytes).length).toBe(bytes.length * 2);
      }),
    );
  });

  it('shows printable ASCII and a dot for the rest', () => {
    expect([0x41, 0x20, 0x7e, 0x7f, 0x00].map(asciiOf).join('')).toBe('A ~··');
  });
});
