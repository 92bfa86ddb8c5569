// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { SessionContext } from '#src/state/context.ts';
import { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import { fakeDetail } from '#src/testing/detail.ts';
import { FakeWorker, fakeConnection, fakeUpdate } from '#src/testing/fake-worker.ts';
import NoteDialog from './NoteDialog.tsx';

afterEach(cleanup);

function page() {
  const store = createPageStore();
  const session = new Session(store, () => fakeConnection(new FakeWorker()));
  const detail = fakeDetail(3);
  store.setState({ newest: fakeUpdate(), detail, selection: { journey: 3, id: { hi: 0, lo: 4 } } });
  const open = () => {
    cleanup();
    render(
      <SessionContext value={session}>
        <NoteDialog onClose={() => undefined} />
      </SessionContext>,
    );
  };
  const on = () => {
    const { options, value } = screen.getByRole<HTMLSelectElement>('combobox');
    return [...options].find((option) => option.value === value)?.text;
  };
  const choose = (name: RegExp) => {
    const select = screen.getByRole<HTMLSelectElement>('combobox');
    const option = [...select.options].find(({ text }) => name.test(text))!;
    fireEvent.change(select, { target: { value: option.value } });
  };
  const box = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Note' });
  const type = (value: string) => fireEvent.change(box(), { target: { value } });
  return { store, open, on, choose, type, text: () => box().value };
}

it('is opened again where what was typed last is not kept yet', () => {
  const { open, on, choose, type, text } = page();
  open();
  expect(on()).toBe('journey 4');
  choose(/^TLV/);
  const tlv = on();
  type('of the TLV');
  open();
  expect([on(), text()]).toEqual([tlv, 'of the TLV']);
  choose(/^journey/);
  type('of the journey');
  open();
  expect([on(), text()]).toEqual(['journey 4', 'of the journey']);
  fireEvent.click(screen.getByRole('button', { name: 'Discard it' }));
  open();
  expect([on(), text()]).toEqual([tlv, 'of the TLV']);
});

it('a note that is there can be deleted, on the journey and on what is on screen of it', () => {
  const { store, open, choose, type } = page();
  const remove = () => screen.queryByRole('button', { name: 'Delete the note' });
  const keep = () => fireEvent.submit(document.querySelector('form')!);
  open();
  type('first');
  expect(remove()).toBeNull();
  keep();
  open();
  choose(/^hop/);
  expect(remove()).toBeNull();
  type('second');
  keep();
  open();
  fireEvent.click(remove()!);
  expect(store.getState().marks.map(({ note }) => note)).toEqual(['']);
  expect(store.getState().pins.map(({ text }) => text)).toEqual(['second']);
  open();
  choose(/^hop/);
  type('changed');
  fireEvent.click(remove()!);
  expect([store.getState().pins, store.getState().noteDrafts]).toEqual([[], {}]);
});
