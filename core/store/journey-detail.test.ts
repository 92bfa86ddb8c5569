import { describe, expect, it } from 'vitest';
import { META_STATE } from '#core/format/structs.ts';
import { journeyDetail } from './journey-detail.ts';
import { journeyRows } from './rows.ts';
import {
  client,
  sectionBytes,
  seen,
  START_NS,
  storeOf,
  trace,
  verdict,
  type Seen,
} from './testing/scenario.ts';
import { CELL, MAX_JOURNEY_EVENTS, type MatrixCell } from './view.ts';

const RX = 'netif_receive_skb';
const TCX = 'tcx/ingress@first';
const LAST = 'tcx/ingress@last';
const SOCKET = 'skb_copy_datagram_iovec';
const FREE = 'consume_skb';
const PAD = [0];

function matrixOf(...events: readonly Seen[]): Record<string, string[]> {
  const detail = journeyDetail(seen(...events), 0);
  const print = ({ value, state }: MatrixCell): string => (value === '' ? state : `${state} ${value}`);
  return Object.fromEntries(detail.rows.map((row) => [row.name, row.cells.map(print)]));
}

const cellsOf = (...events: readonly Seen[]): number[] =>
  journeyDetail(seen(...events), 0).hops.map(({ cell }) => cell);

describe('the matrix of a journey', () => {
  it('shows each TLV written, the same, changed, lost once and absent from then on', () => {
    expect(
      matrixOf(
        { hook: RX, id: 1n, us: 0, meta: [...trace(1), 0, 0] },
        { hook: TCX, id: 1n, us: 1, meta: [...trace(1), ...verdict(0), ...PAD, 0, 0] },
        { hook: LAST, id: 1n, us: 2, meta: [...trace(2), ...verdict(0), ...client(9), ...PAD] },
        { hook: SOCKET, id: 1n, us: 3 },
        { hook: FREE, id: 1n, us: 4 },
      ),
    ).toEqual({
      trace: ['written 0x00000001', 'same 0x00000001', 'changed 0x00000002', 'lost', 'absent'],
      verdict: ['absent', 'written pass', 'same pass', 'lost', 'absent'],
      client: ['absent', 'absent', 'written 192.0.2.9', 'lost', 'absent'],
    });
  });

  it('loses a single TLV while the area stays, and calls it written when it comes back', () => {
    expect(
      matrixOf(
        { hook: RX, id: 1n, us: 0, meta: [...trace(1), ...verdict(1), 0, 0, 0] },
        { hook: TCX, id: 1n, us: 1, meta: [...verdict(1), 0] },
        { hook: LAST, id: 1n, us: 2, meta: [...trace(1), ...verdict(1), 0, 0, 0] },
      ),
    ).toEqual({
      trace: ['written 0x00000001', 'lost', 'written 0x00000001'],
      verdict: ['written drop', 'same drop', 'same drop'],
    });
  });

  it('neither loses nor changes anything where the area cannot be read', () => {
    expect(
      matrixOf(
        { hook: RX, id: 1n, us: 0, meta: [...trace(1), 0, 0] },
        { hook: TCX, id: 1n, us: 1, state: META_STATE.unreadable },
        { hook: LAST, id: 1n, us: 2, state: META_STATE.unlocatable },
        { hook: FREE, id: 1n, us: 3, meta: [...trace(1), 0, 0] },
      ),
    ).toEqual({ trace: ['written 0x00000001', 'unreadable', 'unreadable', 'same 0x00000001'] });
  });

  it('has two rows for a type that an area has twice, and one without a name for an unknown type', () => {
    const detail = journeyDetail(
      seen({ hook: RX, id: 1n, us: 0, meta: [...verdict(0), ...verdict(1), 9, 1, 7, 0, 0, 0] }),
      0,
    );
    expect(detail.rows.map(({ type, name, kind, cells }) => [type, name, kind, cells[0]!.value])).toEqual([
      [2, 'verdict', 'enum', 'pass'],
      [2, 'verdict', 'enum', 'drop'],
      [9, '', 'bytes', '07'],
    ]);
  });

  it('shows the bytes of the area where no schema reads it', () => {
    const events = [{ hook: RX, id: 1n, us: 0, meta: [0xde, 0xad, 0xbe, 0xef] }];
    const detail = journeyDetail(storeOf(sectionBytes({ schema: null, seen: events })), 0);
    expect(detail.rows).toEqual([
      {
        type: -1,
        name: 'metadata',
        kind: 'bytes',
        note: { description: '', owner: '', colour: null },
        cells: [{ value: 'deadbeef', state: 'written' }],
      },
    ]);
  });
});

describe('the events of a journey', () => {
  it('stand in order of time, those of one time in order of arrival', () => {
    const store = seen(
      { hook: FREE, id: 1n, us: 5 },
      { hook: RX, id: 1n, us: 1 },
      { hook: TCX, id: 1n, us: 5 },
    );
    const { hops } = journeyDetail(store, 0);
    expect(hops.map(({ event, deltaNs }) => [event, deltaNs])).toEqual([
      [1, 0],
      [0, 4000],
      [2, 0],
    ]);
  });

  it('carry what the kernel had', () => {
    const detail = journeyDetail(seen({ hook: RX, id: 3n, us: 1, meta: [9, 200, 0, 0] }), 0);
    expect(detail).toMatchObject({
      id: '3',
      source: '10.0.0.1:4000',
      destination: '10.0.0.2:9000',
      protocol: 'UDP',
      omitted: 0,
    });
    expect(detail.hops).toEqual([
      {
        event: 0,
        hop: 0,
        timeNs: (START_NS + 1000n).toString(),
        deltaNs: 0,
        cpu: 1,
        metaState: 'present',
        metaLength: 4,
        cell: CELL.written,
        state: 'written',
        cause: {
          name: 'unknown',
          operation: 'unknown',
          known: 'unknown',
          evidence:
            'meta_len is 4 at the first hook that saw the packet; an XDP program may run there, the capture lists none.',
        },
        writer: '',
        skb: '0xffff888100001003',
        head: '0xffff888200002000',
        mark: 5,
        hash: 6,
        task: '',
        drop: '',
        fault: 'TLV type 9 at offset 0 says 200 bytes of value, but only 2 bytes are left in the area.',
      },
    ]);
  });

  it('are cut at the limit, and how many are left out is said', () => {
    const store = seen(
      ...Array.from({ length: MAX_JOURNEY_EVENTS + 3 }, (_, us) => ({ hook: RX, id: 1n, us })),
    );
    const detail = journeyDetail(store, 0);
    expect([detail.hops.length, detail.omitted]).toEqual([MAX_JOURNEY_EVENTS, 3]);
  });

  it('are written, present, changed, written again for a new TLV, lost once, then none', () => {
    const one = [...trace(1), 0, 0];
    expect(
      cellsOf(
        { hook: RX, id: 1n, us: 0, meta: one },
        { hook: TCX, id: 1n, us: 1, meta: one },
        { hook: LAST, id: 1n, us: 2, meta: [...trace(2), 0, 0] },
        { hook: LAST, id: 1n, us: 3, meta: [...verdict(0), ...trace(2), 0, 0, 0] },
        { hook: SOCKET, id: 1n, us: 4 },
        { hook: FREE, id: 1n, us: 5 },
        { hook: FREE, id: 1n, us: 6, state: META_STATE.unreadable },
      ),
    ).toEqual([
      CELL.written,
      CELL.present,
      CELL.changed,
      CELL.written,
      CELL.lost,
      CELL.none,
      CELL.unreadable,
    ]);
  });
});

describe('rows of the list', () => {
  it('have a cell per hop and each TLV as of the last hop that had it', () => {
    const store = seen(
      { hook: RX, id: 1n, us: 0, meta: [...trace(1), ...verdict(0), 0, 0, 0] },
      { hook: TCX, id: 1n, us: 1, meta: [...trace(2), 0, 0] },
      { hook: FREE, id: 1n, us: 2 },
      { hook: RX, id: 2n, us: 3 },
    );
    const rows = journeyRows(store, Uint32Array.of(0, 1), 0, 4);
    expect(rows).toMatchObject({ generation: 4, from: 0, count: 2, hops: 3 });
    expect([...rows.cells]).toEqual([CELL.written, CELL.changed, CELL.lost, CELL.none, 0, 0]);
    expect(store.tlvs.names).toEqual(['trace', 'verdict', 'client']);
    expect(rows.tlv).toEqual([
      ['0x00000002', ''],
      ['pass', ''],
      ['', ''],
    ]);
    expect([[...rows.idLo], [...rows.events], [...rows.length], [...rows.protocol]]).toEqual([
      [1, 2],
      [3, 1],
      [46, 46],
      [6, 6],
    ]);
    expect((BigInt(rows.timeHi[1]!) << 32n) | BigInt(rows.timeLo[1]!)).toBe(START_NS + 3000n);
  });
});
