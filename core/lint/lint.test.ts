import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '#core/metadata/formats/formats.ts';
import { XDP_META } from '#core/metadata/formats/producers.ts';
import { PROXY_V2_TLVS } from '#core/metadata/formats/proxy-v2.ts';
import { compileSchema } from '#core/metadata/scan.ts';
import { EDGE, framed, hex } from '#core/metadata/testing/schemas.ts';
import type { MetadataSchema, TlvType } from '#core/metadata/types.ts';
import { client, sectionBytes, seen, storeOf, trace, verdict } from '#core/store/testing/scenario.ts';
import { findingText } from './finding.ts';
import { lintArea, MAX_FINDINGS } from './lint-area.ts';
import { LintSummaryQuery } from './lint-summary.ts';

/** `code@offset name` of each finding, without notes. */
function lint(schema: MetadataSchema, area: string, headroom: number | null = null): string[] {
  return lintArea(compileSchema(schema), hex(area), headroom)
    .filter(({ code }) => code !== 'misaligned')
    .map(({ code, offset, name, type }) => `${code}@${offset} ${name || type}`);
}

const type = (changes: Partial<TlvType>): TlvType => ({ type: 1, name: 'x', kind: 'uint', ...changes });
const typed = (changes: Partial<TlvType>): MetadataSchema => framed({}, [type(changes)]);

describe('an area', () => {
  it('that is as it should be has no finding', () => {
    expect(lint(EDGE, '0108 8877665544332211 020101 03040a000001 04022a00 00', 200)).toEqual([]);
    expect(lint(EDGE, '', 0)).toEqual([]);
  });

  it.each([
    ['0108 8877', 'overrun@0 trace_id'],
    ['020101 09', 'truncated@3 null'],
    ['020101 020102', 'duplicate-type@3 verdict'],
    ['0901ff', 'unknown-type@0 9'],
    ['020107', 'not-in-enum@0 verdict'],
    ['0303 0a0000', 'kind-mismatch@2 origin'],
    ['0409 000000000000000000', 'kind-mismatch@2 tenant'],
  ])('%s: %s', (area, finding) => {
    expect(lint(EDGE, area)).toEqual([finding.replace('not-in-enum@0', 'not-in-enum@2')]);
  });

  it('whose length counts its header and is too small', () => {
    expect(lint(framed({ lengthIncludesHeader: true }), '0901')).toEqual(['length@0 9']);
  });

  it('has padding that must be zero, and nothing behind', () => {
    const padded = framed({ align: 4, terminator: 0 }, [type({})]);
    expect(lint(padded, '010101 00 00')).toEqual([]);
    expect(lint(padded, '010101 ff 00')).toEqual(['padding-not-zero@3 null']);
    expect(lint(padded, '010101 00 00 0000aa')).toEqual(['padding-not-zero@5 null']);
    expect(lint(padded, '010101 00 00 000000 00000000')).toEqual(['trailing-bytes@5 null']);
    const struct: MetadataSchema = {
      whither: 2,
      name: 's',
      framing: { kind: 'struct', endian: 'little' },
      types: [
        { type: 0, name: 'a', kind: 'uint', size: 1 },
        { type: 1, name: 'b', kind: 'uint', size: 2, offset: 2 },
      ],
    };
    expect(lint(struct, '01 00 0200')).toEqual([]);
    expect(lint(struct, '01 aa 0200')).toEqual(['padding-not-zero@1 null']);
    expect(lint(struct, '01 00 0200 bb')).toEqual(['trailing-bytes@4 null']);
  });

  it('with words at odd places says so in a note', () => {
    const found = lintArea(compileSchema(EDGE), hex('0108 8877665544332211'));
    expect(found).toMatchObject([{ code: 'misaligned', offset: 2, length: 8, name: 'trace_id' }]);
  });

  it('that leaves no room for encapsulation in front of it', () => {
    expect(lint(EDGE, '020101 00', 49)).toEqual(['no-room@0 null']);
    expect(lint(EDGE, '020101 00', 50)).toEqual([]);
  });

  it('is looked at inside of its values, by the path of names', () => {
    const { schema } = PROXY_V2_TLVS;
    expect(lint(schema, '20000b 01 00000000 290003 616263')).toEqual(['unknown-type@8 41']);
    expect(lint(schema, '20000a 09 00000000 210007 5453')).toEqual([
      'not-in-enum@3 ssl.client',
      'overrun@8 ssl.tlvs.ssl_version',
    ]);
  });

  it('of a struct that is cut names the field', () => {
    expect(lint(XDP_META.schema, '00000000')).toEqual(['truncated@0 hint_valid']);
  });
});

describe('a byte order that looks swapped', () => {
  it.each([
    [{ kind: 'enum', names: { 1: 'one' }, endian: 'big' }, '0102 0100', true],
    [{ kind: 'enum', names: { 1: 'one', 256: 'many' }, endian: 'big' }, '0102 0100', false],
    [{ kind: 'flags', names: { 0: 'low' }, endian: 'little' }, '0104 00000001', true],
    [{ kind: 'uint', endian: 'little' }, '0104 0000002a', true],
    [{ kind: 'uint', endian: 'big' }, '0104 0000002a', false],
    [{ kind: 'uint', endian: 'little', display: 'hex' }, '0104 0000002a', false],
    [{ kind: 'uint', endian: 'little' }, '0102 002a', false],
    [{ kind: 'timestamp', timestamp: { unit: 's', epoch: 'unix' }, endian: 'little' }, '0104 692330fa', true],
    [{ kind: 'timestamp', timestamp: { unit: 's', epoch: 'unix' }, endian: 'big' }, '0104 692330fa', false],
    [
      { kind: 'timestamp', timestamp: { unit: 'ns', epoch: 'boot' }, endian: 'little' },
      '0108 000000e8d4a510f0',
      true,
    ],
  ] as const)('%j %s: %s', (changes, area, isSuspect) => {
    const codes = lint(typed(changes as Partial<TlvType>), area).map((text) => text.split('@')[0]);
    expect(codes.includes('byte-order')).toBe(isSuspect);
  });
});

describe('any area', () => {
  it('has findings inside of it, each with a sentence, and never too many', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(EDGE, ...FORMATS.map(({ schema }) => schema)),
        fc.uint8Array({ maxLength: 252 }),
        (schema, bytes) => {
          const decoder = compileSchema(schema);
          const found = lintArea(decoder, bytes, 10);
          expect(found.length).toBeLessThanOrEqual(MAX_FINDINGS);
          for (const finding of found) {
            expect(finding.offset + finding.length).toBeLessThanOrEqual(bytes.length);
            expect(findingText(finding, decoder)).not.toMatch(/undefined|null|NaN/);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('all events', () => {
  const macOffset = (n: number) => ({ fields: { macOffset: n, dataOffset: n } });

  it('are summed by hop and kind, with an example', () => {
    const store = seen(
      { hook: 'tcx/ingress@first', id: 1n, us: 0, meta: [...trace(1), ...verdict(7), 0] },
      { hook: 'nf/prerouting', id: 1n, us: 1, meta: [...trace(1), ...verdict(7), 0] },
      { hook: 'tcx/ingress@first', id: 2n, us: 2, meta: [...trace(2), ...verdict(7), ...verdict(1)] },
      { hook: 'tcx/ingress@first', id: 3n, us: 3, meta: [...client(1)] },
      { hook: 'tcx/ingress@first', id: 4n, us: 4, meta: [1, 4, 0, 0], ...macOffset(50) },
      { hook: 'tcx/ingress@first', id: 5n, us: 5 },
    );
    const query = new LintSummaryQuery(store);
    while (!query.advance(2)) continue;
    const { rows, events, flawed, omitted } = query.summary();
    expect({ events, flawed, omitted }).toEqual({ events: 5, flawed: 4, omitted: 0 });
    const lines = rows
      .filter(({ severity }) => severity !== 'note')
      .map(
        (row) =>
          `${store.hops.hops[row.hop]!.name} ${row.code} ${row.name} ${row.events}/${row.of} ${row.exampleId}`,
      );
    expect(lines).toEqual([
      'eth0:tcx/ingress@first overrun trace 1/4 4',
      'eth0:tcx/ingress@first not-in-enum verdict 2/4 1',
      'eth0:tcx/ingress@first duplicate-type verdict 1/4 2',
      'eth0:tcx/ingress@first no-room  1/4 4',
      'eth0:nf/prerouting not-in-enum verdict 1/1 1',
    ]);
    expect(rows[1]!.text).toBe('verdict at offset 8 is 7, which has no name.');
  });

  it('without a schema have no findings', () => {
    const bytes = sectionBytes({ schema: null, seen: [{ hook: 'nf/prerouting', id: 1n, us: 0, meta: [9] }] });
    const query = new LintSummaryQuery(storeOf(bytes));
    expect(query.advance(10)).toBe(true);
    expect(query.summary()).toEqual({ rows: [], omitted: 0, events: 0, flawed: 0 });
  });
});
