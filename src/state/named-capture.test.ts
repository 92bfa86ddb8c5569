// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import type { FilterError } from '#workers/api.ts';
import { parseLink } from './link.ts';
import { EMPTY_LINK, type LinkState } from './link-state.ts';
import { captureRefOf, captureText } from './named-capture.ts';
import { Session } from './session.ts';
import { createPageStore } from './store.ts';

const DONE = fakeUpdate({ state: 'done', digest: 'Zm9vYmFyYmF6cXV4', bytesRead: 21_300_000 });
const HERE = captureRefOf(DONE)!;
const ELSEWHERE = { digest: 'AAAAAAAAAAAAAAAA', bytes: 48_212, first: 1_795_392_000 };
let opened: Session | null = null;

async function open(link: Partial<LinkState>, refusal: FilterError | null = null) {
  const worker = new FakeWorker();
  worker.refusal = refusal;
  const store = createPageStore({ ...EMPTY_LINK, ...link });
  const session = new Session(store, () => fakeConnection(worker));
  opened = session;
  await session.open({ kind: 'file', file: new File([], 'a.pcapng') }, true);
  worker.send(DONE);
  await vi.waitFor(() => expect(store.getState().link.capture?.digest).toBe(HERE.digest));
  return { store, session };
}

afterEach(() => {
  opened?.leave();
  opened = null;
});

describe('a link that names its capture', () => {
  it('gets the name of what is open once that is read', async () => {
    const { store } = await open({});
    expect(store.getState().problems).toEqual([]);
  });

  it('says nothing where it is the capture', async () => {
    const { store } = await open({ capture: { digest: HERE.digest, bytes: null, first: null } });
    expect(store.getState().problems).toEqual([]);
  });

  it('opened with another says which was meant and what is not here, and keeps what is', async () => {
    const link: LinkState = {
      ...parseLink(
        '?hop=nowhere:tcx/ingress@first&meta=with&time=2020-01-01T00:00:00Z..2020-01-01T00:00:01Z' +
          '&where=tlv.trace_id+%3D%3D+1+and+tlv.verdict+exists+or+tlv["a+name"]+exists&journey=0' +
          '&from=nowhere:tcx/ingress@first&to=gone:qdisc&mark=0&mark=1',
      ),
      capture: ELSEWHERE,
    };
    const { store } = await open(link);
    await vi.waitFor(() => expect(store.getState().problems).toHaveLength(1));
    const [problem] = store.getState().problems;
    expect(problem?.cause).toContain('another capture: 48.2 kB from 2026-11-23 00:00:00 UTC, not 21.3 MB');
    expect(problem?.remedy).toBe(
      'Not here: journey 0, hop nowhere:tcx/ingress@first, hop gone:qdisc, 1 marked journey, ' +
        'any event in 2020-01-01T00:00:00Z..2020-01-01T00:00:01Z, tlv.verdict, tlv.a name. ' +
        'The rest of it is in force.',
    );
    const { metadata, where } = store.getState().link;
    expect([metadata, where]).toEqual([link.metadata, link.where]);
  });

  it('of several files names each that is not here, under whatever name', async () => {
    const files = [
      { name: 'good.pcapng', digest: HERE.digest, bytes: 21_300_000 },
      { name: 'bad.pcapng', digest: ELSEWHERE.digest, bytes: 48_212 },
    ];
    const { store } = await open({ capture: ELSEWHERE, files });
    await vi.waitFor(() => expect(store.getState().problems).toHaveLength(1));
    expect(store.getState().problems[0]).toMatchObject({
      cause:
        'This link is about good.pcapng (21.3 MB) and bad.pcapng (48.2 kB) together: bad.pcapng (48.2 kB) is not here.',
      remedy: 'Drop all of them on the page at once.',
    });
    expect(store.getState().link.files).toEqual([]);
  });

  it('names TLVs as the filter language has them: with signs in the name, and not what a text says', async () => {
    const { store } = await open({
      where: 'tlv.trace-id exists and comm == "tlv.foo" or tlv["a name"] exists',
      capture: ELSEWHERE,
    });
    await vi.waitFor(() => expect(store.getState().problems).toHaveLength(1));
    expect(store.getState().problems[0]?.remedy).toBe(
      'Not here: tlv.trace-id, tlv.a name. The rest of it is in force.',
    );
  });

  it('says of a filter that cannot be asked here that it is not in force, and why', async () => {
    const refusal = { from: 0, to: 3, cause: 'No such name.', remedy: 'Write another.' };
    const { store } = await open({ where: 'state == gone', capture: ELSEWHERE }, refusal);
    await vi.waitFor(() => expect(store.getState().problems).toHaveLength(1));
    expect(store.getState().problems[0]?.remedy).toBe(
      'Its filter is not in force: No such name. The rest of it is in force.',
    );
    expect(store.getState().link.where).toBe('state == gone');
  });

  it('is held against what is open when Back leads to it', async () => {
    const { store, session } = await open({});
    await session.navigate({ ...EMPTY_LINK, metadata: 'with', capture: ELSEWHERE });
    await vi.waitFor(() => expect(store.getState().problems).toHaveLength(1));
    expect(store.getState().problems[0]?.remedy).toContain('All that it names is here as well');
    expect(store.getState().link).toEqual({ ...EMPTY_LINK, metadata: 'with', capture: HERE });
    // A step that was made before the capture had its name.
    await session.navigate({ ...EMPTY_LINK, metadata: 'without' });
    expect(store.getState().link.capture).toEqual(HERE);
    expect(store.getState().problems).toHaveLength(1);
  });

  it('is of nothing while a capture grows', () => {
    expect(captureRefOf(fakeUpdate({ state: 'live' }))).toBeNull();
  });

  it('names it in words, as far as it says', () => {
    expect(captureText({ ...ELSEWHERE, first: null })).toBe('48.2 kB');
    expect(captureText({ ...ELSEWHERE, bytes: null, first: null })).toBe('with digest AAAAAAAAAAAAAAAA');
  });
});
