import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelineBins } from '#workers/api.ts';
import { binsOfUpdate, heightOf, rowsOf, tableOf } from './rows.ts';

const bins = (part: Partial<TimelineBins> = {}): TimelineBins => ({
  fromNs: '1000',
  widthNs: 10,
  events: Uint32Array.of(4, 0, 2),
  withMetadata: Uint32Array.of(1, 0, 2),
  lost: Uint32Array.of(0, 0, 1),
  drops: Uint32Array.of(0, 0, 0),
  listed: null,
  tlv: null,
  ...part,
});

describe('rows of the timeline', () => {
  it('are those that the capture has something for, one below the other', () => {
    const quiet = rowsOf(bins(), { lost: false, drops: false });
    expect(quiet.map(({ kind, total }) => [kind, total])).toEqual([['events', 6]]);
    const harmed = rowsOf(bins(), { lost: true, drops: true });
    expect(harmed.map(({ kind, total }) => [kind, total])).toEqual([
      ['events', 6],
      ['lost', 1],
      ['drops', 0],
    ]);
    for (const [i, row] of harmed.entries()) {
      const before = harmed[i - 1];
      if (before !== undefined) expect(row.top).toBeGreaterThanOrEqual(before.top + before.height);
    }
    expect(heightOf(harmed)).toBeGreaterThan(heightOf(quiet));
    const low = rowsOf(bins(), { lost: true, drops: true }, true);
    expect(heightOf(low)).toBeLessThan(heightOf(harmed));
    // Only the first is lower: the others are as high as their names.
    expect(low.slice(1).map(({ height }) => height)).toEqual(harmed.slice(1).map(({ height }) => height));
  });

  it('have one for each value of a TLV, and one for all others', () => {
    const tlv = {
      name: 'verdict',
      values: [{ value: 'pass', filter: 'tlv.verdict == pass', counts: Uint32Array.of(1, 0, 1) }],
      others: Uint32Array.of(0, 0, 1),
      otherValues: 2,
    };
    const rows = rowsOf(bins({ tlv }), { lost: false, drops: false });
    expect(rows.map(({ label, filter, total }) => [label, filter, total])).toEqual([
      ['events', '', 6],
      ['pass', 'tlv.verdict == pass', 2],
      ['2 others', '', 1],
    ]);
  });

  it('come from an Update as well', () => {
    const { fromNs, widthNs } = binsOfUpdate({
      startNs: '1000',
      endNs: '1300',
      events: Uint32Array.of(1, 2, 3),
      withMetadata: new Uint32Array(3),
      lost: new Uint32Array(3),
      drops: new Uint32Array(3),
    });
    expect([fromNs, widthNs]).toEqual(['1000', 100]);
  });

  it('lose no event in the table', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        (counts, most) => {
          const events = Uint32Array.from(counts);
          const table = tableOf(bins({ events }), [events], most);
          expect(table.length).toBeLessThanOrEqual(most);
          expect(table.reduce((sum, row) => sum + row.counts[0]!, 0)).toBe(counts.reduce((a, b) => a + b, 0));
        },
      ),
    );
  });
});
