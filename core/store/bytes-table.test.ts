import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { BytesTable } from './bytes-table.ts';

const viewOf = (...bytes: number[]): DataView => new DataView(Uint8Array.from(bytes).buffer);

it('the same bytes get the same number, others another, and a number gives its bytes back (against a Map)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(3, 6, 16, 24),
      fc.array(fc.uint8Array({ minLength: 24, maxLength: 24, max: 3 }), { maxLength: 400 }),
      fc.integer(),
      (size, keys, seed) => {
        const table = new BytesTable(size, 1000, seed);
        const numbers = new Map<string, number>();
        for (const key of keys) {
          const text = String(key.subarray(0, size));
          if (!numbers.has(text)) numbers.set(text, numbers.size + 1);
          const number = table.intern(viewOf(9, ...key), 1);
          expect(number).toBe(numbers.get(text));
          expect(String(table.key(number))).toBe(text);
        }
        expect(table.count).toBe(numbers.size);
      },
    ),
  );
});

it('a full table says 0 for what is new and goes on knowing what it has', () => {
  const table = new BytesTable(4, 2, 7);
  const numbers = [1, 2, 3, 1, 2].map((byte) => table.intern(viewOf(0, 0, 0, byte), 0));
  expect(numbers).toEqual([1, 2, 0, 1, 2]);
});

it('thousands of keys are told apart while the table grows', () => {
  const table = new BytesTable(6, 1 << 20, 1);
  const key = viewOf(0, 0, 0, 0, 0, 0);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) {
      key.setUint32(2, i);
      if (table.intern(key, 0) !== i + 1) throw new Error(`key ${i} in round ${round}`);
    }
  }
  expect(table.count).toBe(20_000);
});
