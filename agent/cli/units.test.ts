import { expect, test } from 'vitest';
import { formatSize, parseAge, parsePort, parseSize, parseWhole } from './units.ts';

test('sizes are powers of 1024', () => {
  expect(['1', '4k', '512M', '2GiB', '1 tb'].map(parseSize)).toEqual([1, 4096, 2 ** 29, 2 ** 31, 2 ** 40]);
  for (const bad of ['', '0', '-1', '1.5G', 'G', '1X', '9999999999999'])
    expect(() => parseSize(bad), bad).toThrow();
});

test('times have a unit', () => {
  expect(['90s', '15m', '24h', '7d'].map(parseAge)).toEqual([90_000, 900_000, 86_400_000, 604_800_000]);
  for (const bad of ['', '5', '0s', '1w', '-1s']) expect(() => parseAge(bad), bad).toThrow();
});

test('ports and numbers are whole and in range', () => {
  expect([parsePort('0'), parsePort('65535'), parseWhole('96')]).toEqual([0, 65_535, 96]);
  for (const bad of ['65536', '-1', '80.5', 'http', '']) expect(() => parsePort(bad), bad).toThrow();
});

test('sizes are printed for people', () => {
  expect([0, 1023, 1536, 3 * 2 ** 30].map(formatSize)).toEqual(['0 B', '1023 B', '1.5 KiB', '3.0 GiB']);
});
