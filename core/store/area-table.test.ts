import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { AreaTable } from './area-table.ts';

const LIMIT = 64 * 1024 * 1024;

it('areas of any length come back as they were, also across pages of the heap', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(lengths, fc.nat(40_000), (all, before) => {
      const areas = new AreaTable(LIMIT);
      const bytes = new Uint8Array(
        Uint32Array.from({ length: 64 }, (_, i) => Math.imul(i + 1, 0x9e3779b1)).buffer,
      );
      const source = new DataView(bytes.buffer);
      // 32 bytes each with their header: pages end in the middle of what follows, or right behind it.
      for (let i = 0; i < before; i++) areas.keep(source, 0, 28, 0);
      const numbers = all.map((length) => areas.keep(source, 0, length, 0));
      numbers.forEach((number, i) => {
        expect(number).toBe(before + i + 1);
        expect(areas.length(number)).toBe(all[i]);
        expect(areas.bytes(number)).toEqual(bytes.slice(0, all[i]));
      });
    }),
    { numRuns: 60 },
  );
});

it('a previous area is kept once when the bytes are the same, to the last of them', () => {
  const areas = new AreaTable(LIMIT);
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 9);
  const source = new DataView(bytes.buffer);
  expect(areas.keep(source, 0, 8, 0)).toBe(1);
  expect(areas.keep(source, 0, 8, 1)).toBe(1);
  expect(areas.keep(source, 0, 7, 1)).toBe(2);
  expect(areas.keep(source, 8, 7, 2)).toBe(2);
  expect(areas.keep(source, 8, 8, 1)).toBe(3);
});

it('a full heap keeps nothing more', () => {
  const areas = new AreaTable(24);
  const source = new DataView(new ArrayBuffer(16));
  expect([areas.keep(source, 0, 16, 0), areas.keep(source, 0, 16, 0), areas.count]).toEqual([1, 0, 1]);
});
