import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAreaScan } from './area-scan.ts';
import { fixedStructScan } from './fixed-struct-scan.ts';
import { sharedUnits, structScan, structScope } from './struct-scan.ts';
import type { StructFraming, TlvType } from './types.ts';

const field = fc.record(
  {
    kind: fc.constantFrom('uint' as const, 'ipv4' as const, 'bytes' as const),
    size: fc.constantFrom(1, 2, 4, 8),
    offset: fc.nat({ max: 20 }),
    count: fc.integer({ min: 1, max: 3 }),
    bits: fc.record({ from: fc.nat({ max: 4 }), count: fc.integer({ min: 1, max: 4 }) }),
  },
  { requiredKeys: ['kind', 'size'] },
);
const framings = fc.record(
  { start: fc.nat({ max: 4 }), size: fc.integer({ min: 1, max: 30 }), from: fc.constantFrom('start', 'end') },
  { requiredKeys: ['size'] },
);

it('reads structs as the scan of any struct does', () => {
  fc.assert(
    fc.property(
      fc.array(field, { maxLength: 6 }),
      framings,
      fc.boolean(),
      fc.uint8Array({ maxLength: 40 }),
      (drafts, { size, ...rest }, isSized, bytes) => {
        const framing = {
          kind: 'struct',
          endian: 'little',
          ...rest,
          ...((isSized || rest.from === 'end') && { size }),
        } as StructFraming;
        const types = drafts.map(({ count, bits, ...draft }, type): TlvType => ({
          ...draft,
          type,
          name: `f${type}`,
          ...(bits === undefined ? count !== undefined && { count } : { bits }),
        }));
        const fixed = fixedStructScan(framing, types, sharedUnits(types));
        const [a, b] = [createAreaScan(), createAreaScan()];
        fixed!(bytes, 0, bytes.length, a);
        structScan(framing, types, structScope(types, null))(bytes, 0, bytes.length, b);
        expect(a).toEqual(b);
      },
    ),
    { numRuns: 2000 },
  );
});
