// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SessionContext } from '#src/state/context.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import CompareBar from './CompareBar.tsx';

const UPDATE_MS = 100;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it('a side that is typed comes into force although packets arrive', () => {
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(new FakeWorker()));
  const compare = vi.spyOn(session, 'compare').mockImplementation(() => undefined);
  render(
    <SessionContext value={session}>
      <CompareBar compare={{ a: null, b: null }} journeys={[1, 1]} errors={[null, null]} />
    </SessionContext>,
  );
  fireEvent.change(screen.getByRole('textbox', { name: /^A:/ }), { target: { value: 'drop ' } });
  for (let i = 0; i < 10; i++) {
    // Each has another list of names.
    act(() => store.setState({ newest: fakeUpdate({ tlvNames: ['trace_id'] }) }));
    act(() => {
      vi.advanceTimersByTime(UPDATE_MS);
    });
  }
  expect(compare.mock.calls).toEqual([[{ a: 'drop', b: null }, true]]);
});

it('a blank behind a word stays while the word comes into force', () => {
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(new FakeWorker()));
  vi.spyOn(session, 'compare').mockImplementation(() => undefined);
  const bar = (a: string | null) => (
    <SessionContext value={session}>
      <CompareBar compare={{ a, b: null }} journeys={[1, 1]} errors={[null, null]} />
    </SessionContext>
  );
  const { rerender } = render(bar(null));
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: /^A:/ });
  fireEvent.change(field, { target: { value: 'drop ' } });
  rerender(bar('drop'));
  expect(field.value).toBe('drop ');
  rerender(bar('len > 4'));
  expect(field.value).toBe('len > 4');
});
