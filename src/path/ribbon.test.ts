import { expect, it } from 'vitest';
import { bent, straight } from './ribbon.ts';

const POINTS = [
  { x: 0, low: 10, high: 0 },
  { x: 20.04, low: 30, high: 26 },
];

it('goes along the upper edge and back by the lower', () => {
  expect(straight(POINTS)).toBe('M0,0L20,26L20,30L0,10Z');
  expect(bent(POINTS)).toBe('M0,0C10,0,10,26,20,26L20,30C10,30,10,10,0,10Z');
});

it('is nothing of no points, and closed of one', () => {
  expect([straight([]), bent([])]).toEqual(['', '']);
  expect(straight(POINTS.slice(0, 1))).toBe('M0,0L0,10Z');
});
