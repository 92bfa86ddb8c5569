// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { CAREFUL } from '#core/share/policy.ts';
import { manifestOf, newTally } from '#core/share/manifest.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore, type Origin } from '#src/state/store.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import type { ArrivedShare } from '#workers/api.ts';

const ID = 'tsseWU51iWy1X9RtowiLOCfo7dDJoIyG';
const KEPT: Origin = { kind: 'url', url: `/s/${ID}.pcapng` };

function shareOf(report: string): ArrivedShare {
  const selection = { fromNs: null, toNs: null, journeys: null, hooks: null };
  const of = { created: '', expires: null, policy: CAREFUL, selection, tally: newTally() };
  return {
    manifest: manifestOf({ ...of, unknownBytes: 0, values: new Map() }),
    line: 'a share',
    notes: {
      notes: 1,
      view: [['where', 'proto == udp']],
      report,
      items: [{ pin: { on: 'journey', id: '5', run: '' }, text: 'see **here**' }],
    },
    faults: [],
  };
}

let leave = (): void => undefined;
afterEach(() => leave());

async function arriveIn(origin: Origin, arrived: ArrivedShare) {
  const worker = new FakeWorker();
  worker.arrivedShare = () => Promise.resolve({ ...arrived, manifest: null });
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(worker));
  leave = () => session.leave();
  await session.open(origin);
  const opened = store.getState().capture?.title;
  // Notes come before the manifest, and are asked for at once.
  worker.send(fakeUpdate({ state: 'done', told: 1 }));
  worker.send(fakeUpdate({ state: 'done', told: 2 }));
  worker.arrivedShare = () => Promise.resolve(arrived);
  await vi.waitFor(() => expect(store.getState().arrived?.manifest).not.toBeNull());
  await vi.waitFor(() => expect(store.getState().arrived).not.toBeNull());
  return { state: () => store.getState(), worker, opened };
}

it('a share that an agent keeps is called by its title and never by its id, which opens it', async () => {
  const { state, worker, opened } = await arriveIn(KEPT, shareOf('# Lost at dev1'));
  expect(opened).toBe('share');
  expect(worker.calls.find(({ name }) => name === 'open')?.args).toMatchObject([{ title: '' }]);
  await vi.waitFor(() => expect(state().capture?.title).toBe('Lost at dev1'));
  expect(state().capture?.origin).toBe(KEPT);
});

it('any other address is called as its file is', async () => {
  const origin: Origin = { kind: 'url', url: 'https://captures.example/a.pcapng' };
  const { state } = await arriveIn(origin, shareOf('# Lost at dev1'));
  await vi.waitFor(() => expect(state().dialog).toBe('report'));
  expect(state().capture?.title).toBe('a.pcapng');
  expect(state().link.where).toBe('proto == udp');
});

it('the view and the journey of a share that is one of several files are not those of all, and no report opens by itself', async () => {
  const file = (name: string) => ({ kind: 'file', file: new File([], name) }) as const;
  const parts = [file('live.pcapng'), file('s1.pcapng')];
  for (const report of ['# Lost at dev1', '']) {
    const { state } = await arriveIn({ kind: 'together', parts }, shareOf(report));
    await vi.waitFor(() => expect(state().marks).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(state()).toMatchObject({ dialog: 'none', report });
    // The first of the list, as in any capture, and not that of the note.
    expect(state().selection?.journey).not.toBe(4);
    expect(state().link).toMatchObject({ where: '', journey: null });
    leave();
  }
});
