import { expect, it } from 'vitest';
import { RetoldLosses } from './retold-losses.ts';

it('has what is another than when it was looked at, once', () => {
  const retold = new RetoldLosses();
  const taken = (): number[] => {
    const events: number[] = [];
    retold.take((event) => events.push(event));
    return events;
  };
  for (const event of [7, 8, 8, 9, 9, 9]) retold.turn(event);
  expect(taken()).toEqual([7, 9]);
  expect(taken()).toEqual([]);
});
