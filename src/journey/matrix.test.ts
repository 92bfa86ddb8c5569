import { describe, expect, it } from 'vitest';
import { FAKE_DETAIL } from '#src/testing/detail.ts';
import { edgeHops } from '#src/testing/hops.ts';
import { matrixOf, verdictOf } from './matrix.ts';

const row = (key: string) => matrixOf(FAKE_DETAIL).find((candidate) => candidate.key === key);

describe('the matrix of a journey', () => {
  it('says a value once, then =, ~ where it changed and × lost where it went', () => {
    expect(row('tlv-1-0')?.cells.map((cell) => cell.text)).toEqual(['', '+ 0x22', '=', '~ 0x23', '× lost']);
    expect(row('tlv-1-0')?.cells.map((cell) => cell.tone)).toEqual([
      'absent',
      'written',
      'same',
      'changed',
      'lost',
    ]);
  });

  it('tells old and new of a change, and what was lost', () => {
    expect(row('tlv-1-0')?.cells[3]?.title).toBe('changed: 0x22 → 0x23');
    expect(row('tlv-1-0')?.cells[4]?.title).toBe('lost: was 0x23');
  });

  it('calls a TLV that the schema does not know by its type', () => {
    expect(row('tlv-4-1')?.name).toBe('type 4');
  });

  it('shows the mark where it changes, and leaves out rows about which nothing is known', () => {
    expect(row('mark')?.cells.map((cell) => cell.text)).toEqual(['0x0', '=', '0x10', '=', '=']);
    expect(row('drop')).toBeUndefined();
    expect(row('task')?.cells.map((cell) => cell.text)).toEqual(['', '', '', '', 'nginx/812']);
  });

  it('never says that metadata was absent where it only could not be read', () => {
    const detail = {
      ...FAKE_DETAIL,
      hops: FAKE_DETAIL.hops.map((hop) => ({ ...hop, metaState: 'unlocatable' as const, metaLength: 16 })),
    };
    const area = matrixOf(detail).find((candidate) => candidate.key === 'area');
    expect(area?.cells[0]?.text).toBe('? 16 B');
    expect(area?.cells[0]?.tone).toBe('unreadable');
  });

  it('says in one line where metadata was lost', () => {
    expect(verdictOf(FAKE_DETAIL, edgeHops())).toEqual({
      tone: 'lost',
      text: 'trace_id, type 4 lost between eth0:skb_copy_datagram_iovec and eth0:tcx/egress@first.',
    });
  });
});
