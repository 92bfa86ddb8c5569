// @vitest-environment happy-dom
/** Whom a share reaches: what is said of links that lead nowhere, and of shares that others delete. */
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { CAREFUL } from '#core/share/policy.ts';
import { manifestOf, newTally } from '#core/share/manifest.ts';
import type { StoredShare } from '#core/share/stored.ts';
import { SessionContext } from '#src/state/context.ts';
import type { Session } from '#src/state/session.ts';
import { createPageStore, type HostInfo } from '#src/state/store.ts';
import type { MadeShare } from '#workers/api.ts';
import { loopbackText } from './send.ts';
import { SendButtons } from './SendButtons.tsx';
import { StoredList } from './StoredList.tsx';

const AGENT: HostInfo = { live: true, text: '', host: 'edge-7' };
const STORED: readonly StoredShare[] = ['a', 'b'].map((letter) => ({
  id: letter.repeat(32),
  sha256: '0'.repeat(64),
  expires: null,
  packets: null,
  bytes: 400,
  title: `share ${letter}`,
  created: '2026-11-26T12:00:00.000Z',
}));

function made(): MadeShare {
  const selection = { fromNs: null, toNs: null, journeys: null, hooks: null };
  const of = { created: '', expires: null, policy: CAREFUL, selection, tally: newTally() };
  const notes = { notes: 1, view: [], report: '', items: [] } as const;
  const manifest = manifestOf({ ...of, unknownBytes: 0, values: new Map() });
  return { blob: new Blob(['x']), sha256: '0'.repeat(64), manifest, notes } as unknown as MadeShare;
}

function sessionOf(host: HostInfo | null): Session {
  const store = createPageStore();
  store.setState({ host });
  return { store, api: {} } as unknown as Session;
}

function showButtons(host: HostInfo | null): void {
  render(
    <SessionContext value={sessionOf(host)}>
      <SendButtons made={made()} title="edge.pcapng" onSent={() => undefined} />
    </SessionContext>,
  );
}

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('whoever came by the link of a share is offered no link to that page, and told why nothing is kept there', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({ guest: true }));
  showButtons(null);
  expect(screen.queryByRole('button', { name: 'Link with it inside' })).toBeNull();
  const why = /Whoever came by the link of a share can keep none here, and nobody else could open/;
  await screen.findByText(why);
  expect((fetched.mock.lastCall![0] as URL).pathname).toBe('/api/host');
  expect(screen.queryByRole('button', { name: 'Link with it inside' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Keep at the agent' }).title).toMatch(why);
});

it('a server that does not say so is not the agent of a share', async () => {
  for (const answer of [Response.json(null), Response.json({ guest: 'yes' }), new Response('<html>')]) {
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(answer);
    showButtons(null);
    expect(await screen.findByRole('button', { name: 'Link with it inside' })).toBeTruthy();
    cleanup();
  }
});

it('of a link that leads back to the machine it is opened on it is said', async () => {
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json(STORED[0], { status: 201 }));
  // The page of this test is on localhost.
  showButtons(AGENT);
  fireEvent.click(screen.getByRole('button', { name: 'Keep at the agent' }));
  const link = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Link' });
  expect(link.value).toContain('localhost');
  expect(screen.getByText(/^Only this machine reaches that address/)).toBeTruthy();
});

it.each([
  ['http://127.0.0.1:4190/s/x', 'ssh -L 4190:localhost:4190'],
  ['http://[::1]:4190/s/x', 'ssh -L 4190'],
  ['http://localhost/#share=x', 'ssh -L 80:localhost:80'],
  ['http://192.0.2.7:4190/s/x', null],
  ['http://localhost.example/s/x', null],
  ['http://127.example/s/x', null],
])('%s', (link, says) => {
  if (says === null) expect(loopbackText(link)).toBe('');
  else expect(loopbackText(link)).toContain(says);
});

it('a share that was deleted elsewhere leaves the list, which is asked for again when it is opened', async () => {
  let kept = STORED;
  vi.spyOn(globalThis, 'fetch').mockImplementation((_, init) => {
    if (init?.method !== 'DELETE') return Promise.resolve(Response.json(kept));
    return Promise.resolve(new Response('There is no such share here.', { status: 404 }));
  });
  render(
    <SessionContext value={sessionOf(AGENT)}>
      <StoredList sent={0} />
    </SessionContext>,
  );
  const summary = await screen.findByText('The agent keeps 2 shares');
  kept = STORED.slice(1);
  const details = summary.closest('details')!;
  details.open = true;
  fireEvent(details, new Event('toggle'));
  await screen.findByText('The agent keeps 1 share');
  kept = [{ ...STORED[0]!, id: 'c'.repeat(32), title: 'another' }];
  fireEvent.click(screen.getByRole('button', { name: /^Delete share b/ }));
  fireEvent.click(screen.getByRole('button', { name: 'Delete it' }));
  await screen.findByText('“share b” was deleted already.');
  await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(2));
  expect(screen.getByText('another')).toBeTruthy();
  expect(document.querySelector('.share-error')).toBeNull();
  // A question is not taken away by the list behind it, nor does that by itself say nothing when it is empty.
  fireEvent.click(screen.getByRole('button', { name: /^Delete another/ }));
  kept = [];
  fireEvent(screen.getByRole('dialog', { name: 'Delete this share?' }), new Event('toggle'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  fireEvent.click(screen.getByRole('button', { name: 'Delete it' }));
  await screen.findByText('“another” was deleted already. The agent keeps no share any more.');
});
