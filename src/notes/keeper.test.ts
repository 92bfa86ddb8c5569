// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { EMPTY_LINK } from '#src/state/link-state.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import { watchNotes } from './keeper.ts';
import { countOthers, forgetOthers, keepNotes, keptNotes, MAX_KEPT_CAPTURES } from './kept.ts';

const DIGEST = 'a'.repeat(16);
const ends: (() => void)[] = [];

/** A page with a capture that is read to its end, or (null) one that goes on. */
async function show(digest: string | null, told = 0) {
  const worker = new FakeWorker();
  const store = createPageStore(EMPTY_LINK);
  const session = new Session(store, () => fakeConnection(worker));
  const stop = watchNotes(session);
  ends.push(stop, () => session.leave());
  await session.open({ kind: 'live' });
  worker.send(fakeUpdate({ digest, told, state: digest === null ? 'live' : 'done' }));
  await vi.waitFor(() => expect(store.getState().newest).not.toBeNull());
  return { store, session };
}

/** Whether the browser would ask before the page is left. */
function isHeld(): boolean {
  return !dispatchEvent(new Event('beforeunload', { cancelable: true }));
}

const journey = { journey: 4, id: { hi: 0, lo: 5 } };

afterEach(() => {
  for (const end of ends.splice(0)) end();
  vi.unstubAllGlobals();
  localStorage.clear();
});

it('what is written about a capture is there when it is opened again, and gone when it was taken away', async () => {
  const first = await show(DIGEST);
  first.session.marks.note(journey, 'look here');
  first.store.setState({
    pins: [{ pin: { on: 'tlv', name: 'trace_id' }, text: 'this one' }],
    report: '# Report',
  });
  await vi.waitFor(() => expect(first.store.getState().notesKept).toBe('kept'));
  expect(isHeld()).toBe(false);

  const again = await show(DIGEST);
  await vi.waitFor(() =>
    expect(again.store.getState().marks).toMatchObject([{ ...journey, note: 'look here' }]),
  );
  expect(again.store.getState()).toMatchObject({
    pins: [{ pin: { on: 'tlv', name: 'trace_id' }, text: 'this one' }],
    report: '# Report',
    notesKept: 'kept',
  });
  const other = await show('b'.repeat(16));
  expect(other.store.getState().marks).toEqual([]);

  again.store.setState({ marks: [], pins: [], report: '' });
  await vi.waitFor(() => expect(keptNotes(DIGEST)).toBeNull());
});

it('nobody is asked before the page is left because it found the run of a journey', async () => {
  const { session, store } = await show(DIGEST);
  session.marks.note(journey, 'look here');
  expect(isHeld()).toBe(true);
  await vi.waitFor(() => expect(store.getState().notesKept).toBe('kept'));
  store.setState({ marks: store.getState().marks.map((mark) => ({ ...mark, run: '01010101' })) });
  expect(isHeld()).toBe(false);
  store.setState({ marks: store.getState().marks.map((mark) => ({ ...mark, note: 'there' })) });
  expect(isHeld()).toBe(true);
});

it.each(['opened', 'left', 'closed'] as const)(
  'what was written right before another capture is opened, or the page is %s, is kept of the one before',
  async (how) => {
    const { session, store } = await show(DIGEST);
    session.marks.note(journey, 'at the last moment');
    store.setState({ report: '# Found it' });
    if (how === 'opened') await session.open({ kind: 'live' });
    else if (how === 'left') session.leave();
    else ends.shift()?.();
    await vi.waitFor(() => expect(keptNotes(DIGEST)).not.toBeNull());
    expect(keptNotes(DIGEST)).toMatchObject({
      report: '# Found it',
      items: [{ text: 'at the last moment' }],
    });
    // It is not of what is open now.
    if (how !== 'closed') expect(store.getState().marks).toEqual([]);
  },
);

it('a note from before the capture was read to its end stays beside those that are kept', async () => {
  keepNotes(DIGEST, {
    notes: 1,
    view: [],
    report: '',
    items: [{ pin: { on: 'journey', id: '9', run: '' }, text: 'of before' }],
  });
  const { store, session } = await show(null);
  session.marks.note(journey, 'early');
  expect(isHeld()).toBe(true);
  const update = fakeUpdate({ digest: DIGEST, state: 'done' });
  store.setState({ newest: update });
  await vi.waitFor(() =>
    expect(store.getState().marks.map(({ note }) => note)).toEqual(['of before', 'early']),
  );
  await vi.waitFor(() => expect(keptNotes(DIGEST)?.items).toHaveLength(2));
});

it('asks before notes are lost that are nowhere else, and only then', async () => {
  const { session } = await show(null);
  expect(isHeld()).toBe(false);
  session.marks.toggle(journey);
  expect(isHeld()).toBe(false);
  session.marks.note(journey, 'look here');
  expect(isHeld()).toBe(true);
  session.leave();
  expect(isHeld()).toBe(false);

  vi.stubGlobal('localStorage', {
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  });
  const refused = await show(DIGEST);
  refused.session.marks.note(journey, 'look here');
  await vi.waitFor(() => expect(refused.store.getState().notesKept).toBe('refused'));
  expect(isHeld()).toBe(true);
});

it('a report that the page drafted is not asked for and not kept, and one that somebody went on writing is', async () => {
  const live = await show(null);
  live.store.setState({ report: '## What', drafted: '## What' });
  expect(isHeld()).toBe(false);
  live.store.setState({ report: '## What it was' });
  expect(isHeld()).toBe(true);
  live.session.leave();

  const { store, session } = await show(DIGEST);
  store.setState({ report: '## What', drafted: '## What' });
  session.marks.note(journey, 'look here');
  await vi.waitFor(() => expect(keptNotes(DIGEST)?.items).toHaveLength(1));
  expect(keptNotes(DIGEST)?.report).toBe('');
  store.setState({ report: '## What it was' });
  await vi.waitFor(() => expect(keptNotes(DIGEST)?.report).toBe('## What it was'));
});

it('notes of a bounded number of captures are kept, and those of all others can be forgotten', () => {
  const notes = { notes: 1, view: [], report: 'r', items: [] } as const;
  for (let i = 0; i < MAX_KEPT_CAPTURES; i++)
    expect(keepNotes(`other-${i}`, { ...notes, view: [], items: [] })).toBe(true);
  expect(keepNotes(DIGEST, { ...notes, view: [], items: [] })).toBe(false);
  expect(keepNotes('other-7', { ...notes, report: 'again', view: [], items: [] })).toBe(true);
  localStorage.setItem('whither.theme', 'dark');
  expect(countOthers('other-7')).toBe(MAX_KEPT_CAPTURES - 1);
  forgetOthers('other-7');
  expect([countOthers('other-7'), countOthers(''), localStorage.getItem('whither.theme')]).toEqual([
    0,
    1,
    'dark',
  ]);
  expect(keptNotes('other-7')?.report).toBe('again');
});

it('what is in the storage and is no notes is none', () => {
  localStorage.setItem(`whither.notes.${DIGEST}`, '{"notes":2}');
  expect(keptNotes(DIGEST)).toBeNull();
  localStorage.setItem(`whither.notes.${DIGEST}`, 'x'.repeat(600_000));
  expect(keptNotes(DIGEST)).toBeNull();
});
