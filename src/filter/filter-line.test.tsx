// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { SessionContext } from '#src/state/context.ts';
import { NO_FILTER } from '#src/state/list-filter.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import { FilterLine } from './FilterLine.tsx';

afterEach(cleanup);

/** The filter line, with a worker whose answers to expressions wait until they are asked for, unless they need not. */
function show(waits = true) {
  const worker = new FakeWorker();
  const real = worker.setFilter.bind(worker);
  const waiting: (() => void)[] = [];
  worker.setFilter = async (filter) => {
    if (waits) await new Promise<void>((resolve) => waiting.push(resolve));
    return real(filter);
  };
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(worker));
  render(
    <SessionContext value={session}>
      <FilterLine />
    </SessionContext>,
  );
  const field = screen.getByRole('textbox', { name: 'Filter' });
  const type = (value: string) => fireEvent.change(field, { target: { value } });
  const asked = (count: number) => act(() => vi.waitFor(() => expect(waiting).toHaveLength(count)));
  const answer = (n: number) => act(async () => Promise.resolve(waiting[n]?.()));
  const text = () => (field as HTMLInputElement).value;
  const where = () => store.getState().link.where;
  /** What the worker was told last. */
  const told = () => worker.calls.findLast(({ name }) => name === 'setFilter')?.args[0];
  return { session, store, worker, type, asked, answer, text, where, told };
}

it('letters that are typed while an expression is asked stay when it comes into force', async () => {
  const { type, asked, answer, text, where } = show();
  type('len > 0');
  await asked(1);
  type('len > 40');
  await answer(0);
  await vi.waitFor(() => expect(where()).toBe('len > 0'));
  expect(text()).toBe('len > 40');
  await asked(2);
  await answer(1);
  await vi.waitFor(() => expect(where()).toBe('len > 40'));
  expect(text()).toBe('len > 40');
});

it('an answer that comes after that to a later expression puts nothing in force', async () => {
  const { type, asked, answer, text, where } = show();
  type('len > 4');
  await asked(1);
  type('len > 40');
  await asked(2);
  await answer(1);
  await vi.waitFor(() => expect(where()).toBe('len > 40'));
  await answer(0);
  expect([where(), text()]).toEqual(['len > 40', 'len > 40']);
});

it('what is cleared while an expression is asked stays cleared', async () => {
  const { session, type, asked, answer, where } = show();
  session.filter.set({ metadata: 'with' });
  await asked(1);
  type('drop');
  await asked(2);
  act(() => session.filter.clear());
  await asked(3);
  for (const n of [0, 1, 2]) await answer(n);
  expect(where()).toBe('');
});

it('what was written and never in force is gone from the field when the filter is cleared', async () => {
  const { session, type, asked, answer, text, worker } = show();
  worker.refusal = { from: 4, to: 5, cause: 'This is not whole.', remedy: 'Go on.' };
  type('len >');
  await asked(1);
  await answer(0);
  await screen.findByText(/This is not whole/);
  act(() => session.filter.clear());
  expect(text()).toBe('');
  expect(screen.queryByText(/This is not whole/)).toBeNull();
});

it('what is cleared while the first expression is asked is cleared in the worker as well', async () => {
  const { session, type, asked, answer, where, told } = show();
  act(() => session.filter.clear());
  await asked(1);
  type('drop');
  await asked(2);
  act(() => session.filter.clear());
  await asked(3);
  for (const n of [0, 1, 2]) await answer(n);
  expect([where(), told()]).toEqual(['', NO_FILTER]);
});

it('what is asked when a link comes is not in force behind it, though that link filters as before', async () => {
  const { session, store, type, asked, answer, where, told } = show();
  act(() => session.filter.clear());
  await asked(1);
  type('drop');
  await asked(2);
  await act(() => session.navigate({ ...store.getState().link }));
  await asked(3);
  for (const n of [0, 1, 2]) await answer(n);
  expect([where(), told()]).toEqual(['', NO_FILTER]);
});

it('an expression that is refused takes back with it one that was still asked', async () => {
  const { worker, type, asked, answer, where, told } = show();
  type('len > 4');
  await asked(1);
  type('len > 4 &&');
  await asked(2);
  worker.refusal = { from: 8, to: 10, cause: 'This is not whole.', remedy: 'Go on.' };
  await answer(1);
  worker.refusal = null;
  await asked(3);
  await answer(0);
  await answer(2);
  expect([where(), told()]).toEqual(['', NO_FILTER]);
});

it('what is put in force from elsewhere is shown, also what was written here before', async () => {
  const { session, type, asked, answer, text, where } = show();
  type('drop');
  await asked(1);
  await answer(0);
  await vi.waitFor(() => expect(where()).toBe('drop'));
  act(() => session.filter.clear());
  expect(text()).toBe('');
  act(() => session.filter.set({ where: 'drop' }));
  expect(text()).toBe('drop');
});

it('Enter goes to the list when it could be asked, Escape when there is nothing to take back', async () => {
  const { type, text, where, worker } = show(false);
  const list = document.createElement('div');
  list.innerHTML = '<div data-pane="list"><div tabindex="0"></div></div>';
  document.body.append(list);
  const field = screen.getByRole('textbox', { name: 'Filter' });
  const inList = () => document.activeElement?.closest('[data-pane="list"]') != null;
  const enter = (value: string) => {
    field.focus();
    type(value);
    fireEvent.keyDown(field, { key: 'Enter' });
  };
  worker.refusal = { from: 0, to: 1, cause: 'This is not whole.', remedy: 'Go on.' };
  enter('len >');
  await screen.findByText(/This is not whole/);
  expect(inList()).toBe(false);
  fireEvent.keyDown(field, { key: 'Escape' });
  expect([text(), inList()]).toEqual(['', false]);
  fireEvent.keyDown(field, { key: 'Escape' });
  expect(inList()).toBe(true);
  worker.refusal = null;
  enter('drop');
  await vi.waitFor(() => expect([where(), inList()]).toEqual(['drop', true]));
  list.remove();
});

it('a filter that waits, for it cannot be asked here, is shown with what is wrong and with no count of what passes', () => {
  const { store, worker, text } = show(false);
  const filterError = { from: 0, to: 5, cause: 'There is no field “tlv.x”.', remedy: 'Choose another.' };
  act(() => store.setState({ link: { ...store.getState().link, where: 'tlv.x == 1' } }));
  act(() => store.setState({ newest: fakeUpdate({ journeys: 9, filterError }) }));
  expect(text()).toBe('tlv.x == 1');
  screen.getByText('Not in force: There is no field “tlv.x”. Choose another.');
  expect(screen.queryByText(/9 of 9/)).toBeNull();
  act(() => store.setState({ newest: fakeUpdate({ journeys: 9, listed: 3 }) }));
  expect(screen.queryByText(/Not in force/)).toBeNull();
  screen.getByText('3 of 9');
  expect(worker.calls.filter(({ name }) => name === 'setFilter')).toEqual([]);
});
