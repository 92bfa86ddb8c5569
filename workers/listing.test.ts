import { expect, it } from 'vitest';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { NO_FILTER } from '#core/query/list-filter.ts';
import { CaptureStore } from '#core/store/capture-store.ts';
import { sectionBytes, trace } from '#core/store/testing/scenario.ts';
import { Language } from './language.ts';
import { Listing } from './listing.ts';
import { generatedBytes } from './testing/capture-bytes.ts';
import { yieldToTasks } from './yield.ts';

function filled(events: number): CaptureStore {
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  reader.push(generatedBytes(events));
  reader.end();
  return store;
}

const HOOK = 'netif_receive_skb';
const CLOCK = { now: () => 0, yieldToTasks };

it('what was being made of a store that is no more does not take the place of the new one’s list', async () => {
  const listing = new Listing(filled(800), NO_FILTER, null, CLOCK, new Language());
  const made = listing.filter({ ...NO_FILTER, metadata: 'with' });
  const store = filled(80);
  listing.startAnew(store);
  listing.takeIn(() => undefined);
  const { length } = listing;
  expect(length).toBeGreaterThan(0);
  expect(await made).toBe(false);
  expect(listing.length).toBe(length);
  expect(listing.list.filter.metadata).toBe('with');
});

it('a filter that cannot be asked changes nothing', () => {
  const listing = new Listing(filled(80), NO_FILTER, null, CLOCK, new Language());
  listing.takeIn(() => undefined);
  // The language that it is written in is not there.
  expect(listing.filter({ ...NO_FILTER, where: 'state == lost' })).toHaveProperty('cause');
  expect(listing.list.filter).toBe(NO_FILTER);
});

it('an order of the list before does not land on the one that has been made meanwhile', async () => {
  const bytes = generatedBytes(12_000);
  const cut = bytes.length - 32 * 1024;
  const language = new Language();
  await language.load();
  await language.loadQuestions();
  for (let turns = 0; turns < 12; turns += 3) {
    const store = new CaptureStore();
    const reader = new CaptureReader(store);
    reader.push(bytes.subarray(0, cut));
    // Each slice is over at once, and it is always time to sort again.
    let nowMs = 0;
    const clock = { now: () => (nowMs += 1e6), yieldToTasks };
    const listing = new Listing(store, NO_FILTER, null, clock, language);
    listing.takeIn(() => undefined);
    await listing.sort({ field: 'journey', down: true });
    const made = listing.filter({ ...NO_FILTER, where: 'tlv.verdict == drop' });
    for (let i = 0; i < turns; i++) await yieldToTasks();
    reader.push(bytes.subarray(cut));
    const landed: true[] = [];
    listing.takeIn(() => landed.push(true));
    expect(await made).toBe(true);
    for (let i = 0; i < 64 && landed.length === 0; i++) await yieldToTasks();
    expect(listing.length).toBeLessThan(store.journeys.count);
    expect(listing.length).toBeLessThanOrEqual(listing.list.length);
  }
});

it('the rows are others when the expression that waited can be asked, also of a list in order', async () => {
  const language = new Language();
  await language.load();
  await language.loadQuestions();
  const store = new CaptureStore();
  const reader = new CaptureReader(store);
  const listing = new Listing(store, NO_FILTER, null, CLOCK, language);
  await listing.filter({ ...NO_FILTER, where: 'tlv.trace == 1' }, true);
  reader.push(
    sectionBytes({ schema: null, seen: [0, 1, 2].map((us) => ({ hook: HOOK, id: BigInt(us), us })) }),
  );
  expect(listing.takeIn(() => undefined)).toBe(false);
  await listing.sort({ field: 'journey', down: true });
  expect([...listing.slice(0, 9)]).toEqual([2, 1, 0]);
  reader.push(
    sectionBytes({ seen: [3, 4].map((us) => ({ hook: HOOK, id: BigInt(us), us, meta: trace(us - 2) })) }),
  );
  // An order of the list that waited is under way.
  const sorted = new Promise((resolve) => expect(listing.takeIn(() => resolve(true))).toBe(true));
  expect([...listing.slice(0, 9)]).toEqual([3]);
  await sorted;
  expect([...listing.slice(0, 9)]).toEqual([3]);
  expect(listing.takeIn(() => undefined)).toBe(false);
});
