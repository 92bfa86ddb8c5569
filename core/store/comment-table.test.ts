import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CommentTable } from './comment-table.ts';

it('gives every set of comments a number of its own, and the comments back by it', () => {
  const sets = fc.array(
    fc.array(fc.constantFrom('bad', 'look', '1', '1,2', ''), { minLength: 1, maxLength: 3 }),
  );
  fc.assert(
    fc.property(sets, (all) => {
      const table = new CommentTable();
      const numbers = all.map((comments) => table.keep(comments));
      expect(numbers.map((set) => table.textsOf(set))).toEqual(all);
      const different = new Set(all.map((comments) => JSON.stringify(comments)));
      expect([new Set(numbers).size, table.count]).toEqual([different.size, different.size]);
    }),
  );
});

it('keeps no more texts, sets and characters than it may, and those that it has', () => {
  const table = new CommentTable(2, 10);
  expect(table.keep(['four'])).toBe(1);
  expect(table.keep(['longer!'])).toBe(0);
  expect(table.keep(['sixsix'])).toBe(2);
  expect([table.keep(['x']), table.keep(['four', 'sixsix'])]).toEqual([0, 0]);
  expect([table.keep(['four']), table.count, table.textsOf(0), table.textsOf(9)]).toEqual([1, 2, [], []]);
  expect(new CommentTable(2).keep(['three', 'in', 'one'])).toBe(0);
});
