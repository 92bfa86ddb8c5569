import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JOURNEY_FLAG, JourneyRing, NONE } from './journey-ring.ts';

const JOURNEYS = 5;
/** Words of a record in front of its block. */
const HEADER_BYTES = 40;
const MAX_BLOCK_BYTES = 64;

const step = fc.record({
  id: fc.integer({ min: 1, max: 7 }),
  words: fc.integer({ min: 1, max: MAX_BLOCK_BYTES / 4 }),
  take: fc.boolean(),
});

test('a ring holds the latest blocks of each journey in order, and tells of every one that it drops untaken', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 40, max: 400 }),
      (steps, ringWords) => {
        const dropped: number[] = [];
        const ring = new JourneyRing({ leftOut: (id) => dropped.push(id) }, 4 * ringWords, JOURNEYS);
        const taken: number[] = [];
        /** Numbers of the blocks of each journey since it was opened, and of those taken. */
        const went = new Map<number, number[]>();
        let order: number[] = [];
        steps.forEach(({ id, words, take }, n) => {
          const slot = ring.open(1, id);
          expect(ring.latest).toBe(slot);
          // The journeys heard of last are known, and no others.
          expect(ring.opened).toBe(!order.includes(id));
          order = [id, ...order.filter((other) => other !== id)].slice(0, JOURNEYS);
          if (ring.opened) went.set(id, []);
          const block = new Uint8Array(4 * words + 4).fill(n);
          const event = { interface: n, eventStart: 0, eventLength: 0, tsHi: 1, tsLo: n, taken: false };
          const record = ring.add(slot, event, block, 4, 4 * words);
          expect(record === NONE).toBe(4 * words + HEADER_BYTES > 4 * ringWords);
          if (record === NONE) {
            dropped.push(n);
            return;
          }
          went.get(id)!.push(n);
          if (!take) return;
          const found: number[] = [];
          const ages: number[] = [];
          ring.take(slot, (at) => {
            const start = ring.blockStart(at);
            const bytes = ring.bytes.slice(start, start + ring.blockLength(at));
            expect(new Set(bytes)).toEqual(new Set([ring.tsLo(at)]));
            found.push(ring.interfaceOf(at));
            ages.push(ring.age(at));
          });
          expect(ages).toEqual([...ages].sort((a, b) => a - b));
          const all = went.get(id)!;
          // The latest of them; more only when none was dropped.
          expect(found).toEqual(all.slice(all.length - found.length));
          expect(found.length < all.length).toBe((ring.flags[slot]! & JOURNEY_FLAG.cut) !== 0);
          expect(found.at(-1)).toBe(n);
          taken.push(...found);
          went.set(id, []);
          ring.flags[slot] = 0;
        });
        ring.clear();
        expect([...dropped, ...taken].sort((a, b) => a - b)).toEqual(steps.map((_, n) => n));
      },
    ),
  );
});

test('a ring drops no more than it must', () => {
  const dropped: number[] = [];
  const size = HEADER_BYTES + MAX_BLOCK_BYTES;
  const ring = new JourneyRing({ leftOut: (id) => dropped.push(id) }, 4 * size, JOURNEYS);
  const event = { eventStart: 0, eventLength: 0, tsHi: 0, tsLo: 0, taken: false };
  for (let n = 0; n < 10; n++) {
    ring.add(
      ring.open(0, 1),
      { ...event, interface: n },
      new Uint8Array(MAX_BLOCK_BYTES),
      0,
      MAX_BLOCK_BYTES,
    );
    expect(dropped).toEqual(Array.from({ length: Math.max(0, n - 3) }, (_, i) => i));
  }
});
