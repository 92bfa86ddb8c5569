// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { embedCapture } from '#core/share/html.ts';
import { FakeWorker, fakeConnection } from '#src/testing/fake-worker.ts';
import { Session } from './session.ts';
import { createPageStore } from './store.ts';

const PAGE = '<!doctype html><html><head></head><body></body></html>';
const SHARE = new File([embedCapture(PAGE, { packed: 'AAAA', title: 'lost.pcapng', view: '' })], 's.html');
const CAPTURE = new File([Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a)], 'live.pcapng');
const PACKED = { kind: 'packed', within: 'page', text: 'AAAA', title: 'lost.pcapng' };

let leave = (): void => undefined;
afterEach(() => leave());

async function take(...files: readonly File[]) {
  const worker = new FakeWorker();
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(worker));
  leave = () => session.leave();
  await session.take(files, true);
  return { store, opened: () => worker.calls.find(({ name }) => name === 'open')?.args[0] };
}

it('a share in a page is opened from the page that is dropped', async () => {
  const { store, opened } = await take(SHARE);
  await vi.waitFor(() => expect(opened()).toMatchObject(PACKED));
  expect(store.getState().capture?.title).toBe('lost.pcapng');
});

it('it is opened with a capture as well, under the name of its share', async () => {
  const { opened } = await take(SHARE, CAPTURE);
  await vi.waitFor(() =>
    expect(opened()).toMatchObject({
      kind: 'together',
      parts: [
        { name: 'live.pcapng', source: { kind: 'file' } },
        { name: 'lost.pcapng', source: PACKED },
      ],
    }),
  );
});

it('a page without one says so, and opens nothing', async () => {
  const { store, opened } = await take(new File([PAGE], 'page.html'));
  expect(store.getState().problems.map(({ code }) => code)).toEqual(['no-share']);
  expect([store.getState().capture, opened()]).toEqual([null, undefined]);
});

it('a page that takes its time does not take the place of what was dropped behind it', async () => {
  const worker = new FakeWorker();
  const session = new Session(createPageStore(), () => fakeConnection(worker));
  leave = () => session.leave();
  const slow = session.take([SHARE], true);
  await Promise.all([slow, session.take([CAPTURE], true)]);
  const opened = () => worker.calls.filter(({ name }) => name === 'open').map(({ args }) => args[0]);
  await vi.waitFor(() => expect(opened()).toMatchObject([{ kind: 'file', file: CAPTURE }]));
});

it('of two captures that are dropped one behind the other the later is opened, whichever is read first', async () => {
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(new FakeWorker()));
  leave = () => session.leave();
  const older = new File([await CAPTURE.arrayBuffer()], 'older.pcapng');
  const newer = new File([await CAPTURE.arrayBuffer()], 'newer.pcapng');
  await Promise.all([session.take([older], true), session.take([newer], true)]);
  expect(store.getState().capture?.title).toBe('newer.pcapng');
});
