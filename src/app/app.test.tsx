// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SessionContext } from '#src/state/context.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { fakeDetail } from '#src/testing/detail.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import type { Update } from '#workers/api.ts';
import { App } from './App.tsx';

let leave = () => undefined as unknown;

async function show(update: Partial<Update>) {
  const worker = new FakeWorker();
  const connection = fakeConnection(worker);
  const store = createPageStore();
  const session = new Session(store, () => connection);
  leave = () => session.leave();
  render(
    <SessionContext value={session}>
      <App />
    </SessionContext>,
  );
  await act(async () => {
    await session.open({ kind: 'live' });
    worker.send(fakeUpdate(update));
    await vi.waitFor(() => expect(store.getState().calm).not.toBeNull());
  });
  return { worker, connection, session, store };
}

// The start screen lists samples; there is no server here.
beforeAll(() => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
});
afterAll(() => {
  vi.unstubAllGlobals();
});
afterEach(() => {
  act(() => {
    leave();
  });
  cleanup();
});

describe('the page', () => {
  it('has a table twin of the path with what every hook saw', async () => {
    await show({
      missingHooks: [{ hook: 2, name: 'tcx/ingress@first', reason: 'older than 6.6', host: '', file: '' }],
    });
    const twin = screen.getByRole('table', { name: 'Path as a table' });
    const row = within(twin).getByRole('row', { name: /netif_receive_skb/ });
    expect(
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['Rx', '1000', '86 %', '16', '0', '0', '']);
    expect(twin.textContent).toContain('not observed: older than 6.6');
  });

  it('tells screen readers how many rows the list has, not how many are drawn', async () => {
    await show({ journeys: 2_000_000 });
    expect(screen.getByRole('grid', { name: 'Journeys' }).getAttribute('aria-rowcount')).toBe('2000001');
    expect(screen.getByTestId('list-count').textContent).toBe('2,000,000');
    expect(document.querySelectorAll('.list-row').length).toBeLessThan(100);
  });

  it('says cause, remedy and where reading stopped, and that the rest is kept', async () => {
    const problem = { code: 'x', offset: 4711, cause: 'It is cut.', remedy: 'Take it again.', fatal: true };
    await show({ state: 'failed', events: 12, problems: [problem] });
    expect(screen.getByRole('alert').textContent).toContain(
      'It is cut. Take it again. Reading stopped at byte 4,711; the 12 events before it are here.',
    );
  });

  it('offers to reopen when the worker is dead', async () => {
    const { connection } = await show({});
    await act(async () => {
      connection.die('It stopped.');
      await Promise.resolve();
    });
    expect(within(screen.getByRole('alert')).getByRole('button', { name: 'Reopen' })).toBeDefined();
  });

  it('never says that nothing was missed when nobody knows how much was', async () => {
    const gaps = [{ hop: null, cause: 'probe killed', count: null, leftOut: false, fromNs: '1', toNs: '2' }];
    await show({ lost: 0, gaps });
    expect(screen.getByTestId('counts').textContent).toContain('? missed');
    expect(screen.getByText('✕ 1 gap of unknown size')).toBeDefined();
    expect(screen.queryByText('none missed')).toBeNull();
  });

  it('says that it is paused, and counts nothing on until it goes on', async () => {
    const { worker, session, store } = await show({ events: 500, journeys: 70, listed: 7 });
    act(() => {
      session.filter.set({ where: 'proto == UDP' });
      session.setPaused(true);
    });
    const later = fakeUpdate({ events: 900, journeys: 120, listed: 12, lost: 3 });
    await act(async () => {
      worker.send(later);
      await vi.waitFor(() => expect(store.getState().newest?.events).toBe(900));
    });
    expect(within(screen.getByTestId('source')).getByRole('status').textContent).toBe('paused');
    expect(screen.getByTestId('counts').textContent).toBe('500 events70 journeys3 missed');
    expect(screen.getByTestId('list-count').textContent).toBe('7 of 70');
    expect(document.querySelector('.filter-count')?.textContent).toBe('7 of 70');
    expect(screen.getByRole('button', { name: 'Resume view +400' })).toBeDefined();
    act(() => {
      session.setPaused(false);
    });
    expect(within(screen.getByTestId('source')).getByRole('status').textContent).toBe('live');
    expect(document.querySelector('.filter-count')?.textContent).toBe('12 of 120');
  });

  it('does not call missed what sampling left out', async () => {
    const gaps = [{ hop: null, cause: 'sampling', count: 824, leftOut: true, fromNs: '1', toNs: '2' }];
    await show({ lost: 0, leftOut: 824, gaps });
    expect(screen.getByTestId('counts').textContent).toContain('0 missed824 left out by sampling');
    expect(screen.getByTestId('counts').querySelector('.tone-lost')).toBeNull();
    expect(screen.getByText('none missed')).toBeDefined();
  });

  it('tells how far it has caught up, and no rate until then', async () => {
    await show({ catchUp: 0.427, eventsPerSecond: 124_000 });
    expect(screen.getByTestId('source').textContent).toContain('catching up, 42 %');
    expect(screen.getByTestId('source').textContent).not.toContain('events/s');
  });

  it('says that the agent is gone without a place in the bytes', async () => {
    const problem = {
      code: 'live-agent-gone',
      offset: 0,
      cause: 'The agent has ended or does not answer.',
      remedy: 'Start it again.',
      fatal: false,
    };
    await show({ state: 'reconnecting' });
    expect(screen.getByRole('button', { name: 'Pause view' })).toBeDefined();
    cleanup();
    await show({ state: 'reconnecting', problems: [problem] });
    expect(screen.queryByRole('button', { name: 'Pause view' })).toBeNull();
    expect(screen.getByRole('alert').textContent).toContain('has ended or does not answer. Start it again.');
    expect(screen.getByRole('alert').textContent).not.toContain('at byte');
  });

  it('tells the diagnosis of a journey, and leads to the journeys that are the same packet', async () => {
    const { worker, store, session } = await show({});
    const link = { direction: 'to', kind: 'clone', known: 'exact', journey: 11, id: '12' } as const;
    worker.journey = (journey: number) =>
      Promise.resolve({
        ...fakeDetail(journey),
        diagnosis: 'It was lost in a clone.',
        links: [{ ...link, evidence: 'seen in the kernel' }],
      });
    await act(async () => {
      session.journey.select(2, { hi: 0, lo: 3 });
      await vi.waitFor(() => expect(store.getState().detail?.links).toHaveLength(1));
    });
    expect(screen.getByText('It was lost in a clone.')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'to clone: journey 12' }));
    expect(store.getState().selection).toEqual({ journey: 11, id: { hi: 0, lo: 12 } });
  });

  it('says in the header that a filtered capture is not everything', async () => {
    const all = { expression: null, devices: [], netns: null, mark: null, hasMetadata: false };
    const none = { tlv: [], sample: null, rate: null, hooks: [], trigger: null };
    await show({ filter: { ...all, ...none, expression: 'udp port 4789', sample: 10 } });
    expect(screen.getByTestId('kept').textContent).toContain(
      'capture holds only: udp port 4789, 1 in 10 journeys',
    );
  });

  it('shows how far reading is, and Cancel stops it', async () => {
    const { worker } = await show({ state: 'loading', bytesRead: 250, bytesTotal: 1000, events: 7 });
    expect(screen.getByText(/^25 % · 0 B\/s · 7 events$/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(worker.names).toContain('cancel');
  });

  it('freezes on p and counts what arrives meanwhile', async () => {
    const { worker, store } = await show({ journeys: 10 });
    fireEvent.keyDown(document.body, { key: 'p' });
    await act(async () => {
      worker.send(fakeUpdate({ journeys: 20 }));
      await vi.waitFor(() => expect(store.getState().newest?.journeys).toBe(20));
    });
    expect(screen.getByTestId('list-count').textContent).toBe('10');
    expect(screen.getByRole('button', { name: /Resume view/ }).textContent).toContain('+50');
  });

  it('keeps a dialog open when a selection is dragged out of it, and closes it by a click beside it', async () => {
    await show({});
    fireEvent.keyDown(document.body, { key: '?' });
    const dialog = await screen.findByRole('dialog', {}, { timeout: 20_000 });
    fireEvent.pointerDown(within(dialog).getByRole('heading', { level: 1 }));
    fireEvent.click(dialog);
    expect(screen.queryByRole('dialog')).not.toBeNull();
    fireEvent.pointerDown(dialog);
    fireEvent.click(dialog);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('applies the text of a schema as it is edited, keeps it, and goes back to that of the capture', async () => {
    const { store, worker } = await show({});
    const open = async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Schema' }));
      return screen.findByRole('dialog', { name: 'Metadata schema' }, { timeout: 20_000 });
    };
    act(() => store.setState({ schemaDraft: '{"whither":1}' }));
    await open();
    await vi.waitFor(() =>
      expect(worker.calls.filter(({ name }) => name === 'setSchema').map(({ args }) => args)).toEqual([
        ['{"whither":1}'],
      ]),
    );
    await screen.findByText(/In force/);
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    await open();
    expect(store.getState().schemaDraft).toBe('{"whither":1}');
    await screen.findByText(/In force/);
    fireEvent.click(screen.getByRole('button', { name: /Reset/ }));
    expect(store.getState().schemaDraft).toBeNull();
    expect(worker.calls.findLast(({ name }) => name === 'setSchema')?.args).toEqual(['']);
  });

  it('says that the hop of a link is not in this capture, and counts by what does filter', async () => {
    const { session, store, worker } = await show({ journeys: 10 });
    act(() => store.setState({ link: { ...store.getState().link, hop: 'eth9:nowhere' } }));
    expect(screen.getByText('not in this capture: does not filter')).toBeDefined();
    expect(screen.getByTestId('list-count').textContent).toBe('10');
    act(() => session.filter.set({ harm: 'lost' }));
    expect(worker.calls.findLast(({ name }) => name === 'setFilter')?.args).toEqual([
      { hop: null, metadata: null, harm: 'lost', time: null, where: '' },
      true,
    ]);
  });

  it('announces the number of journeys only when it no longer grows, and names no row that is not drawn', async () => {
    const { session, store, worker } = await show({ journeys: 10 });
    expect(screen.getByTestId('list-count').getAttribute('role')).toBeNull();
    await act(async () => {
      worker.send(fakeUpdate({ journeys: 20, state: 'done' }));
      await vi.waitFor(() => expect(store.getState().newest?.state).toBe('done'));
    });
    const count = screen.getByTestId('list-count');
    expect([count.getAttribute('role'), count.textContent]).toEqual(['status', '20']);
    act(() => session.filter.set({ time: { fromNs: '1', toNs: '2' } }));
    expect(count.textContent).toMatch(/ of 20$/);
    await vi.waitFor(() => expect(store.getState().selection).not.toBeNull());
    act(() => store.setState({ selection: { journey: 1_000_000, id: { hi: 0, lo: 1 } } }));
    expect(screen.getByRole('grid', { name: 'Journeys' }).getAttribute('aria-activedescendant')).toBeNull();
  });

  it('opens the help with every key of the table', async () => {
    await show({});
    fireEvent.keyDown(document.body, { key: '?' });
    const { KEY_TEXTS } = await import('#src/keys/texts.ts');
    const text = screen.getByRole('dialog').textContent;
    for (const words of Object.values(KEY_TEXTS)) expect(text).toContain(words);
  });
});
