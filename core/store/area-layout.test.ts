import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileSchema, createAreaScan, type AreaDecoder } from '#core/metadata/scan.ts';
import type { TlvSchema } from '#core/metadata/types.ts';
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

function decoderOf(framing: TlvSchema['framing']): AreaDecoder {
  const types = [1, 2, 3].map((type) => ({ type, name: `t${type}`, kind: 'bytes' as const }));
  return compileSchema({ whither: 2, name: 'layout', framing, types });
}

/** Of few different bytes, so that layouts come again, with other values and with other layouts between them. */
const anyArea = fc.uint8Array({ minLength: 1, maxLength: 14, max: 4 });

it('values of areas that are like one before are those of a scan of their own', () => {
  const anyAreas = fc.array(anyArea, { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.constantFrom(NARROW, WIDE), anyAreas, (framing, all) => {
      const areas = new AreaTable(1 << 24);
      const tlvs = new TlvIndex(areas, new AreaOrigins(new EventColumns(), () => NOWHERE));
      const decoder = decoderOf(framing);
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
          const number = digits.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
          expect((BigInt(value.hi) << 32n) | BigInt(value.lo)).toBe(number);
        });
      });
    }),
    { numRuns: 400 },
  );
});
