// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FAKE_DETAIL } from '#src/testing/detail.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import type { JourneyDetail } from '#workers/api.ts';
import { edgeHops } from '#src/testing/hops.ts';
import { Fault } from '#workers/fault.ts';
import { EMPTY_LINK, type LinkState } from './link-state.ts';
import { Session } from './session.ts';
import { createPageStore } from './store.ts';

const LIVE = { kind: 'live' } as const;
let opened: Session | null = null;

async function open(link: Partial<LinkState> = {}) {
  const worker = new FakeWorker();
  const connection = fakeConnection(worker);
  const store = createPageStore({ ...EMPTY_LINK, ...link });
  const connections = [connection];
  // A dead worker stays dead: every connection after the first is a new one.
  const session = new Session(store, () => connections.shift() ?? fakeConnection(worker));
  opened = session;
  await session.open(LIVE, true);
  const send = async (part: Parameters<typeof fakeUpdate>[0]) => {
    const update = fakeUpdate(part);
    worker.send(update);
    await vi.waitFor(() => expect(store.getState().newest?.events).toBe(update.events));
    return update;
  };
  return { worker, connection, store, session, send };
}

/** Present at the second hop, and never harmed. */
function withoutHarm(journey: number) {
  const hops = FAKE_DETAIL.hops.map((hop) => ({ ...hop, state: 'present' as const }));
  return { ...FAKE_DETAIL, journey, hops };
}

afterEach(() => {
  opened?.leave();
  opened = null;
});

describe('the session', () => {
  it('sets the filter of the link before the first row is read', async () => {
    const { worker } = await open({ metadata: 'with' });
    const asked = worker.calls.filter(({ name }) => name === 'setFilter' || name === 'open');
    // It waits where it cannot be asked (yet).
    expect(asked[0]?.args[1]).toBe(true);
    expect(asked.map((call) => [call.name, call.args[0]])).toMatchObject([
      ['setFilter', { hop: null, metadata: 'with', harm: null, time: null, where: '' }],
      ['open', { kind: 'live' }],
    ]);
  });

  it('shows another journey when a filter leaves out the one that nobody chose, and keeps one that was chosen', async () => {
    const { worker, store, session, send } = await open();
    await send({ journeys: 3, listed: 3, generation: 1 });
    await vi.waitFor(() => expect(store.getState().selection).not.toBeNull());
    const before = store.getState().selection!.journey;
    let row = -1;
    worker.rowOf = () => Promise.resolve(row);
    const rows = worker.rows.bind(worker);
    worker.rows = async (from, count) => {
      const found = await rows(from, count);
      return { ...found, journey: found.journey.map((journey) => journey + 7) };
    };
    session.filter.set({ metadata: 'with' });
    await send({ journeys: 4, listed: 2, generation: 2 });
    await vi.waitFor(() => expect(store.getState().selection?.journey).not.toBe(before));
    const found = store.getState().selection!.journey;
    row = 0;
    await send({ journeys: 5, listed: 2, generation: 3 });
    expect(store.getState().selection?.journey).toBe(found);
    session.journey.select(2, { hi: 0, lo: 3 });
    row = -1;
    await send({ journeys: 6, listed: 1, generation: 4 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(store.getState().selection?.journey).toBe(2);
  });

  it('applies a filter on a hop once the hop is known by its name', async () => {
    const { worker, send } = await open({ hop: 'eth0:tcx/ingress@last' });
    await send({ hops: [], journeys: 1 });
    expect(worker.calls.filter((call) => call.name === 'setFilter')).toHaveLength(1);
    await send({ journeys: 2 });
    expect(worker.calls.filter((call) => call.name === 'setFilter')[1]?.args[0]).toEqual({
      hop: 2,
      metadata: null,
      harm: null,
      time: null,
      where: '',
    });
  });

  it('freezes the view while paused, and catches up after', async () => {
    const { store, session, send } = await open();
    await send({ journeys: 10 });
    session.setPaused(true);
    await send({ journeys: 30 });
    expect(store.getState().shown?.journeys).toBe(10);
    expect(store.getState().newest?.journeys).toBe(30);
    session.setPaused(false);
    expect(store.getState().shown?.journeys).toBe(30);
  });

  it('shows a new generation even while paused: the person asked for it', async () => {
    const { store, session, send } = await open();
    await send({ journeys: 10 });
    session.setPaused(true);
    await send({ journeys: 30, generation: 2 });
    expect(store.getState().shown?.generation).toBe(2);
  });

  it('finds the journey of a link by its id and opens it at its hop', async () => {
    const { worker, store, send } = await open({ journey: { hi: 0, lo: 8 }, at: 3 });
    await send({});
    await vi.waitFor(() => expect(store.getState().bytes).not.toBeNull());
    expect(worker.calls.find((call) => call.name === 'journeyOf')?.args).toEqual([0, 8, '']);
    expect(store.getState().selection?.journey).toBe(7);
    expect(store.getState().at).toBe(3);
    expect(store.getState().bytes?.event).toBe(103);
  });

  it('opens a journey where its metadata was lost, and where it has some when it was not', async () => {
    const { worker, store, session, send } = await open({ harm: 'lost' });
    await send({});
    session.journey.select(3, { hi: 0, lo: 4 });
    await vi.waitFor(() => expect(store.getState().detail?.journey).toBe(3));
    expect(store.getState().at).toBe(4);
    worker.journey = (journey) => Promise.resolve(withoutHarm(journey));
    session.filter.set({ harm: null });
    session.journey.select(5, { hi: 0, lo: 6 });
    await vi.waitFor(() => expect(store.getState().detail?.journey).toBe(5));
    expect(store.getState().at).toBe(1);
  });

  it('carries the run of the journey in the link, and looks it up by it', async () => {
    const { worker, store, session, send } = await open({ journey: { hi: 0, lo: 8 }, run: 'ab12' });
    await send({});
    await vi.waitFor(() => expect(store.getState().detail).not.toBeNull());
    expect(worker.calls.find((call) => call.name === 'journeyOf')?.args).toEqual([0, 8, 'ab12']);
    worker.journey = (journey) => Promise.resolve({ ...FAKE_DETAIL, journey, run: 'cd34' });
    session.journey.select(5, { hi: 0, lo: 6 });
    expect(store.getState().link.run).toBe('');
    await vi.waitFor(() => expect(store.getState().link.run).toBe('cd34'));
  });

  it('shows a first journey by itself without putting it into the link', async () => {
    const { store, send } = await open();
    await send({});
    await vi.waitFor(() => expect(store.getState().detail).not.toBeNull());
    expect(store.getState().link.journey).toBeNull();
  });

  it('follows the newest of the links that come while it looks for a first journey', async () => {
    const { worker, store, session, send } = await open();
    const rows = worker.rows.bind(worker);
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      worker.rows = async (from, count) => {
        resolve();
        await new Promise<void>((go) => (answer = go));
        return rows(from, count);
      };
    });
    await send({ state: 'done' });
    await asked;
    const { link } = store.getState();
    const followed = [7, 9].map((lo) => session.navigate({ ...link, journey: { hi: 0, lo } }));
    answer();
    await Promise.all(followed);
    expect(store.getState().selection).toEqual({ journey: 8, id: { hi: 0, lo: 9 } });
    expect(store.getState().detail?.journey).toBe(8);
  });

  it('walks by rows in order, however fast the key repeats', async () => {
    const { store, session, send } = await open({ journey: { hi: 0, lo: 8 } });
    await send({});
    await vi.waitFor(() => expect(store.getState().detail).not.toBeNull());
    for (let i = 0; i < 5; i++) session.journey.walk(1);
    await vi.waitFor(() => expect(store.getState().selection?.journey).toBe(12));
    session.journey.walk(Infinity);
    await vi.waitFor(() => expect(store.getState().selection?.journey).toBe(99));
    session.journey.walk(-Infinity);
    await vi.waitFor(() => expect(store.getState().selection?.journey).toBe(0));
    expect(store.getState().link.journey).toEqual({ hi: 0, lo: 1 });
  });

  it('says what could not be read in the place of it, and shows nothing older there', async () => {
    const { worker, store, session, send } = await open();
    await send({});
    await vi.waitFor(() => expect(store.getState().bytes).not.toBeNull());
    const refuse = () => Promise.reject(new Fault('file-changed', 'The file is gone.', 'Open it again.'));
    worker.eventBytes = refuse;
    session.journey.selectAt(3);
    await vi.waitFor(() => expect(store.getState().unread?.what).toBe('bytes'));
    expect(store.getState().bytes).toBeNull();
    worker.journey = refuse;
    session.journey.select(5, { hi: 0, lo: 6 });
    await vi.waitFor(() => expect(store.getState().unread?.what).toBe('journey'));
    expect(store.getState().detail).toBeNull();
    expect(store.getState().unread).toMatchObject({ cause: 'The file is gone.', remedy: 'Open it again.' });
    expect(store.getState().problems).toEqual([]);
  });

  it('reads the journey anew when the agent answers again', async () => {
    const { worker, store, send } = await open();
    await send({ journeys: 10 });
    await vi.waitFor(() => expect(store.getState().bytes).not.toBeNull());
    await send({ journeys: 11, state: 'reconnecting' });
    const before = worker.names.filter((name) => name === 'eventBytes').length;
    await send({ journeys: 12 });
    await vi.waitFor(() =>
      expect(worker.names.filter((name) => name === 'eventBytes').length).toBeGreaterThan(before),
    );
  });

  it('keeps the list of places while packets only arrive, for what is drawn from their names', async () => {
    const { store, send } = await open();
    await send({ journeys: 10 });
    const { places } = store.getState();
    await send({ journeys: 20, hops: edgeHops().map((hop) => ({ ...hop, events: hop.events + 1 })) });
    expect(store.getState().places).toBe(places);
    await send({ journeys: 30, hops: [...edgeHops(), ...edgeHops('eth1', 0, 10)] });
    expect(store.getState().places).toHaveLength(2 * places.length);
  });

  it('says that the worker died, keeps what is on screen, and opens the same again', async () => {
    const { worker, connection, store, session, send } = await open();
    await send({ journeys: 10 });
    connection.die('It ran out of memory.');
    await vi.waitFor(() => expect(store.getState().dead).toBe('It ran out of memory.'));
    expect(store.getState().shown?.journeys).toBe(10);
    await session.reopen();
    expect(store.getState().dead).toBeNull();
    expect(worker.calls.filter((call) => call.name === 'open')).toHaveLength(2);
  });

  it('keeps what is open when a file that is none is dropped on it', async () => {
    const { worker, session, store, send } = await open();
    await send({ journeys: 10 });
    const trial = new FakeWorker();
    const connections = [fakeConnection(trial), fakeConnection(worker)];
    const second = new Session(store, () => connections.shift() ?? fakeConnection(worker));
    const dropped = second.open({ kind: 'file', file: new File(['no'], 'notes.txt') });
    await vi.waitFor(() => expect(trial.names).toContain('open'));
    const problem = { code: 'x', offset: 0, cause: 'It is no capture.', remedy: 'Drop one.', fatal: true };
    trial.send(fakeUpdate({ state: 'failed', events: 0, journeys: 0, problems: [problem] }));
    await dropped;
    expect(store.getState().capture?.origin).toEqual(LIVE);
    expect(store.getState().newest?.journeys).toBe(10);
    expect(store.getState().problems).toMatchObject([
      { cause: 'notes.txt: It is no capture.', remedy: 'Drop one. What was open stays open.' },
    ]);
    session.leave();
  });

  it('does not listen to a capture that is no longer open', async () => {
    const { worker, store, session, send } = await open();
    await send({ journeys: 10 });
    session.leave();
    worker.send(fakeUpdate({ journeys: 99 }));
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    expect(store.getState().newest).toBeNull();
  });

  it('drops what an older capture still answers', async () => {
    const { worker, store, session, send } = await open();
    await send({});
    let answer: (detail: JourneyDetail) => void = () => undefined;
    worker.journey = () => new Promise((resolve) => (answer = resolve));
    session.journey.select(3, { hi: 0, lo: 4 });
    await session.open({ kind: 'sample', id: 'none' });
    answer({ ...FAKE_DETAIL, journey: 3 });
    await Promise.resolve();
    expect(store.getState().detail).toBeNull();
  });

  it('opens another capture with a new worker when the old one is dead', async () => {
    const { connection, store, session } = await open();
    connection.die('It stopped.');
    await vi.waitFor(() => expect(store.getState().dead).toBe('It stopped.'));
    await session.open(LIVE);
    expect(store.getState().dead).toBeNull();
    expect(store.getState().problems).toEqual([]);
  });
});
