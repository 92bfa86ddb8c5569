import { describe, expect, it } from 'vitest';
import type { Gap } from '#workers/api.ts';
import { lossOf } from './loss.ts';

const gap = (count: number | null): Gap => ({ hop: null, cause: 'x', count, fromNs: '1', toNs: '2' });

describe('what was lost', () => {
  it('is nothing without gaps', () => {
    expect(lossOf(0, [])).toEqual({ any: false, count: '0', text: 'no loss' });
  });

  it('is a number when every gap has one', () => {
    expect(lossOf(1312, [gap(1312)])).toEqual({ any: true, count: '1,312', text: '1,312 events lost' });
  });

  it('is never zero with a gap of which nobody knows the size', () => {
    expect(lossOf(0, [gap(null)])).toEqual({ any: true, count: '?', text: '1 gap of unknown size' });
    expect(lossOf(7, [gap(null), gap(7), gap(null)])).toEqual({
      any: true,
      count: '7 + ?',
      text: '7 events lost, and 2 gaps of unknown size',
    });
  });
});
