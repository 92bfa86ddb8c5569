import { describe, expect, it } from 'vitest';
import { journeyRows } from './rows.ts';
import { SCHEMA, sectionBytes, storeOf } from './testing/scenario.ts';

const RX = 'netif_receive_skb';
const TCX = 'tcx/ingress@first';

describe('rows', () => {
  it('show the latest value of a TLV, also where that is an empty text', () => {
    const schema = { ...SCHEMA, types: [{ type: 1, name: 'note', kind: 'string' as const }] };
    const store = storeOf(
      sectionBytes({
        schema,
        seen: [
          { hook: RX, id: 1n, us: 0, meta: [1, 1, 0x61, 0] },
          { hook: TCX, id: 1n, us: 1, meta: [1, 0, 0, 0] },
        ],
      }),
    );
    expect(journeyRows(store, Uint32Array.of(0), 0, 0).tlv).toEqual([['']]);
  });
});
