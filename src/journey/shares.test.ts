import { describe, expect, it } from 'vitest';
import { MAX_SHARES_VALUES, type SharesCell } from '#workers/api.ts';
import { sharesText } from './shares.ts';

const cell = (part: Partial<SharesCell>): SharesCell => ({
  present: 0,
  distinct: 0,
  value: '',
  valueEvents: 0,
  written: 0,
  changed: 0,
  lost: 0,
  ...part,
});

describe('a cell of the matrix of many journeys', () => {
  it('says the value where there is one, and how many where there are more', () => {
    expect(sharesText(cell({ present: 5, distinct: 1, value: 'pass', valueEvents: 5 }), 10)).toMatchObject({
      share: '50 %',
      values: 'pass',
    });
    const many = sharesText(cell({ present: 9, distinct: 3, value: '0x1', valueEvents: 4, changed: 2 }), 9);
    expect(many).toMatchObject({
      share: '100 %',
      values: '3 values',
      events: [{ kind: 'changed', text: '~ 2' }],
    });
    expect(many.title).toContain('most often 0x1 (4)');
    expect(sharesText(cell({ present: 1, distinct: MAX_SHARES_VALUES }), 9).values).toBe('1,024+ values');
  });

  it('says a loss where nothing is left', () => {
    expect(sharesText(cell({ lost: 3 }), 3)).toMatchObject({
      share: '',
      values: '',
      events: [{ kind: 'lost', text: '× 3' }],
    });
  });
});
