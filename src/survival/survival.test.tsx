// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it, vi } from 'vitest';
import type { SurvivalTable } from '#core/survival/table.ts';
import { SessionContext } from '#src/state/context.ts';
import type { Session } from '#src/state/session.ts';
import { cellLook, kernelName } from './print.ts';
import SurvivalDialog from './SurvivalDialog.tsx';

const TABLE: SurvivalTable = {
  whither: 1,
  kernels: [
    { release: '6.1.0-50-cloud-amd64', where: 'qemu', hooksAttached: 30, hooksKnown: 40 },
    { release: '6.18.44', where: 'here', hooksAttached: 20, hooksKnown: 40 },
  ],
  rows: [
    {
      operation: 'forwarded',
      scenario: 'forward',
      summary: 'a router forwards',
      cells: [
        { outcome: 'clobbered', note: 'bytes 14–15 of 16', capture: '6.18.44/forward.pcapng.gz' },
        null,
      ],
    },
  ],
};

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(answers: Record<string, Response>): {
  open: ReturnType<typeof vi.fn>;
  closed: ReturnType<typeof vi.fn>;
} {
  const open = vi.fn(() => Promise.resolve());
  const closed = vi.fn();
  vi.stubGlobal('fetch', (url: URL) =>
    Promise.resolve(answers[url.pathname.replace(/^.*survival\//, '')] ?? new Response('', { status: 404 })),
  );
  render(
    <SessionContext value={{ open } as unknown as Session}>
      <SurvivalDialog onClose={closed} />
    </SessionContext>,
  );
  return { open, closed };
}

it('a cell says which bytes, and opens its recording', async () => {
  const { open, closed } = show({
    'survival.json': Response.json(TABLE),
    '6.18.44/forward.pcapng.gz': new Response(new Uint8Array(gzipSync('a recording'))),
  });
  const cell = await screen.findByRole('button', {
    name: /forwarded on 6\.1\.0: clobbered: bytes 14–15 of 16/,
  });
  expect(screen.getByText('not run')).toBeTruthy();
  fireEvent.click(cell);
  await waitFor(() => expect(open).toHaveBeenCalledTimes(1));
  const { kind, file } = (open.mock.calls as unknown as [{ kind: string; file: File }][])[0]![0];
  expect([kind, file.name, await file.text()]).toEqual(['file', 'forward.pcapng', 'a recording']);
  expect(closed).toHaveBeenCalledTimes(1);
});

it('a recording that the browser has unpacked on its way is one, too', async () => {
  const { open } = show({
    'survival.json': Response.json(TABLE),
    '6.18.44/forward.pcapng.gz': new Response('a recording'),
  });
  fireEvent.click(await screen.findByRole('button', { name: /forwarded on/ }));
  await waitFor(() => expect(open).toHaveBeenCalledTimes(1));
  const { file } = (open.mock.calls as unknown as [{ file: File }][])[0]![0];
  expect(await file.text()).toBe('a recording');
});

it('a table or a recording that cannot be had is said', async () => {
  show({});
  expect((await screen.findByRole('alert')).textContent).toContain('HTTP 404');
  cleanup();
  const { open } = show({ 'survival.json': Response.json(TABLE) });
  fireEvent.click(await screen.findByRole('button', { name: /forwarded on/ }));
  expect((await screen.findByRole('alert')).textContent).toContain('The recording could not be read');
  expect(open).not.toHaveBeenCalled();
});

it('names kernels without what a distribution adds, and every outcome by a sign of its own', () => {
  expect(kernelName('6.12.117+deb13-cloud-amd64')).toBe('6.12.117');
  const outcomes = ['survives', 'moved', 'lost', 'stale', 'clobbered', 'changed', 'not possible'] as const;
  expect(new Set(outcomes.map((outcome) => cellLook({ outcome }).sign)).size).toBe(outcomes.length);
});
