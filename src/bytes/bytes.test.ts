import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeBytes } from '#src/testing/bytes.ts';
import { asciiOf, hexOf, rowsOf } from './hex.ts';
import { fieldLines, fieldSpans, MAX_FIELD_LINES, spanAt, tlvSpans } from './spans.ts';
import { stripOf } from './strip.ts';
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

  it('draws headroom, area and packet to scale', () => {
    const parts = stripOf(fakeBytes({ macOffset: 256, originalLength: 98, endOffset: 704 }));
    expect(parts?.map((part) => [part.kind, part.bytes])).toEqual([
      ['headroom', 240],
      ['area', 16],
      ['packet', 98],
      ['tailroom', 350],
    ]);
    expect(parts?.reduce((sum, part) => sum + part.share, 0)).toBeCloseTo(1, 9);
  });

  it('draws no strip when the offsets are unknown or impossible', () => {
    expect(stripOf(fakeBytes({ macOffset: null, dataOffset: null }))).toBeNull();
    expect(stripOf(fakeBytes({ macOffset: 4 }))).toBeNull();
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
