import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileSchema, createAreaScan } from '#core/metadata/scan.ts';
import type { Layout, TlvSchema } from '#core/metadata/types.ts';
import { NOWHERE } from '#core/metadata/choose.ts';
import { AreaOrigins } from './area-origins.ts';
import { AreaTable } from './area-table.ts';
import { EventColumns } from './event-columns.ts';
import { TlvIndex } from './tlv-index.ts';

const NARROW: TlvSchema['framing'] = {
  kind: 'tlv',
  typeBytes: 1,
  lengthBytes: 1,
  endian: 'little',
  pad: 0,
  terminator: 9,
};
const WIDE: TlvSchema['framing'] = { ...NARROW, typeBytes: 2, align: 2 };

const NAMES = [1, 2, 3].map((type) => ({ type, name: `t${type}`, kind: 'bytes' as const }));
const STRUCT = { kind: 'struct', endian: 'big' } as const;
const LAYOUTS: readonly Layout[] = [
  { framing: NARROW, types: NAMES },
  { framing: WIDE, types: NAMES },
  { framing: { kind: 'traits', version: 2, endian: 'little' }, types: NAMES },
  // Always in the same places, with a hole between them.
  {
    framing: STRUCT,
    types: [
      { type: 0, name: 'a', kind: 'uint', size: 1 },
      { type: 1, name: 'b', kind: 'uint', size: 2, offset: 3 },
    ],
  },
  // Places depend on values of the fields before.
  {
    framing: STRUCT,
    types: [
      { type: 0, name: 'length', kind: 'uint', size: 1 },
      { type: 1, name: 'value', kind: 'bytes', size: { field: 'length' } },
      { type: 2, name: 'flag', kind: 'uint', size: 1, bits: { from: 1, count: 1 } },
      { type: 3, name: 'more', kind: 'uint', size: 2, only: { field: 'flag' } },
      { type: 4, name: 'list', kind: 'uint', size: 1, count: { field: 'more' } },
      { type: 5, name: 'rest', kind: 'bytes', size: 'rest', only: { room: 1 } },
    ],
  },
];

/** Of few different bytes, so that layouts come again, with other values and with other layouts between them. */
const anyArea = fc.uint8Array({ minLength: 1, maxLength: 20, max: 4 });

it('values of areas that are like one before are those of a scan of their own', () => {
  const anyAreas = fc.array(anyArea, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.constantFrom(...LAYOUTS), anyAreas, (layout, all) => {
      const areas = new AreaTable(1 << 24);
      const tlvs = new TlvIndex(areas, new AreaOrigins(new EventColumns(), () => NOWHERE));
      const decoder = compileSchema({ whither: 2, name: 'layout', ...layout });
      tlvs.addCaptured(decoder);
      const scan = createAreaScan();
      for (const bytes of all) areas.keep(new DataView(bytes.buffer), 0, bytes.length, 0);
      tlvs.added();
      all.forEach((bytes, i) => {
        decoder.scan(bytes, 0, bytes.length, scan);
        decoder.names.forEach((_, column) => {
          const first = scan.column.subarray(0, scan.count).indexOf(column);
          const value = tlvs.value(column, i + 1);
          expect(value?.length ?? -1).toBe(first < 0 ? -1 : scan.valueLength[first]!);
          if (value === null || value.length === 0) return;
          const start = scan.valueOffset[first]!;
          const digits = [...bytes.subarray(start, start + Math.min(value.length, 8))];
          const isLittle = layout.types[column]!.kind === 'uint' && layout.framing.endian === 'little';
          if (isLittle) digits.reverse();
          const number = digits.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
          expect((BigInt(value.hi) << 32n) | BigInt(value.lo)).toBe(number);
        });
      });
    }),
    { numRuns: 800 },
  );
});
