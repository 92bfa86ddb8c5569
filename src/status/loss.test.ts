import { describe, expect, it } from 'vitest';
import type { Gap } from '#workers/api.ts';
import { leftOutText, lossOf } from './loss.ts';

const gap = (count: number | null, cause = 'x', leftOut = false): Gap => ({
  hop: null,
  cause,
  count,
  leftOut,
  fromNs: '1',
  toNs: '2',
});

describe('what was missed', () => {
  it('is nothing of a restart that was asked for, which left out no number', () => {
    const restart = gap(null, 'asked', true);
    expect(lossOf(0, [restart])).toEqual({ any: false, count: '0', text: 'none missed' });
    expect(leftOutText(58, [restart, gap(58, 'sampling', true)])).toBe('58 left out by sampling');
  });

  it('is nothing without gaps', () => {
    expect(lossOf(0, [])).toEqual({ any: false, count: '0', text: 'none missed' });
  });

  it('is a number when every gap has one', () => {
    expect(lossOf(1312, [gap(1312)])).toEqual({ any: true, count: '1,312', text: '1,312 events missed' });
  });

  it('is never zero with a gap of which nobody knows the size', () => {
    expect(lossOf(0, [gap(null)])).toEqual({ any: true, count: '?', text: '1 gap of unknown size' });
    expect(lossOf(7, [gap(null), gap(7), gap(null)])).toEqual({
      any: true,
      count: '7 + ?',
      text: '7 events missed, and 2 gaps of unknown size',
    });
  });

  it('is not what was left out as asked, which has words of its own', () => {
    const gaps = [gap(800, 'sampling', true), gap(1000, 'rate limit', true), gap(24, 'sampling', true)];
    expect(lossOf(0, gaps)).toEqual({ any: false, count: '0', text: 'none missed' });
    expect(leftOutText(1824, gaps)).toBe('1,824 left out by sampling and rate limit');
    expect(leftOutText(0, [gap(7)])).toBeNull();
  });
});
