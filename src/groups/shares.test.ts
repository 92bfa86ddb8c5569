import { describe, expect, it } from 'vitest';
import { shareText, sortGroups } from './shares.ts';

describe('shares', () => {
  it.each([
    [0, 0, '0 %'],
    [0, 9, '0 %'],
    [9, 9, '100 %'],
    [9999, 10_000, '99 %'],
    [1, 10_000, '< 0.1 %'],
    [1, 200, '0.5 %'],
    [1, 3, '33 %'],
  ])('%i of %i', (part, whole, text) => {
    expect(shareText(part, whole)).toBe(text);
  });
});

describe('groups', () => {
  const group = (value: string, journeys: number, harmed: number) => ({
    value,
    journeys,
    harmed,
    share: journeys / 30,
    filter: `x == ${value}`,
  });
  const groups = [group('10', 20, 2), group('9', 9, 9), group('b', 1, 1)];

  it('are in order of their size, their values, or of the share that came to harm', () => {
    const values = (order: Parameters<typeof sortGroups>[1]) =>
      sortGroups(groups, order).map(({ value }) => value);
    expect(values('journeys')).toEqual(['10', '9', 'b']);
    expect(values('value')).toEqual(['9', '10', 'b']);
    expect(values('harmed')).toEqual(['9', 'b', '10']);
  });
});
