import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRINT, PRINT_WORDS } from './fingerprint.ts';
import type { JourneySource } from './links.ts';
import { MAX_CHAIN_STEPS, MAX_LINK_SCAN, PrintWindow, type ChainOf } from './print-window.ts';

/** Journey `n` has the print words that `words(n)` gives. */
function sourceOf(words: (journey: number) => Partial<Record<keyof typeof PRINT, number>>): JourneySource {
  const refused = (): never => {
    throw new Error('only prints are asked for');
  };
  return {
    journeys: 0,
    window: new PrintWindow(),
    prints: (journey) => {
      const out = new Uint32Array(PRINT_WORDS);
      for (const [name, value] of Object.entries(words(journey)))
        out[PRINT[name as keyof typeof PRINT]] = value;
      return out;
    },
    printAt: () => 0,
    run: refused,
    origin: refused,
    first: refused,
    lastBefore: refused,
    last: refused,
    grewTo: refused,
  };
}

function found(source: JourneySource, journey: number, of: ChainOf, key: number): number[] {
  const out: number[] = [];
  source.window.follow(source, journey, of, key, (other) => out.push(other) > 0);
  return out;
}

describe('the window of prints', () => {
  it('finds the earlier journeys of a key, the newest first, in whatever order it is asked', () => {
    const asked = fc.array(fc.nat(60), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 61, maxLength: 61 }),
        asked,
        (keys, at) => {
          const source = sourceOf((journey) => ({ packet: keys[journey]! }));
          for (const journey of at) {
            const key = keys[journey]!;
            const expected = keys.flatMap((other, n) => (n < journey && other === key ? [n] : [])).reverse();
            expect(found(source, journey, 'packet', key)).toEqual(expected);
          }
        },
      ),
    );
  });

  it('reads no print again where it is asked about an earlier journey between two later ones', () => {
    let read = 0;
    const source = sourceOf((n) => {
      read++;
      return { packet: 1 + (n % 7) };
    });
    for (let journey = 10; journey < 2000; journey++) {
      expect(found(source, journey, 'packet', 1 + (journey % 7))[0] ?? -1).toBe(Math.max(-1, journey - 7));
      expect(found(source, journey - 8, 'packet', 1 + ((journey - 8) % 7))).not.toContain(journey - 1);
    }
    expect(read).toBe(1999);
  });

  it('finds as far back for an earlier journey as if nothing had been asked about a later one', () => {
    const words = (n: number) => ({ packet: n % 1000 === 5 ? 9 : 10 + n });
    const newest = 2 * MAX_LINK_SCAN + 505;
    const source = sourceOf(words);
    found(source, newest, 'packet', 9);
    // Within the ring and its window, at the end of what the ring has, and before it.
    for (const journey of [newest - 1, newest - 3000, MAX_LINK_SCAN + 505, MAX_LINK_SCAN + 5, 3000, newest]) {
      expect(found(source, journey, 'packet', 9)).toEqual(found(sourceOf(words), journey, 'packet', 9));
    }
    const flood = sourceOf(() => ({ packet: 1 }));
    found(flood, 5000, 'packet', 1);
    const seen = found(flood, 2000, 'packet', 1);
    expect([seen.length, seen[0]]).toEqual([MAX_CHAIN_STEPS, 1999]);
  });

  it('keeps packets, packets in tunnels and TCP apart', () => {
    const source = sourceOf((n) =>
      n === 0 ? { packet: 7 } : n === 1 ? { innerPacket: 7 } : { flow: 7, length: n - 2 },
    );
    expect(found(source, 4, 'packet', 7)).toEqual([0]);
    expect(found(source, 4, 'inner', 7)).toEqual([1]);
    expect(found(source, 4, 'stream', 7)).toEqual([3]);
    expect(found(source, 4, 'packet', 0)).toEqual([]);
  });

  it('forgets what is farther back than it looks', () => {
    const source = sourceOf((n) => ({ packet: n % 1000 === 5 ? 9 : 10 + n }));
    const newest = MAX_LINK_SCAN + 1505;
    expect(found(source, newest, 'packet', 9).at(-1)).toBe(2005);
    expect(found(source, newest, 'packet', 9)[0]).toBe(67005);
    expect(found(source, 7, 'packet', 9)).toEqual([5]);
  });

  it('follows no chain further than MAX_CHAIN_STEPS, however many journeys are in it', () => {
    const source = sourceOf(() => ({ packet: 1 }));
    expect(found(source, 5000, 'packet', 1)).toHaveLength(MAX_CHAIN_STEPS);
  });

  it('stops when it is told to', () => {
    const source = sourceOf(() => ({ packet: 1 }));
    const seen: number[] = [];
    source.window.follow(source, 10, 'packet', 1, (journey) => seen.push(journey) < 3);
    expect(seen).toEqual([9, 8, 7]);
  });
});
