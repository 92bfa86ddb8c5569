import { describe, expect, it } from 'vitest';
import { printAbsolute, printBytes, printDuration, printMany, printRelative, printRough } from './print.ts';

describe('printing', () => {
  it('counts one of a thing, and many', () => {
    expect([0, 1, 1234].map((count) => printMany(count, 'journey'))).toEqual([
      '0 journeys',
      '1 journey',
      '1,234 journeys',
    ]);
    expect(printMany(2, 'byte differs', 'bytes differ')).toBe('2 bytes differ');
  });

  it('keeps nanoseconds of a Unix time', () => {
    expect(printAbsolute(1_700_000_000_123_456_789n)).toBe('2023-11-14 22:13:20.123456789 UTC');
  });

  it('says seconds since the start to the microsecond', () => {
    const at = 1_700_000_014_913_204_117n;
    expect(printRelative(Number(at >> 32n), Number(at & 0xffff_ffffn), '1700000000000000000')).toBe(
      '14.913204',
    );
  });

  it.each([
    [0, '0'],
    [812, '812 ns'],
    [1937, '1.94 µs'],
    [3_100_000, '3.1 ms'],
    [2_400_000_000, '2.4 s'],
  ])('prints %i ns as %s', (ns, text) => expect(printDuration(ns)).toBe(text));

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [8_388_608, '8.39 MB'],
  ])('prints %i bytes as %s', (bytes, text) => expect(printBytes(bytes)).toBe(text));

  it.each([
    [950, '950'],
    [12_400, '12.4 k'],
    [999_600, '1 M'],
    [2_100_000, '2.1 M'],
  ])('prints %i roughly as %s', (value, text) => expect(printRough(value)).toBe(text));
});
