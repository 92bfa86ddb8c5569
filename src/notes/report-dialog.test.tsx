// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { SessionContext } from '#src/state/context.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import ReportDialog from './ReportDialog.tsx';

afterEach(cleanup);

function show() {
  const worker = new FakeWorker();
  const real = worker.fatesOf.bind(worker);
  const waiting: (() => void)[] = [];
  worker.fatesOf = async (set) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return { ...(await real(set)), journeys: 7 };
  };
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(worker));
  store.setState({ newest: fakeUpdate({ journeys: 7 }) });
  const open = () =>
    render(
      <SessionContext value={session}>
        <ReportDialog onClose={() => undefined} />
      </SessionContext>,
    );
  const answer = (n: number) =>
    act(async () => {
      await vi.waitFor(() => expect(waiting).toHaveLength(n));
      waiting[n - 1]!();
    });
  return { store, waiting, open, answer, report: () => store.getState().report };
}

it('a draft follows what is chosen until somebody writes, and never takes the place of what was typed meanwhile', async () => {
  const { waiting, open, answer, report } = show();
  open();
  await answer(1);
  await vi.waitFor(() => expect(report()).toContain('Of all 7 journeys'));
  cleanup();
  // Nobody wrote: it is drafted again.
  open();
  fireEvent.change(screen.getByRole('textbox', { name: 'Report, Markdown' }), {
    target: { value: '# Mine' },
  });
  await answer(2);
  await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(report()).toBe('# Mine');
  cleanup();
  open();
  expect(report()).toBe('# Mine');
  expect(waiting).toHaveLength(2);
});

it('a draft does not take the place of a report that came meanwhile: one that was kept, or came along', async () => {
  const { store, open, answer, report } = show();
  open();
  act(() => store.setState({ report: '# Of yesterday' }));
  await answer(1);
  await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(report()).toBe('# Of yesterday');
});
