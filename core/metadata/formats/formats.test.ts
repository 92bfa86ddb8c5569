/**
 * Bytes as published (the standards' own examples, vectors of the kernel's and the projects' code, see each reference), what
 * they say, and that what they say gives the same bytes again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeArea } from '../decode.ts';
import { encodeArea } from '../encode.ts';
import { gapsOf } from '../gaps.ts';
import { leftover } from '../leftover.ts';
import { compileSchema } from '../scan.ts';
import { parseSchema } from '../schema.ts';
import { hex } from '../testing/schemas.ts';
import type { DecodedArea, MetadataSchema } from '../types.ts';
import { FORMATS, decodeFormat } from './formats.ts';
import { GENEVE, GENEVE_OPTIONS } from './geneve.ts';
import { PRODUCERS, XDP_META } from './producers.ts';
import { PROXY_V2_TLVS } from './proxy-v2.ts';
import { VECTORS } from './testing/vectors.ts';
import { TRAITS_V2 } from './traits.ts';

/** `name=value` of each TLV, by its number where it has no name. */
function said({ tlvs }: DecodedArea): string {
  return tlvs
    .map(({ name, type, value }) => `${name === '' ? `#${type.toString(16)}` : name}=${value}`)
    .join(' ');
}

function decoded(schema: MetadataSchema, text: string): DecodedArea {
  return decodeArea(compileSchema(schema), hex(text));
}

/** Decodes, and expects the same bytes from what was decoded. */
function roundTrip(schema: MetadataSchema, text: string): DecodedArea {
  const bytes = hex(text);
  const decoder = compileSchema(schema);
  const area = decodeArea(decoder, bytes);
  expect(encodeArea(decoder, area.tlvs, leftover(decoder, bytes, area.tlvs))).toEqual(bytes);
  return area;
}

describe('published bytes', () => {
  const cases = VECTORS.map(({ schema, bytes, says }) => [schema.name, bytes, says, schema] as const);
  it.each(cases)('%s %s', (_, bytes, says, schema) => {
    const area = roundTrip(schema, bytes);
    expect(area.fault).toBeNull();
    expect(said(area)).toBe(says);
  });
});

describe('every format', () => {
  it.each(FORMATS.map((format) => [format.id, format] as const))(
    '%s is a schema, written as one parses',
    (_, format) => {
      expect(parseSchema(JSON.stringify(format.schema))).toEqual({ ok: true, schema: format.schema });
      expect(format.reference).not.toBe('');
    },
  );

  it('has an id and a name of its own', () => {
    expect(new Set(FORMATS.map(({ id }) => id)).size).toBe(FORMATS.length);
    expect(new Set(FORMATS.map(({ schema }) => schema.name)).size).toBe(FORMATS.length);
  });

  it('reads any bytes without throwing, inside its bounds, and covers each byte once with its gaps', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FORMATS), fc.uint8Array({ maxLength: 300 }), ({ schema }, bytes) => {
        const decoder = compileSchema(schema);
        const { tlvs, fault } = decodeArea(decoder, bytes);
        const covered = new Uint8Array(bytes.length);
        for (const { offset, length, valueOffset, valueLength, value } of tlvs) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
          expect(valueOffset + valueLength).toBe(offset + length);
          expect(value).not.toMatch(/undefined|NaN|\[object/);
          covered.fill(1, offset, offset + length);
        }
        for (const { offset, length } of gapsOf(decoder, bytes)) {
          expect(covered.subarray(offset, offset + length).every((seen) => seen === 0)).toBe(true);
          covered.fill(1, offset, offset + length);
        }
        expect(covered.every((seen) => seen === 1)).toBe(true);
        expect(fault?.message ?? '').not.toMatch(/undefined|NaN/);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same bytes from what any bytes read as', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FORMATS), fc.uint8Array({ maxLength: 120 }), ({ schema }, bytes) => {
        const decoder = compileSchema(schema);
        const { tlvs } = decodeArea(decoder, bytes);
        expect(encodeArea(decoder, tlvs, leftover(decoder, bytes, tlvs))).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a part of a packet as it reads it alone, with offsets in the packet', () => {
    const packet = hex('ffff 014b81 02 0a000001 0050 0000 ffff');
    const { tlvs, fault } = decodeFormat(GENEVE_OPTIONS, packet, 2, 14);
    expect(fault).toBeNull();
    expect(tlvs[0]).toMatchObject({ offset: 2, valueOffset: 6, length: 12 });
    expect(tlvs[0]!.fields!.map(({ name, offset }) => [name, offset])).toEqual([
      ['address', 6],
      ['port', 10],
      ['pad', 12],
    ]);
  });
});

describe('damage', () => {
  it.each([
    [TRAITS_V2, '0200', 'The header of traits has 16 bytes, but the area has only 2 bytes.'],
    [
      TRAITS_V2,
      '02000000000000000000000000000000 4433',
      'The values of the traits reach past the area: at offset 16 only 2 bytes are left.',
    ],
    [XDP_META, '00000000', 'The area has 4 bytes, which do not hold the struct from hint_valid on.'],
    [GENEVE, '0340 6558', 'The area has 4 bytes, which do not hold the struct from vni on.'],
    [
      GENEVE_OPTIONS,
      '014b81 02 0a00',
      'TLV type 0x014b81 at offset 0 says 8 bytes of value, but only 2 bytes are left in the area.',
    ],
  ])('of $id %s is told', (format, bytes, message) => {
    expect(decoded(format.schema, bytes).fault?.message).toBe(message);
  });

  it('inside of a value is told there, and what is around it stays', () => {
    const { tlvs, fault } = decoded(PROXY_V2_TLVS.schema, '20000a 01 00000000 210007 5453 0500 01 61');
    expect(fault).toBeNull();
    expect(tlvs.map(({ name }) => name)).toEqual(['ssl', 'unique_id']);
    const inner = tlvs[0]!.fields!.find(({ name }) => name === 'tlvs')!;
    expect(inner.fault).toMatchObject({ code: 'overrun', offset: 8 });
  });
});

describe('structs that producers leave', () => {
  it.each([
    ['calico', '80000000', 'flags=ACCEPTED_BY_XDP'],
    ['loxilb', '0100 0200 00000000', 'iport=1 oport=2 skip=0'],
    ['psa-ebpf', '0800 0000', 'ether_type=IPv4 pad=0x0000'],
    ['xdp2skb-meta', '2a000000', 'mark=42'],
  ])('%s', (id, bytes, says) => {
    const format = PRODUCERS.find((one) => one.id === id)!;
    expect(said(roundTrip(format.schema, bytes))).toBe(says);
  });
});
