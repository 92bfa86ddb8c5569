import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { deltaNs, nsFromParts, nsHi, nsLo } from './ns.ts';

const U64_MAX = (1n << 64n) - 1n;

it('a time survives being cut into two u32 and joined again, to the last nanosecond', () => {
  expect(nsFromParts(0x18ea_84a2, 0xffff_ffff)).toBe(0x18ea_84a2_ffff_ffffn);
  fc.assert(
    fc.property(fc.bigInt(0n, U64_MAX), (time) => {
      const joined = nsFromParts(Number(time >> 32n), Number(time & 0xffff_ffffn));
      expect([joined, nsHi(joined), nsLo(joined)]).toEqual([
        time,
        Number(time >> 32n),
        Number(time & 0xffff_ffffn),
      ]);
    }),
  );
});

it('a difference of up to 104 days is exact, in both directions', () => {
  const start = 1_795_392_000_000_000_001n;
  fc.assert(
    fc.property(fc.bigInt(-(1n << 53n), 1n << 53n), (delta) => {
      const end = start + delta;
      const parts = [start, end].flatMap((t) => [Number(t >> 32n), Number(t & 0xffff_ffffn)]);
      expect(deltaNs(parts[0]!, parts[1]!, parts[2]!, parts[3]!)).toBe(Number(delta));
    }),
  );
});
