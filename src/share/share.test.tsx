// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CAREFUL, type SharePolicy } from '#core/share/policy.ts';
import { manifestOf, newTally } from '#core/share/manifest.ts';
import { VIEW_PARAMETERS } from '#core/share/notes.ts';
import { OWN_COLUMN_NAMES } from '#core/share/vocabulary.ts';
import type { StoredShare } from '#core/share/stored.ts';
import { OWN_COLUMNS } from '#src/list/columns.ts';
import { SessionContext } from '#src/state/context.ts';
import { Modal } from '#src/app/Modal.tsx';
import type { Session } from '#src/state/session.ts';
import { createPageStore, type HostInfo } from '#src/state/store.ts';
import { GIVE_UP, type MadeShare, type ShareAsk } from '#workers/api.ts';
import { DeleteShare } from './DeleteShare.tsx';
import { MadeView } from './MadeView.tsx';
import { SendButtons } from './SendButtons.tsx';
import ShareDialog from './ShareDialog.tsx';
import { StoredList } from './StoredList.tsx';

const AGENT: HostInfo = { live: true, text: '', host: 'edge-7' };
const notes = { notes: 1, view: [], report: '', items: [] } as const;

const stored = { sha256: '0'.repeat(64), expires: null, packets: null };
const STORED: readonly StoredShare[] = [
  {
    ...stored,
    id: 'a'.repeat(32),
    bytes: 12_345,
    packets: 1200,
    title: 'Lost at dev1',
    created: '2026-11-26T12:00:00.000Z',
  },
  {
    ...stored,
    id: 'b'.repeat(32),
    bytes: 400,
    title: 'proto == UDP',
    created: '2026-11-25T09:30:00.000Z',
    expires: '2026-12-02T09:30:00.000Z',
  },
];

function made(policy: SharePolicy): MadeShare {
  const selection = { fromNs: null, toNs: null, journeys: null, hooks: null };
  const of = { created: '2026-11-26T12:00:00.000Z', expires: null, policy, selection, tally: newTally() };
  const manifest = manifestOf({ ...of, unknownBytes: 0, values: new Map() });
  const blob = new Blob([new Uint8Array(4)]);
  const empty = { viewLost: [], notesLeft: 0, doubts: [], valueRules: new Map(), packets: [] };
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

beforeEach(() => {
  // No agent answers, unless a test says otherwise.
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(Response.json(null)));
});
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
    { name: 'where', value: 'proto == udp && device ~ eth', held: { part: 'eth', because: 'name' } },
    { name: 'sort', value: '-latency("a", "b")', held: null },
  ];
  render(<MadeView made={{ ...made(CAREFUL), viewLost }} policy={CAREFUL} onRules={() => undefined} />);
  expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    'the filter proto == udp && device ~ eth: “eth” may be somebody’s name; of hosts, devices, namespaces and processes those go that this capture has, as a whole',
    'the order of the list -latency("a", "b"): it is neither a field nor a TLV of this capture, or names hops',
  ]);
});

it('of a type those rules can be chosen that it can have', () => {
  const share = made(CAREFUL);
  const values = { 'edge.trace': { kept: 1, replaced: 0, dropped: 0 } };
  const valueRules = new Map([['edge.trace', ['keep', 'hash', 'drop'] as const]]);
  const of = { ...share, manifest: { ...share.manifest, values }, valueRules };
  render(<MadeView made={of} policy={CAREFUL} onRules={() => undefined} />);
  const options = screen.getAllByRole('option').map(({ textContent }) => textContent);
  expect(options).toEqual(['by its kind', 'keep', 'hash', 'drop']);
});

it('says what looks like an address, which notes stay, and that nothing is selected', () => {
  const of = { ...made(CAREFUL), notesLeft: 2, doubts: ['0xdead1234'] };
  const view = render(<MadeView made={of} policy={CAREFUL} onRules={() => undefined} />);
  const alerts = screen.getAllByRole('alert').map(({ textContent }) => textContent);
  expect(alerts.join()).toMatch(/has no packets.*looks like an address.*0xdead1234/);
  expect(screen.getByTestId('notes-left').textContent).toMatch(
    /^2 marks and notes on what does not go stay here/,
  );
  view.unmount();
  const { manifest } = made(CAREFUL);
  const whole = { ...made(CAREFUL), manifest: { ...manifest, events: { kept: 1, left: 0 } } };
  render(<MadeView made={whole} policy={CAREFUL} onRules={() => undefined} />);
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.queryByTestId('notes-left')).toBeNull();
});

it('a share of a share is to be deleted when that is, unless another time is chosen; its file goes by another name', async () => {
  const asked: ShareAsk[] = [];
  const makeShare = (ask: ShareAsk) => {
    asked.push(ask);
    return Promise.resolve(made(ask.policy));
  };
  const session = sessionWith(null, { makeShare });
  const { manifest } = made(CAREFUL);
  const arrived = {
    manifest: { ...manifest, expires: '2026-12-01T00:00:00.000Z' },
    line: '',
    notes: null,
    faults: [],
  };
  session.store.setState({ arrived, pins: [{ pin: { on: 'cause', cause: 'tcx-redirect' }, text: 'x' }] });
  render(
    <SessionContext value={session}>
      <ShareDialog onClose={() => undefined} />
    </SessionContext>,
  );
  const make = async () => {
    fireEvent.click(screen.getByRole('button', { name: /Make it/ }));
    await screen.findByTestId('share-made');
  };
  await make();
  fireEvent.change(screen.getByRole('combobox', { name: /To be deleted after/ }), { target: { value: '0' } });
  await make();
  expect(asked.map(({ expiresMs }) => expiresMs)).toEqual(['kept', null]);
  expect(asked[0]!.files).toEqual(['edge-7.pcapng']);
  // Of everything all notes go.
  expect(screen.queryByRole('checkbox', { name: 'also notes on what does not go' })).toBeNull();
});

it('notes on what does not go are taken along where that is chosen', async () => {
  const asked: ShareAsk[] = [];
  const makeShare = (ask: ShareAsk) => {
    asked.push(ask);
    return Promise.resolve(made(ask.policy));
  };
  const session = sessionWith(null, { makeShare });
  const { link } = session.store.getState();
  session.store.setState({
    pins: [{ pin: { on: 'cause', cause: 'tcx-redirect' }, text: 'x' }],
    link: { ...link, time: { fromNs: '1', toNs: '2' } },
  });
  render(
    <SessionContext value={session}>
      <ShareDialog onClose={() => undefined} />
    </SessionContext>,
  );
  fireEvent.click(screen.getByRole('checkbox', { name: 'also notes on what does not go' }));
  fireEvent.click(screen.getByRole('button', { name: /Make it/ }));
  await screen.findByTestId('share-made');
  expect(asked.map(({ allNotes }) => allNotes)).toEqual([true]);
});

it('a preview tells what changes of a packet, and has what stays and the bytes behind it', () => {
  const change = {
    of: 'IPv4',
    name: 'Source',
    before: '192.0.2.7',
    after: '23.4.5.6',
    fate: 'replaced',
  } as const;
  const packet: MadeShare['packets'][number] = {
    hop: 'dev1:tcx/ingress@first',
    changes: [
      change,
      { ...change, name: 'Destination', before: '192.0.2.9', after: '23.4.5.9' },
      { ...change, name: 'Time to live', before: '64', after: '64', fate: 'kept' },
      { of: 'Data', name: 'Data', before: '6161', after: '', fate: 'cut' },
      { of: 'metadata', name: 'token', before: '0809', after: '', fate: 'zeros' },
    ],
    before: 'aa',
    after: 'bb',
    areaBefore: '',
    areaAfter: '',
  };
  render(
    <MadeView made={{ ...made(CAREFUL), packets: [packet] }} policy={CAREFUL} onRules={() => undefined} />,
  );
  const rows = screen.getAllByRole('row').map((row) => row.textContent);
  expect(rows).toEqual([
    'ofvaluebefore→ after',
    'IPv4Source192.0.2.7→ 23.4.5.6',
    'Destination192.0.2.9→ 23.4.5.9',
    'DataData6161→ left out',
    'metadatatoken0809→ zeros',
  ]);
  const details = [...document.querySelectorAll('details')].map(({ open, textContent }) => [
    open,
    textContent,
  ]);
  expect(details).toEqual([
    [false, 'Goes as it is: one valueIPv4 Time to live 64'],
    [false, 'Bytespacket beforeaapacket afterbb'],
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

it('columns of the list that are no field are known to what shares a view', () => {
  expect(new Set(OWN_COLUMNS.keys())).toEqual(OWN_COLUMN_NAMES);
});

function showButtons(host: HostInfo | null, policy: SharePolicy): void {
  render(
    <SessionContext value={sessionWith(host)}>
      <SendButtons made={made(policy)} title="whither-edge-7.pcapng" onSent={() => undefined} />
    </SessionContext>,
  );
}

it('its file is written under its own name, and the agent is told by what it is known', async () => {
  const clicked: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push(this.download);
  });
  const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json(STORED[0], { status: 201 }));
  showButtons(AGENT, CAREFUL);
  fireEvent.click(screen.getByRole('button', { name: 'Download pcapng' }));
  const name = 'share-the-whole-capture-000000000000.pcapng';
  expect((await screen.findByRole('status')).textContent).toBe(`${name} is written.`);
  expect(clicked).toEqual([name]);
  fireEvent.click(screen.getByRole('button', { name: 'Keep at the agent' }));
  await waitFor(() => expect(fetched).toHaveBeenCalledOnce());
  expect(fetched.mock.lastCall?.[1]?.headers).toMatchObject({
    'X-Whither-Title': encodeURIComponent('the whole capture'),
    'X-Whither-Packets': '0',
  });
});

it('Escape at the question leaves the dialog that asks it open', () => {
  const closed: string[] = [];
  render(
    <Modal title="Share" onClose={() => closed.push('Share')}>
      <DeleteShare share={STORED[0]!} onDelete={() => undefined} onClose={() => closed.push('question')} />
    </Modal>,
  );
  fireEvent(screen.getByRole('dialog', { name: 'Delete this share?' }), new Event('cancel'));
  expect(closed).toEqual(['question']);
  fireEvent(screen.getByRole('dialog', { name: 'Share' }), new Event('cancel'));
  expect(closed).toEqual(['question', 'Share']);
});

it('shares at the agent are told apart, and one is deleted only when that was said twice', async () => {
  let kept = STORED;
  const asked: string[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
    if (init?.method !== 'DELETE') return Promise.resolve(Response.json(kept));
    asked.push(new URL(url as URL).pathname);
    kept = kept.slice(1);
    return Promise.resolve(Response.json({ deleted: true }));
  });
  render(
    <SessionContext value={sessionWith(AGENT)}>
      <Modal title="Share" onClose={() => undefined}>
        <StoredList sent={0} />
      </Modal>
    </SessionContext>,
  );
  const rows = async () => (await screen.findAllByRole('row')).slice(1).map((row) => row.textContent);
  expect(await rows()).toEqual([
    'Lost at dev12026-11-26 12:00 UTC1,20012.3 kBneverDelete …',
    'proto == UDP2026-11-25 09:30 UTC400 B2026-12-02 09:30 UTCDelete …',
  ]);
  const first = () => screen.getByRole('button', { name: 'Delete Lost at dev1, made 2026-11-26 12:00 UTC' });
  fireEvent.click(first());
  const dialog = () => screen.getByRole('dialog', { name: 'Delete this share?' });
  expect(dialog().textContent).toContain('Lost at dev1, made 2026-11-26 12:00 UTC, 12.3 kB');
  fireEvent.click(screen.getByRole('button', { name: 'Keep it' }));
  expect(screen.queryByRole('dialog', { name: 'Delete this share?' })).toBeNull();
  expect(asked).toEqual([]);
  const remove = (button: HTMLElement): void => {
    button.focus();
    fireEvent.click(button);
    fireEvent.click(screen.getByRole('button', { name: 'Delete it' }));
  };
  remove(first());
  await waitFor(async () => expect(await rows()).toHaveLength(1));
  expect(asked).toEqual([`/api/shares/${STORED[0]!.id}`]);
  // The focus stays where the list was.
  const focused = () => document.activeElement?.textContent;
  await waitFor(() => expect(focused()).toBe('The agent keeps 1 share'));
  remove(screen.getByRole('button', { name: /^Delete proto == UDP/ }));
  await waitFor(() => expect(focused()).toBe('The agent keeps no share any more.'));
});

it('a link with the share inside is offered where others reach the page, which is not on that of an agent', async () => {
  showButtons(AGENT, CAREFUL);
  expect(screen.queryByRole('button', { name: 'Link with it inside' })).toBeNull();
  cleanup();
  showButtons(null, CAREFUL);
  expect(await screen.findByRole('button', { name: 'Link with it inside' })).toBeTruthy();
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
