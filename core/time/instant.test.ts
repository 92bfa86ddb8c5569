import { expect, it } from 'vitest';
import { printMinute } from './instant.ts';

it('a time is told to the minute, and what is none as it is', () => {
  expect(printMinute('2026-11-26T13:07:59.123+01:00')).toBe('2026-11-26 12:07 UTC');
  expect(printMinute('2026-99-99T00:00:00Z')).toBe('2026-99-99T00:00:00Z');
});
