import { expect, it } from 'vitest';
import { growthText, roundedBytes, usedShare } from './bytes-text.ts';

it('bytes have one decimal where they have one, growth its sign', () => {
  expect([28, 3.26, 0].map(roundedBytes)).toEqual(['28', '3.3', '0']);
  expect([4, -2.5, 0, -0.01].map(growthText)).toEqual(['+4', '-2.5', '0', '0']);
});

it('the share is of what the buffer allows', () => {
  expect(usedShare({ most: 63, allowed: 252 })).toBe(0.25);
  expect(usedShare({ most: 4, allowed: 0 })).toBe(1);
  expect(usedShare({ most: 4, allowed: null })).toBeNull();
});
