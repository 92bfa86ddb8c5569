import { describe, expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import type { CaptureStore } from './capture-store.ts';
import { MatrixQuery } from './matrix-query.ts';
import { client, seen, sectionBytes, storeOf, trace, verdict, type Seen } from './testing/scenario.ts';
import { MAX_SHARES_VALUES, type MatrixShares } from './view.ts';

const RX = 'netif_receive_skb';
const TCX = 'tcx/ingress@first';

function sharesOf(store: CaptureStore, members = (_journey: number) => true, budget = 2): MatrixShares {
  const query = new MatrixQuery(store, members);
  while (!query.advance(budget)) continue;
  return query.shares();
}

const at = (hook: string, id: number, us: number, meta?: readonly number[]): Seen => ({
  hook,
  id: BigInt(id),
  us,
  ...(meta === undefined ? {} : { meta }),
});

describe('the matrix of many journeys', () => {
  const store = seen(
    at(RX, 1, 0, trace(1)),
    at(TCX, 1, 1, [...trace(1), ...verdict(0)]),
    at(RX, 2, 2, trace(2)),
    at(TCX, 2, 3, [...trace(3), ...verdict(0)]),
    at(RX, 3, 4, trace(2)),
    at(TCX, 3, 5),
  );

  it('counts events, values and what became of them, for each hop and TLV', () => {
    const { journeys, hops, rows } = sharesOf(store);
    expect(journeys).toBe(3);
    expect(hops).toEqual([
      { hop: 0, events: 3, withMetadata: 3 },
      { hop: 1, events: 3, withMetadata: 2 },
    ]);
    expect(rows.map(({ name }) => name)).toEqual(['trace', 'verdict']);
    expect(rows[0]?.cells).toEqual([
      { present: 3, distinct: 2, value: '0x00000002', valueEvents: 2, written: 3, changed: 0, lost: 0 },
      { present: 2, distinct: 2, value: '0x00000001', valueEvents: 1, written: 0, changed: 1, lost: 1 },
    ]);
    expect(rows[1]?.cells[1]).toMatchObject({ present: 2, distinct: 1, value: 'pass', written: 2 });
  });

  it('is of the journeys that are asked about', () => {
    const { journeys, rows } = sharesOf(store, (journey) => journey === 2);
    expect(journeys).toBe(1);
    expect(rows[0]?.cells.map(({ lost }) => lost)).toEqual([0, 1]);
    expect(rows.map(({ name }) => name)).toEqual(['trace']);
  });

  it('takes what could not be read for no loss', () => {
    const unread: Seen = { hook: TCX, id: 1n, us: 1, state: META_STATE.unreadable };
    const cells = sharesOf(seen(at(RX, 1, 0, trace(1)), unread)).rows[0]?.cells;
    expect(cells?.[1]).toMatchObject({ present: 0, lost: 0 });
  });

  it('says of more values than are told apart that there are as many', () => {
    const many = Array.from({ length: MAX_SHARES_VALUES + 5 }, (_, i) => at(RX, i + 1, i, trace(i)));
    expect(sharesOf(seen(...many)).rows[0]?.cells[0]).toMatchObject({
      present: MAX_SHARES_VALUES + 5,
      distinct: MAX_SHARES_VALUES,
    });
  });

  it('has a row for the area where no schema reads it', () => {
    const plain = storeOf(sectionBytes({ schema: null, seen: [at(RX, 1, 0, client(1))] }));
    expect(sharesOf(plain).rows).toMatchObject([{ name: 'metadata', cells: [{ present: 1, distinct: 1 }] }]);
  });
});
