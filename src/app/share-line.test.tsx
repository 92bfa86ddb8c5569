// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { CAREFUL } from '#core/share/policy.ts';
import { manifestOf, newTally } from '#core/share/manifest.ts';
import { SessionContext } from '#src/state/context.ts';
import type { Session } from '#src/state/session.ts';
import { createPageStore } from '#src/state/store.ts';
import ShareLine from './ShareLine.tsx';

afterEach(cleanup);

function show(expires: string | null, note = '', line = 'a share of it'): void {
  const selection = { fromNs: null, toNs: null, journeys: null, hooks: null };
  const of = { created: '', expires, policy: CAREFUL, selection, tally: newTally() };
  const manifest = manifestOf({ ...of, unknownBytes: 0, values: new Map() });
  const store = createPageStore();
  store.setState({
    arrived: { manifest, line, notes: null, faults: [] },
    pins: note === '' ? [] : [{ pin: { on: 'cause', cause: 'tcx-redirect' }, text: note }],
  });
  render(
    <SessionContext value={{ store } as unknown as Session}>
      <ShareLine />
    </SessionContext>,
  );
}

it('a share whose time is over says so, and no other does', () => {
  show('2025-01-02T03:04:05.000Z');
  expect(screen.getByText('Its time was over on 2025-01-02 03:04 UTC: delete it.').className).toBe(
    'tone-lost',
  );
  for (const expires of [null, '2999-01-01T00:00:00.000Z', 'soon']) {
    cleanup();
    show(expires);
    expect(screen.queryByText(/Its time was over/)).toBeNull();
  }
});

it('the first note is words, without the signs of Markdown', () => {
  show(null, 'the tag is gone **here**\n\nand more');
  expect(screen.getByRole('button', { name: 'cause tcx-redirect: the tag is gone here' })).toBeTruthy();
});

it('a file is called as it is', () => {
  show(null, '', 's1.pcapng is a share of it');
  expect(screen.getByText('s1.pcapng is a share of it.')).toBeTruthy();
  cleanup();
  show(null);
  expect(screen.getByText('A share of it.')).toBeTruthy();
});
