import { describe, expect, it } from 'vitest';
import { FIRST_SHARES, MIN_SHARE, moveSeparator, placeOf } from './shares.ts';

describe('the widths of the panes', () => {
  it('change on both sides of a separator only', () => {
    const moved = moveSeparator({ list: 0.4, journey: 0.3 }, 0, 0.5);
    expect(moved.list).toBeCloseTo(0.5, 9);
    expect(moved.journey).toBeCloseTo(0.2, 9);
    expect(placeOf(moved, 1)).toBeCloseTo(0.7, 9);
    expect(moveSeparator({ list: 0.4, journey: 0.3 }, 1, 0.6).list).toBe(0.4);
  });

  it.each([0, 1] as const)('never close a pane with separator %i', (separator) => {
    for (const to of [-1, 0, 1, 2]) {
      const { list, journey } = moveSeparator(FIRST_SHARES, separator, to);
      for (const share of [list, journey, 1 - list - journey]) {
        expect(share).toBeGreaterThanOrEqual(MIN_SHARE - 1e-9);
      }
    }
  });
});
