import { describe, expect, it } from 'vitest';
import { FAKE_DETAIL } from '#src/testing/detail.ts';
import type { JourneyDetail, JourneyLink } from '#workers/api.ts';
import { joinJourneys, linksToJoin } from './joined.ts';

const link = (direction: 'from' | 'to', journey: number | null): JourneyLink => ({
  direction,
  kind: 'clone',
  known: 'exact',
  journey,
  id: String(journey),
  evidence: 'skb_clone() was seen.',
});

/** The journey of FAKE_DETAIL up to hop `last`, which has trace_id `value` there. */
function other(journey: number, value: string, startNs: bigint): JourneyDetail {
  const [hop] = FAKE_DETAIL.hops;
  const [row] = FAKE_DETAIL.rows;
  return {
    ...FAKE_DETAIL,
    journey,
    id: String(journey),
    hops: [0n, 500n].map((ns, i) => ({ ...hop!, event: 1000 * journey + i, timeNs: String(startNs + ns) })),
    rows: [
      {
        ...row!,
        cells: [
          { value, state: value === '' ? 'absent' : 'written' },
          { value, state: value === '' ? 'absent' : 'same' },
        ],
      },
    ],
    beside: [
      {
        name: 'mark',
        cells: [
          { value: '0x00000010', changed: false },
          { value: '', changed: true },
        ],
      },
    ],
  };
}

const lastNs = BigInt(FAKE_DETAIL.hops.at(-1)!.timeNs);
const cut: JourneyDetail = {
  ...FAKE_DETAIL,
  hops: FAKE_DETAIL.hops.slice(0, 4),
  rows: FAKE_DETAIL.rows.map((row) => ({ ...row, cells: row.cells.slice(0, 4) })),
  beside: FAKE_DETAIL.beside.map((row) => ({ ...row, cells: row.cells.slice(0, 4) })),
  links: [link('to', 8), link('from', 6), link('to', null), link('to', 8)],
};

describe('a journey and those it goes on in', () => {
  it('asks for each known journey once, those before it first', () => {
    expect(linksToJoin(cut).map(({ journey }) => journey)).toEqual([6, 8]);
  });

  it('are one row of columns, where a value is said once', () => {
    const others = new Map([[8, other(8, '0x23', lastNs + 1000n)]]);
    const { detail, parts, offset } = joinJourneys(cut, others);
    expect(offset).toBe(0);
    expect(parts.map(({ journey, from, count }) => [journey, from, count])).toEqual([
      [7, 0, 4],
      [8, 4, 2],
    ]);
    expect(detail.rows[0]?.cells.map(({ state }) => state)).toEqual([
      'absent',
      'written',
      'same',
      'changed',
      'same',
      'same',
    ]);
    expect(
      detail.rows[1]?.cells.map(({ state }) => state).slice(4),
      'the other TLV did not come along',
    ).toEqual(['lost', 'absent']);
    expect(detail.beside[0]?.cells.map(({ changed }) => changed)).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
    expect(detail.hops[4]?.deltaNs).toBe(Number(lastNs + 1000n - BigInt(cut.hops[3]!.timeNs)));
  });

  it('stand behind the one they come from, and places move along', () => {
    const located = {
      ...cut,
      locations: [
        {
          type: 1,
          name: 'trace_id',
          value: '0x22',
          places: [
            { where: 'area' as const, hop: 1, name: 'x', timeNs: '0', known: 'seen' as const, evidence: '' },
            {
              where: 'map' as const,
              hop: null,
              name: 'flows',
              timeNs: '0',
              known: 'seen' as const,
              evidence: '',
            },
          ],
        },
      ],
    };
    const { detail, offset } = joinJourneys(located, new Map([[6, other(6, '0x21', 0n)]]));
    expect(offset).toBe(2);
    expect(detail.locations[0]?.places.map(({ hop }) => hop)).toEqual([3, null]);
    expect(detail.rows[0]?.cells.map(({ state }) => state).slice(0, 4)).toEqual([
      'written',
      'same',
      'lost',
      'written',
    ]);
  });
});
