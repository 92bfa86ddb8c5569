// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { THEN } from '#core/query/then.ts';
import { SessionContext } from '#src/state/context.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { FakeWorker, fakeConnection } from '#src/testing/fake-worker.ts';
import ValueMenu from './ValueMenu.tsx';

afterEach(cleanup);

/** The menu of a mark, with a worker that says what its values are called when it is let. */
function show(value: string) {
  const worker = new FakeWorker();
  const real = worker.filterOf.bind(worker);
  const waiting: (() => void)[] = [];
  worker.filterOf = async (field, shown) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return real(field, shown);
  };
  const session = new Session(createPageStore(), () => fakeConnection(worker));
  const join = vi.spyOn(session.filter, 'join').mockImplementation(() => undefined);
  const prepare = vi.spyOn(session.filter, 'prepare').mockImplementation(() => undefined);
  const onClose = vi.fn<() => void>();
  render(
    <SessionContext value={session}>
      <ValueMenu menu={{ field: 'mark', value, x: 0, y: 0 }} onClose={onClose} />
    </SessionContext>,
  );
  const click = (text: RegExp, shiftKey = false) =>
    fireEvent.click(screen.getByRole('menuitem', { name: text }), { shiftKey });
  const answer = (n: number) => act(async () => Promise.resolve(waiting[n]?.()));
  return { click, answer, join, prepare, onClose };
}

it('a click that comes before the name of the value is done when it is known, as it was clicked', async () => {
  const { click, answer, join, prepare, onClose } = show('7');
  click(/^only these$/);
  click(/^not these$/, true);
  expect(onClose).not.toHaveBeenCalled();
  await answer(0);
  expect(prepare.mock.calls).toEqual([['mark == 7', 'not']]);
  expect(join).not.toHaveBeenCalled();
  expect(onClose).toHaveBeenCalledOnce();
});

it('of two values the one that was chosen last is asked for, also while its name is not known', async () => {
  const { click, answer, join } = show(`7${THEN}8`);
  await answer(0);
  fireEvent.click(screen.getByRole('menuitemradio', { name: /7/ }));
  click(/^only these$/);
  expect(join).not.toHaveBeenCalled();
  await answer(1);
  expect(join.mock.calls).toEqual([['mark == 7', 'only']]);
});
