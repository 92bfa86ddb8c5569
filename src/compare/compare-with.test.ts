// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { EMPTY_LINK, type LinkState } from '#src/state/link-state.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore, type Origin } from '#src/state/store.ts';
import { FakeWorker, fakeConnection } from '#src/testing/fake-worker.ts';
import { compareWith, compareWithFiles } from './compare-with.ts';

const SHB = Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a);
const PCAP = Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1);
const OTHER = new File([SHB], 'other.pcapng');

let opened: Session | null = null;

async function open(origin: Origin, link: Partial<LinkState> = {}): Promise<Session> {
  const session = new Session(createPageStore({ ...EMPTY_LINK, ...link }), () =>
    fakeConnection(new FakeWorker()),
  );
  opened = session;
  await session.open(origin, true);
  return session;
}

afterEach(() => {
  opened?.leave();
  opened = null;
});

describe('what is open, compared with another capture', () => {
  it('stays open where it is no pcapng, which says so', async () => {
    const origin: Origin = { kind: 'file', file: new File([PCAP], 'old.pcap') };
    const session = await open(origin);
    await compareWithFiles(session, [OTHER]);
    const { capture, problems } = session.store.getState();
    expect(capture?.origin).toBe(origin);
    expect(problems).toMatchObject([
      { code: 'not-together', cause: 'old.pcap is no pcapng, and only those can be opened together.' },
    ]);
  });

  it('goes on where its view stood still', async () => {
    const session = await open({ kind: 'live' }, { paused: true, where: 'len > 40' });
    await compareWith(session, [{ kind: 'file', file: OTHER }]);
    const { capture, link } = session.store.getState();
    expect(capture?.origin).toMatchObject({ kind: 'together', parts: [{ kind: 'url' }, { kind: 'file' }] });
    expect(link).toMatchObject({ paused: false, where: 'len > 40' });
  });

  it('is without what its view names of one capture: two hops, marked journeys', async () => {
    const mark = { id: { hi: 0, lo: 7 }, run: '0badcafe' };
    const session = await open(
      { kind: 'live' },
      { pair: { from: 'a', to: 'b' }, marks: [mark], values: 'mark' },
    );
    await compareWith(session, [{ kind: 'file', file: OTHER }]);
    expect(session.store.getState().link).toMatchObject({ pair: null, marks: [], values: 'mark' });
  });

  it('says of a file that cannot be read that it is none', async () => {
    const session = await open({ kind: 'live' });
    const page = new File(['<!doctype html><html></html>'], 'gone.html');
    page.text = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
    await compareWithFiles(session, [page]);
    expect(session.store.getState().problems).toMatchObject([{ code: 'no-share' }]);
  });
});
