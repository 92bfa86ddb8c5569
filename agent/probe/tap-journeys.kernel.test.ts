/** Which journey an event of a tap gets, event by event: what a live kernel shows only now and then. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { TAP_JOIN } from '#core/format/structs.ts';
import { findRoot } from '../lab/root.ts';
import { requireKernel } from '../lab/testing/require-kernel.ts';

const skip = requireKernel();
const MS = 1_000_000;
const SKB = 64;
const HEAD = 4096;
/** Number of the first journey that no hook has seen. */
const OWN = 2 ** 48;

/** Lines as of testing/tap-journeys.c; [time, journey, join] of what was written. */
function joined(...lines: string[]): number[][] {
  const program = path.join(findRoot(), 'build/whither-tap-journeys');
  const output = execFileSync(program, { input: lines.join('\n'), encoding: 'utf8' });
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ').map(Number));
}

describe.skipIf(skip !== null)(`journeys of taps${skip === null ? '' : ` (${skip})`}`, () => {
  it('are those of the sk_buff in TC and of the head in XDP', () => {
    expect(
      joined(`tap 1 0 ${HEAD} 1`, `see 2 ${SKB} ${HEAD} 7`, `tap 3 ${SKB} 0 2`, `see 4 ${SKB} ${HEAD} 7`),
    ).toEqual([
      [1, 7, TAP_JOIN.head],
      [3, 7, TAP_JOIN.skb],
    ]);
  });

  it('are told by time when one CPU is read after the other', () => {
    expect(
      joined(
        // The first CPU, then the second.
        `tap 90 ${2 * SKB} 0 1`,
        `tap 95 ${3 * SKB} 0 1`,
        `tap 20 ${SKB} 0 1`,
        `tap 92 ${4 * SKB} 0 1`,
        `see 10 ${SKB} ${HEAD} 7`,
        `end 30 ${SKB} ${HEAD} 7`,
        // The sk_buff is used again, for another packet.
        `see 40 ${SKB} ${2 * HEAD} 8`,
        `see 91 ${2 * SKB} ${3 * HEAD} 9`,
        `see 93 ${4 * SKB} ${4 * HEAD} 10`,
        `see 96 ${3 * SKB} ${5 * HEAD} 11`,
      ),
    ).toEqual([
      [20, 7, TAP_JOIN.skb],
      [90, 9, TAP_JOIN.skb],
      [92, 10, TAP_JOIN.skb],
      [95, 11, TAP_JOIN.skb],
    ]);
  });

  it('wait for the next hook, also behind the time until which all was seen', () => {
    const said = [
      `see ${MS + 20} ${2 * SKB} ${2 * HEAD} 3`,
      `until ${MS}`,
      `see ${MS + 30} ${SKB} ${HEAD} 7`,
    ];
    expect(joined(`tap ${MS + 10} 0 ${HEAD} 1`, ...said)).toEqual([[MS + 10, 7, TAP_JOIN.head]]);
  });

  it('are of their own when no hook sees the packet within 50 ms', () => {
    expect(joined(`tap 1 0 ${HEAD} 1`, `until ${50 * MS + 1}`)).toEqual([]);
    expect(joined(`tap 1 0 ${HEAD} 1`, `until ${50 * MS + 2}`)).toEqual([[1, OWN, TAP_JOIN.none]]);
  });

  it('are of their own when the same tap speaks of the same buffer again', () => {
    expect(joined(`tap 1 0 ${HEAD} 1`, `tap 3 0 ${HEAD} 1`, `see 4 ${SKB} ${HEAD} 7`)).toEqual([
      [1, OWN, TAP_JOIN.none],
      [3, 7, TAP_JOIN.head],
    ]);
  });

  it('go the oldest first when too many wait', () => {
    const waiting = Array.from({ length: 8193 }, (_, i) => `tap ${8193 - i} ${SKB * (i + 1)} 0 1`);
    expect(joined(...waiting)).toEqual([[2, OWN, TAP_JOIN.none]]);
  });
});
