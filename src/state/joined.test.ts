import { describe, expect, it } from 'vitest';
import { joined } from './joined.ts';

describe('a filter with one more expression', () => {
  it.each([
    ['', 'a == 1', 'only', 'a == 1'],
    ['b', 'a == 1', 'only', 'a == 1'],
    ['b', 'a == 1', 'not', '!(a == 1)'],
    ['', 'a == 1', 'and', 'a == 1'],
    ['b', 'a == 1', 'and', 'b && a == 1'],
    ['b || c', 'a == 1', 'and', '(b || c) && a == 1'],
    ['b or c', 'a == 1', 'and-not', '(b or c) && !(a == 1)'],
    ['', 'a == 1', 'and-not', '!(a == 1)'],
    ['b && c', 'a == 1', 'or', 'b && c || a == 1'],
  ] as const)('%s, %s, %s', (where, expression, how, expected) => {
    expect(joined(where, expression, how)).toBe(expected);
  });
});
