import { describe, expect, it } from 'vitest';
import type { JourneyRows } from '#workers/api.ts';
import { fakeRows } from '#src/testing/rows.ts';
import { RowLoader } from './loader.ts';

/** A worker whose answers are given by hand. */
function byHand() {
  const asked: { from: number; answer: (generation: number) => Promise<void> }[] = [];
  const shown: number[] = [];
  const loader = new RowLoader(
    (from, count) =>
      new Promise<JourneyRows>((resolve) => {
        asked.push({
          from,
          answer: async (generation) => {
            resolve(fakeRows({ from, count, generation }));
            await Promise.resolve();
            await Promise.resolve();
          },
        });
      }),
    (rows) => shown.push(rows.from),
    () => shown.push(-1),
  );
  return { asked, shown, loader };
}

describe('the row loader', () => {
  it('asks for the newest wish only while one is in flight', async () => {
    const { asked, shown, loader } = byHand();
    for (const from of [0, 10, 20, 30]) loader.want({ from, count: 5, generation: 1 });
    expect(asked.map((request) => request.from)).toEqual([0]);
    await asked[0]?.answer(1);
    expect(asked.map((request) => request.from)).toEqual([0, 30]);
    await asked[1]?.answer(1);
    expect(shown).toEqual([0, 30]);
  });

  it('drops rows of an older generation', async () => {
    const { asked, shown, loader } = byHand();
    loader.want({ from: 0, count: 5, generation: 1 });
    loader.want({ from: 7, count: 5, generation: 2 });
    await asked[0]?.answer(1);
    expect(shown).toEqual([]);
    await asked[1]?.answer(2);
    expect(shown).toEqual([7]);
  });

  it('says nothing after it is closed', async () => {
    const { asked, shown, loader } = byHand();
    loader.want({ from: 0, count: 5, generation: 1 });
    loader.close();
    await asked[0]?.answer(1);
    expect(shown).toEqual([]);
  });
});
