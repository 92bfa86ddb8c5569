// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MAX_ROWS } from '#core/store/rows.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import { MAX_PRINTED_ROWS, printPage } from './print-list.ts';

const print = vi.fn<() => void>();
const told: string[] = [];
const tell = ({ type }: Event) => void told.push(type);

beforeEach(() => {
  vi.stubGlobal('print', print);
  for (const type of ['beforeprint', 'afterprint']) addEventListener(type, tell);
});
afterEach(() => {
  for (const type of ['beforeprint', 'afterprint']) removeEventListener(type, tell);
  told.length = 0;
  print.mockReset();
  vi.unstubAllGlobals();
});

async function listing(listed: number) {
  const worker = new FakeWorker();
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(worker));
  await session.open({ kind: 'live' });
  store.setState({ shown: fakeUpdate({ listed }) });
  return { session, store, worker };
}

it.each([
  ['all of a short list', 40, 40],
  ['the first of a long one', 5_000_000, MAX_PRINTED_ROWS],
])('has %s on the page when the browser prints, and not a moment longer', async (_which, listed, count) => {
  const { session, store } = await listing(listed);
  const seen: unknown[] = [];
  print.mockImplementation(() => {
    seen.push(store.getState().printed?.from, store.getState().printed?.count, told.join());
    dispatchEvent(new Event('afterprint'));
  });
  await printPage(session);
  expect(seen).toEqual([0, count, 'beforeprint']);
  expect(store.getState().printed).toBeNull();
  expect(told).toEqual(['beforeprint', 'afterprint']);
  // More than this does not come in one answer.
  expect(MAX_PRINTED_ROWS).toBeLessThanOrEqual(MAX_ROWS);
});

it('is over with the next key where the browser prints nothing and says nothing, and asked twice it is done once', async () => {
  const { session, store } = await listing(40);
  const done = printPage(session);
  await vi.waitFor(() => expect(print).toHaveBeenCalled());
  await printPage(session);
  expect(store.getState().printed).not.toBeNull();
  dispatchEvent(new Event('keydown'));
  await done;
  expect(print).toHaveBeenCalledTimes(1);
  expect(store.getState().printed).toBeNull();
  expect(told).toEqual(['beforeprint', 'afterprint']);
});

it('prints nothing when the rows do not come, says so, and can be asked again', async () => {
  const { session, store, worker } = await listing(40);
  const rows = worker.rows.bind(worker);
  worker.rows = () => Promise.reject(new Error('it is gone'));
  await printPage(session);
  expect(print).not.toHaveBeenCalled();
  expect(told).toEqual([]);
  expect(
    store
      .getState()
      .problems.map(({ cause }) => cause)
      .join(),
  ).toContain('The rows to be printed');
  worker.rows = rows;
  print.mockImplementation(() => void dispatchEvent(new Event('afterprint')));
  await printPage(session);
  expect(print).toHaveBeenCalledTimes(1);
});
