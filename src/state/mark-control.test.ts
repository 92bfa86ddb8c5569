// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { fakeDetail } from '#src/testing/detail.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import { parseLink } from './link.ts';
import { EMPTY_LINK, type LinkState } from './link-state.ts';
import { Session } from './session.ts';
import { createPageStore } from './store.ts';

const RUN = '0badcafe';
let opened: Session | null = null;

async function open(link: Partial<LinkState> = {}) {
  const worker = new FakeWorker();
  worker.journey = (journey) => Promise.resolve({ ...fakeDetail(journey), run: RUN });
  // The first hundred journeys are there.
  const found = worker.journeyOf.bind(worker);
  worker.journeyOf = async (hi, lo, run) => (lo > 100 ? -1 : found(hi, lo, run));
  const store = createPageStore({ ...EMPTY_LINK, ...link });
  const session = new Session(store, () => fakeConnection(worker));
  opened = session;
  await session.open({ kind: 'live' }, true);
  const send = async (part: Parameters<typeof fakeUpdate>[0]) => {
    worker.send(fakeUpdate(part));
    await vi.waitFor(() => expect(store.getState().newest?.journeys).toBe(part?.journeys));
  };
  return { worker, store, session, send };
}

afterEach(() => {
  opened?.leave();
  opened = null;
});

it('marks are in the link with the run that they are of, and gone from it when they are taken away', async () => {
  const { store, session, send } = await open();
  await send({ journeys: 50 });
  session.marks.toggle({ journey: 3, id: { hi: 0, lo: 4 } });
  session.marks.note({ journey: 8, id: { hi: 0, lo: 9 } }, 'look here');
  await vi.waitFor(() =>
    expect(store.getState().link.marks).toEqual([
      { id: { hi: 0, lo: 4 }, run: RUN },
      { id: { hi: 0, lo: 9 }, run: RUN },
    ]),
  );
  expect(store.getState().marks.map(({ note }) => note)).toEqual(['', 'look here']);
  session.marks.toggle({ journey: 3, id: { hi: 0, lo: 4 } });
  expect(store.getState().link.marks).toEqual([{ id: { hi: 0, lo: 9 }, run: RUN }]);
});

it('those of a link are marked, and what is not there stays in it', async () => {
  const { marks } = parseLink(`?mark=4.900@${RUN}&mark=9`);
  const { store, worker, send } = await open({ marks });
  await send({ journeys: 50 });
  await vi.waitFor(() => expect(store.getState().marks).toHaveLength(2));
  expect(store.getState().marks).toMatchObject([
    { journey: 3, run: RUN },
    { journey: 8, id: { hi: 0, lo: 9 } },
  ]);
  // The run that the link did not name is told by the journey.
  await vi.waitFor(() =>
    expect(store.getState().link.marks).toEqual([
      { id: { hi: 0, lo: 4 }, run: RUN },
      { id: { hi: 0, lo: 9 }, run: RUN },
      { id: { hi: 0, lo: 900 }, run: RUN },
    ]),
  );
  // It is not asked for again and again while the capture grows, but at its end.
  const asked = () => worker.calls.filter(({ name }) => name === 'journeyOf').length;
  const before = asked();
  await send({ journeys: 51 });
  expect(asked()).toBe(before);
  worker.journeyOf = (_, lo) => Promise.resolve(lo - 1);
  await send({ journeys: 1000, state: 'done' });
  await vi.waitFor(() => expect(store.getState().marks).toHaveLength(3));
});

it('a step back takes no mark and no note away, and brings those that it names', async () => {
  const { store, session, send } = await open();
  await send({ journeys: 50 });
  session.marks.note({ journey: 3, id: { hi: 0, lo: 4 } }, 'look here');
  const { link } = store.getState();
  await session.navigate({ ...link, marks: parseLink(`?mark=9@${RUN}`).marks });
  await vi.waitFor(() => expect(store.getState().marks.map(({ note }) => note)).toEqual(['look here', '']));
  expect(store.getState().link.marks.map(({ id }) => id.lo)).toEqual([4, 9]);
  await session.navigate({ ...link, marks: parseLink(`?mark=12@${RUN}`).marks });
  await vi.waitFor(() => expect(store.getState().marks).toHaveLength(3));
});

it('those of a link that comes while those of another are looked for are marked, too', async () => {
  const { store, session, send } = await open();
  await send({ journeys: 50, state: 'done' });
  const { link } = store.getState();
  void session.navigate({ ...link, marks: parseLink(`?mark=9@${RUN}`).marks });
  await session.navigate({ ...link, marks: parseLink(`?mark=12@${RUN}`).marks });
  await vi.waitFor(() => expect(store.getState().marks.map(({ id }) => id.lo)).toContain(12));
});

it('marks of one capture are not looked for in the next', async () => {
  const { store, session, send } = await open();
  await send({ journeys: 50 });
  session.marks.toggle({ journey: 3, id: { hi: 0, lo: 4 } });
  await session.open({ kind: 'sample', id: 'edge' });
  expect(store.getState().link.marks).toEqual([]);
  expect(store.getState().marks).toEqual([]);
});

it('a link to another capture keeps its mark of an id that is marked in the one before', async () => {
  const { store, session, send } = await open();
  await send({ journeys: 50 });
  session.marks.note({ journey: 3, id: { hi: 0, lo: 4 } }, 'look here');
  const { marks } = parseLink(`?mark=4@${RUN}`);
  await session.navigate({ ...EMPTY_LINK, source: { kind: 'sample', id: 'edge' }, marks });
  expect(store.getState().link.marks).toEqual(marks);
  expect(store.getState().marks).toEqual([]);
});
