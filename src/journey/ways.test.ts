import { describe, expect, it } from 'vitest';
import type { JourneyDetail, LocationRow, TlvPlace } from '#workers/api.ts';
import { FAKE_DETAIL } from '#src/testing/detail.ts';
import { besideRows, matrixOf } from './matrix.ts';
import { beyondHops } from './ways.ts';

const place = (
  where: TlvPlace['where'],
  hop: number | null,
  name: string,
  known: TlvPlace['known'] = 'seen',
) => ({ where, hop, name, timeNs: '1', known, evidence: `${name} has it` });

const trace: LocationRow = {
  type: 1,
  name: 'trace_id',
  value: '0x22',
  places: [
    place('packet', 0, 'eth0:tap/in', 'inferred'),
    place('area', 1, 'eth0:tcx'),
    place('map', null, 'flows#42', 'ambiguous'),
    place('socket', null, 'sockets#43', 'inferred'),
  ],
};
/** Never in the area, only shown by a tap. */
const shown: LocationRow = {
  type: 9,
  name: '',
  value: 'ff',
  places: [place('blob', 2, 'eth0:tap/out'), place('map', null, 'flows#42', 'inferred')],
};
const detail: JourneyDetail = {
  ...FAKE_DETAIL,
  hops: FAKE_DETAIL.hops.map((hop, i) =>
    i === 2 ? { ...hop, tap: { kind: 'blob', join: 'skb', blob: '0901ff' } } : hop,
  ),
  locations: [trace, shown],
};

describe('the way of a TLV', () => {
  it('has a column behind the hops for each map and socket, once', () => {
    expect(beyondHops(detail).map(({ where, name }) => `${where} ${name}`)).toEqual([
      'map flows#42',
      'socket sockets#43',
    ]);
    expect(beyondHops(FAKE_DETAIL)).toEqual([]);
  });

  it('is one line over the hops and what is behind them, on the row of its type', () => {
    const row = matrixOf(detail).find(({ key }) => key === 'tlv-1-0');
    const way = row?.way;
    expect([way?.from, way?.to]).toEqual([0, 6]);
    const marks = [...(way?.marks ?? [])].map(([column, [mark]]) => [column, mark?.where, mark?.known]);
    expect(marks).toEqual([
      [0, 'packet', 'inferred'],
      [1, 'area', 'seen'],
      [5, 'map', 'ambiguous'],
      [6, 'socket', 'inferred'],
    ]);
    expect(way?.marks.get(5)?.[0]?.title).toBe('in a BPF map, flows#42: 0x22 (ambiguous: flows#42 has it)');
  });

  it('has a row of its own when the TLV was never in the area, and none when it was nowhere else', () => {
    const rows = matrixOf(detail);
    const row = rows.find(({ name }) => name === 'type 9');
    expect(row?.cells.map(({ text }) => text)).toEqual(['', '', '', '', '']);
    expect([...(row?.way?.marks.keys() ?? [])]).toEqual([2, 5]);
    expect(rows.find(({ key }) => key === 'tlv-4-1')?.way).toBeUndefined();
  });

  it('says what a tap showed and how its packet is known', () => {
    const cell = matrixOf(detail).find(({ key }) => key === 'tap')?.cells[2];
    expect(cell?.text).toBe('blob 3 B');
    expect(cell?.title).toContain('exact, the same sk_buff');
    expect(matrixOf(FAKE_DETAIL).some(({ key }) => key === 'tap')).toBe(false);
  });
});

describe('what is beside the area', () => {
  it('tells of many bytes those that became others', () => {
    const cells = ['00'.repeat(48), `${'00'.repeat(8)}1f${'00'.repeat(39)}`, 'ff'.repeat(48)];
    const beside = [{ name: 'cb', cells: cells.map((value, i) => ({ value, changed: i > 0 })) }];
    const [row] = besideRows({ ...FAKE_DETAIL, beside });
    expect(row?.cells.map(({ text }) => text)).toEqual([
      cells[0],
      '~ @8 1f',
      '~ @0 ff, @1 ff, @2 ff, @3 ff and 44 bytes more',
    ]);
    expect(row?.cells[1]?.title).toBe(`${cells[0]} → ${cells[1]}`);
  });
});
