// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { CAREFUL, type SharePolicy } from '#core/share/policy.ts';
import { manifestOf, newTally } from '#core/share/manifest.ts';
import { VIEW_PARAMETERS } from '#core/share/notes.ts';
import { SessionContext } from '#src/state/context.ts';
import type { Session } from '#src/state/session.ts';
import { createPageStore, type HostInfo } from '#src/state/store.ts';
import { GIVE_UP, type MadeShare, type ShareAsk } from '#workers/api.ts';
import { MadeView } from './MadeView.tsx';
import { SendButtons } from './SendButtons.tsx';
import ShareDialog from './ShareDialog.tsx';

const AGENT: HostInfo = { live: true, text: '', host: 'edge-7' };
const notes = { notes: 1, view: [], report: '', items: [] } as const;

function made(policy: SharePolicy): MadeShare {
  const selection = { fromNs: null, toNs: null, journeys: null, hooks: null };
  const of = { created: '2026-11-26T12:00:00.000Z', expires: null, policy, selection, tally: newTally() };
  const manifest = manifestOf({ ...of, unknownBytes: 0, values: new Map() });
  const blob = new Blob([new Uint8Array(4)]);
  const empty = { viewLost: [], packets: [] };
  return {
    blob,
    bytesBefore: 8,
    sha256: '0'.repeat(64),
    manifest,
    notes: { ...notes, view: [], items: [] },
    ...empty,
  };
}

function sessionWith(host: HostInfo | null, api: object = {}): Session {
  const store = createPageStore();
  const origin = { kind: 'file', file: new File([], 'edge-7.pcapng') } as const;
  const capture = { origin, title: 'edge-7.pcapng' } as ReturnType<typeof store.getState>['capture'];
  store.setState({ capture, host });
  return { store, api } as unknown as Session;
}

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('while a share is made its rules stay as they are: what can be sent is by those that are shown', async () => {
  const asked: ShareAsk[] = [];
  let finish: (share: MadeShare) => void = () => undefined;
  const makeShare = (ask: ShareAsk) => {
    asked.push(ask);
    return new Promise<MadeShare>((resolve) => (finish = resolve));
  };
  render(
    <SessionContext value={sessionWith(null, { makeShare })}>
      <ShareDialog onClose={() => undefined} />
    </SessionContext>,
  );
  const payload = () => screen.getByRole('checkbox', { name: /payload is cut off/ });
  fireEvent.click(payload());
  fireEvent.click(screen.getByRole('button', { name: /Make it, and see/ }));
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(asked[0]!.policy.payload).toBe('keep');
  for (const group of screen.getAllByRole('group'))
    expect(group.matches('fieldset:disabled, details')).toBe(true);
  await act(async () => {
    finish(made(asked[0]!.policy));
    await Promise.resolve();
  });
  await screen.findByTestId('share-made');
  expect(payload().closest('fieldset')!.disabled).toBe(false);
  // By other rules it is no longer what would go.
  fireEvent.click(payload());
  expect(screen.queryByRole('button', { name: 'Download pcapng' })).toBeNull();
});

it('what of the view stays is told in words, as its sender has it, with the reason', () => {
  const viewLost: MadeShare['viewLost'] = [
    { name: 'where', value: 'proto == udp && device == eth0', held: { part: 'eth0', because: 'name' } },
    { name: 'sort', value: '-latency("a", "b")', held: null },
  ];
  render(<MadeView made={{ ...made(CAREFUL), viewLost }} policy={CAREFUL} onRules={() => undefined} />);
  expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    'the filter proto == udp && device == eth0: “eth0” may be the name of a host, device, namespace or process',
    'the order of the list -latency("a", "b"): it has names in it that may be those of devices or of somebody',
  ]);
});

it('every parameter that a link may have is told in words', () => {
  const manual = readFileSync(path.join(import.meta.dirname, '../../docs/links.md'), 'utf8');
  const [table = ''] = manual.split('\n\n## ');
  const documented = [...table.matchAll(/^\| ((?:`\w+`(?:, )?)+) /gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/\w+/g)].map(([name]) => name),
  );
  expect(documented).toContain('where');
  expect([...VIEW_PARAMETERS].sort()).toEqual(documented.sort());
});

function showButtons(host: HostInfo | null, policy: SharePolicy): void {
  render(
    <SessionContext value={sessionWith(host)}>
      <SendButtons made={made(policy)} title="whither-edge-7.pcapng" onSent={() => undefined} />
    </SessionContext>,
  );
}

it.each<[SharePolicy, string]>([
  [CAREFUL, 'share-2026-11-26.pcapng'],
  [{ ...CAREFUL, names: 'keep' }, 'whither-edge-7-share.pcapng'],
])('the name of its file names the host only where names are kept', async (policy, name) => {
  const clicked: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push(this.download);
  });
  showButtons(null, policy);
  fireEvent.click(screen.getByRole('button', { name: 'Download pcapng' }));
  expect((await screen.findByRole('status')).textContent).toBe(`${name} is written.`);
  expect(clicked).toEqual([name]);
});

it('a link with the share inside is offered where others reach the page, which is not on that of an agent', () => {
  showButtons(AGENT, CAREFUL);
  expect(screen.queryByRole('button', { name: 'Link with it inside' })).toBeNull();
  cleanup();
  showButtons(null, CAREFUL);
  expect(screen.getByRole('button', { name: 'Link with it inside' })).toBeTruthy();
});

it('what is being packed can be given up, and then nothing is written or sent', async () => {
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  const fetched = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(() => Promise.resolve(new Response('<head></head>')));
  let packed: (blob: Blob) => void = () => undefined;
  const told: unknown[] = [];
  const packShare = (_blob: Blob, port: MessagePort) => {
    port.onmessage = ({ data }) => told.push(data);
    return new Promise<Blob>((resolve) => (packed = resolve));
  };
  const show = () =>
    render(
      <SessionContext value={sessionWith(AGENT, { packShare })}>
        <SendButtons made={made(CAREFUL)} title="edge.pcapng" onSent={() => undefined} />
      </SessionContext>,
    );
  const { unmount } = show();
  fireEvent.click(screen.getByRole('button', { name: 'Download page (HTML)' }));
  fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
  expect(await screen.findByText('Nothing was written.')).toBeTruthy();
  await vi.waitFor(() => expect(told).toEqual([GIVE_UP]));
  await act(async () => {
    packed(new Blob(['AAAA']));
    await Promise.resolve();
  });
  // Closing the dialog gives it up as well.
  fireEvent.click(screen.getByRole('button', { name: 'Keep at the agent' }));
  const signal = fetched.mock.lastCall?.[1]?.signal;
  expect(signal?.aborted).toBe(false);
  unmount();
  expect(signal?.aborted).toBe(true);
  expect(clicked).not.toHaveBeenCalled();
});
