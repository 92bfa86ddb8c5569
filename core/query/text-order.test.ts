import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextOrder } from './text-order.ts';

const TEXT = fc.oneof(fc.string(), fc.stringMatching(/^[ab]?0?\d{1,3}$/));

it('is that of a stable sort, numbers by their size, however small the steps', () => {
  const { compare } = new Intl.Collator('en', { numeric: true });
  fc.assert(
    fc.property(fc.array(TEXT, { maxLength: 70 }), fc.integer({ min: 1, max: 200 }), (texts, budget) => {
      const order = new TextOrder(texts);
      let before = 0;
      while (!order.advance(budget)) {
        expect(order.progress).toBeGreaterThan(before);
        expect(order.progress).toBeLessThanOrEqual(1);
        before = order.progress;
      }
      const sorted: string[] = [];
      order.ranks().forEach((rank, place) => (sorted[rank] = texts[place]!));
      expect(sorted).toEqual(texts.toSorted(compare));
    }),
  );
});

it('compares no more often in a step than it may', () => {
  const texts = Array.from({ length: 64 }, (_, i) => `flow ${63 - i}`);
  const order = new TextOrder(texts);
  let steps = 1;
  while (!order.advance(16)) steps++;
  // Six times merged, 64 texts each.
  expect(steps).toBeGreaterThanOrEqual(24);
  expect([...order.ranks()]).toEqual(texts.map((_, i) => 63 - i));
});
