import { describe, expect, it } from 'vitest';
import { offsetText, timeTicks } from './ticks.ts';

const START = 1_795_392_000_000_000_123n;
const S = 1_000_000_000n;
const texts = (fromNs: bigint, lengthNs: bigint, width = 1000): readonly string[] =>
  timeTicks({ from: START + fromNs, to: START + fromNs + lengthNs - 1n }, START, width).map(
    ({ text }) => text,
  );

describe('ticks of time', () => {
  it.each([
    ['whole seconds', 0n, 5n * S, ['0 s', '1 s', '2 s', '3 s', '4 s']],
    ['parts of one', 2n * S, S / 2n, ['2.0 s', '2.1 s', '2.2 s', '2.3 s', '2.4 s']],
    ['minutes', 0n, 600n * S, ['0:00', '2:00', '4:00', '6:00', '8:00']],
    ['hours', 0n, 6n * 3600n * S, ['0:00:00', '2:00:00', '4:00:00']],
    ['microseconds', 0n, 500_000n, ['0 µs', '100 µs', '200 µs', '300 µs', '400 µs']],
    [
      'nanoseconds deep in a capture',
      3n * S + 40n,
      50n,
      ['3.00000004 s', '3.00000005 s', '3.00000006 s', '3.00000007 s', '3.00000008 s'],
    ],
  ])('are %s', (_name, from, length, expected) => {
    expect(texts(from, length, 560)).toEqual(expected);
  });

  it('are where they say, and as many as there is room for', () => {
    const ticks = timeTicks({ from: START, to: START + 4n * S - 1n }, START, 600);
    expect(ticks.map(({ at }) => at)).toEqual([0, 0.25, 0.5, 0.75]);
    expect(texts(0n, S, 10)).toHaveLength(1);
  });

  it('tell times before the first event, too', () => {
    expect(offsetText(-1_500_000n, 500_000n, 5_000_000n)).toBe('−1.5 ms');
  });
});
