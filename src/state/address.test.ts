// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest';
import { FakeWorker, fakeConnection } from '#src/testing/fake-worker.ts';
import { mirrorAddress } from './address.ts';
import { isNewer, parseLink } from './link.ts';
import { EMPTY_LINK } from './link-state.ts';
import { Session } from './session.ts';
import { createPageStore } from './store.ts';

let stop = () => {};
afterEach(() => {
  stop();
  history.replaceState(null, '', '/');
});

/** An opened capture whose link is in the address; `steps`: how many Back would undo. */
async function mirrored() {
  const session = new Session(createPageStore(), () => fakeConnection(new FakeWorker()));
  stop = mirrorAddress(session);
  await session.open({ kind: 'live' });
  const { length } = history;
  return { session, steps: () => history.length - length };
}

const NEWER = '?v=9&source=live&lens=flame';

it('a link of a newer Whither stays in the address until somebody does something', async () => {
  history.replaceState(null, '', NEWER);
  const store = createPageStore(parseLink(location.search));
  const session = new Session(store, () => fakeConnection(new FakeWorker()));
  stop = mirrorAddress(session);
  await session.open({ kind: 'live' }, true);
  expect([location.search, isNewer(location.search)]).toEqual([NEWER, true]);
  dispatchEvent(new Event('keydown'));
  session.filter.set({ where: 'drop' });
  expect(location.search).toContain('where=drop');
  expect(isNewer(location.search)).toBe(false);
});

it('a comparison is a step, and so are its sides, however many pauses they are typed with', async () => {
  const { session, steps } = await mirrored();
  session.compare({ a: 'meta', b: null });
  expect(steps()).toBe(1);
  for (const b of ['tlv', 'tlv.verdict', 'tlv.verdict == drop']) session.compare({ a: 'meta', b }, true);
  expect(steps()).toBe(2);
  session.compare(null);
  expect(steps()).toBe(3);
  expect(location.search).not.toContain('compare');
});

it('sides that are chosen are a step each, however quick', async () => {
  const { session, steps } = await mirrored();
  session.compare({ a: null, b: null });
  session.compare({ a: 'time < 100us', b: null });
  session.compare({ a: '!drop', b: 'drop' });
  expect(steps()).toBe(3);
  // And what is typed behind them is another.
  for (const b of ['d', 'dr']) session.compare({ a: '!drop', b }, true);
  expect(steps()).toBe(4);
});

it('a filter and the journeys chosen behind it are steps of their own, however quick', async () => {
  const { session, steps } = await mirrored();
  const choose = (n: number) => session.journey.select(n, { hi: 0, lo: n + 1 });
  // The first of a capture goes with its step, and a walk is one.
  for (const n of [1, 2, 3]) choose(n);
  expect(steps()).toBe(0);
  session.filter.set({ metadata: 'with' });
  expect(steps()).toBe(1);
  for (const n of [4, 5]) choose(n);
  expect(steps()).toBe(2);
  session.filter.set({ metadata: null });
  choose(6);
  expect(steps()).toBe(4);
});

it('of two captures that are opened the later one is read, also where the earlier waits for its filter', async () => {
  const worker = new FakeWorker();
  let answer: (error: null) => void = () => undefined;
  const slow = new Promise<null>((resolve) => (answer = resolve));
  const real = worker.setFilter.bind(worker);
  worker.setFilter = async (filter) => {
    const done = await real(filter);
    return filter.where === '' ? done : slow;
  };
  const store = createPageStore({ ...EMPTY_LINK, where: 'proto == tcp' });
  const session = new Session(store, () => fakeConnection(worker));
  const first = session.open({ kind: 'url', url: 'https://captures.example/a.pcapng' }, true);
  await new Promise((resolve) => setTimeout(resolve, 10));
  await session.open({ kind: 'url', url: 'https://captures.example/b.pcapng' });
  answer(null);
  await first;
  const read = worker.calls.filter(({ name }) => name === 'open').map(({ args }) => args[0]);
  expect(read).toMatchObject([{ kind: 'url', url: 'https://captures.example/b.pcapng' }]);
});

it('a click behind typing, and what takes a filter away, are steps of their own', async () => {
  const { session, steps } = await mirrored();
  await session.filter.write('drop', true);
  expect(steps()).toBe(1);
  session.filter.set({ where: 'cause == x' });
  expect(steps()).toBe(2);
  session.filter.clear();
  expect(steps()).toBe(3);
});
