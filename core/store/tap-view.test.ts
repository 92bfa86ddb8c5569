import { describe, expect, it } from 'vitest';
import { TAP_JOIN, TAP_KIND } from '#core/format/structs.ts';
import { hintRows, tapView } from './tap-view.ts';

/** 1000 ns, hash 0xabcd of type 9, 802.1Q with VLAN 5 and priority 3. */
const HINTS = [0xe8, 3, 0, 0, 0, 0, 0, 0, 0xcd, 0xab, 0, 0, 9, 0, 0, 0, 0x00, 0x81, 0x05, 0x60];

const hints = (valid: number) => ({
  kind: TAP_KIND.hints,
  join: TAP_JOIN.head,
  bytes: Uint8Array.from([...HINTS, valid, 0, 0, 0]),
});

describe('what a tap said', () => {
  it('is its kind, how its journey is known, and the bytes of a blob', () => {
    expect(tapView({ kind: TAP_KIND.blob, join: TAP_JOIN.skb, bytes: Uint8Array.of(1, 0xff) })).toEqual({
      kind: 'blob',
      join: 'skb',
      blob: '01ff',
    });
    expect(tapView(hints(7))).toEqual({ kind: 'hints', join: 'head', blob: '' });
    expect(tapView({ kind: 99, join: 99, bytes: new Uint8Array(0) })).toEqual({
      kind: 'unknown',
      join: 'none',
      blob: '',
    });
  });

  it('shows what the hardware said as rows beside the area, at its event', () => {
    expect(hintRows([4, 5], new Map([[5, hints(7)]]))).toEqual(
      [
        ['hint: rx timestamp', '1000 ns'],
        ['hint: rx hash', '0x0000abcd type 0x9'],
        ['hint: vlan', '5 priority 3 (0x8100)'],
      ].map(([name, value]) => ({
        name,
        cells: [
          { value: '', changed: false },
          { value, changed: false },
        ],
      })),
    );
  });

  it('leaves out hints that are not known, and those of too few bytes', () => {
    expect(hintRows([5], new Map([[5, hints(2)]])).map(({ name }) => name)).toEqual(['hint: rx hash']);
    const short = { ...hints(7), bytes: Uint8Array.from(HINTS) };
    expect(hintRows([5], new Map([[5, short]]))).toEqual([]);
  });
});
