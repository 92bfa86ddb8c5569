import { describe, expect, it } from 'vitest';
import { FAKE_DETAIL } from '#src/testing/detail.ts';
import { verdictOf } from './fate.ts';
import { besideRows, matrixOf } from './matrix.ts';

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

  it('leaves out rows about which nothing is known', () => {
    expect(row('drop')).toBeUndefined();
    expect(row('task')?.cells.map((cell) => cell.text)).toEqual(['', '', '', '', 'nginx/812']);
  });

  it('shows what is beside the area where it changes, and where it went', () => {
    const [mark] = besideRows(FAKE_DETAIL);
    expect(mark?.cells.map((cell) => cell.text)).toEqual(['0x00000000', '=', '~ 0x00000010', '=', '× none']);
    expect(mark?.cells[2]?.title).toBe('0x00000000 → 0x00000010');
  });

  it('tells state, cause and how it is known, and writer of every hop', () => {
    expect(row('state')?.cells.map((cell) => cell.text)).toEqual([
      'present',
      '+ written',
      'present',
      'present',
      '× lost',
    ]);
    expect(row('cause')?.cells.map((cell) => cell.text)).toEqual([
      '',
      'a BPF program (implied)',
      '',
      '',
      'unknown',
    ]);
    expect(row('cause')?.cells[4]?.title).toBe('unknown: skb->head is the same.');
    expect(row('writer')?.cells[1]?.text).toBe('edge_xdp#41 at xdp of eth0');
    expect(row('writer')?.cells[1]?.title).toContain('(tag 958ea0b5a440b4aa)');
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

  it('says in one sentence what happened, and that the packet was dropped', () => {
    const hops = FAKE_DETAIL.hops.map((hop, i) => (i === 4 ? { ...hop, drop: 'NO_SOCKET' } : hop));
    expect(verdictOf({ ...FAKE_DETAIL, hops, diagnosis: 'Metadata lost at eth0.' })).toEqual({
      tone: 'lost',
      text: 'Metadata lost at eth0. The packet was dropped: NO_SOCKET.',
    });
  });
});
