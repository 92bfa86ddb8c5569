import { afterEach, expect, it, vi } from 'vitest';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { Collector } from '#workers/testing/collector.ts';
import { sourceOf } from './source-of.ts';
import { MAX_URL_BYTES } from './url.ts';
import { MAX_URLS_BYTES } from './url-budget.ts';

afterEach(() => vi.unstubAllGlobals());

it('addresses that are opened together are under one cap, each of them under its own', async () => {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  const capture = writer.take();
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return Promise.resolve(
      new Response(new Uint8Array(capture), { headers: { 'content-length': String(MAX_URL_BYTES) } }),
    );
  });
  const parts = ['a', 'b', 'c', 'd'].map((name) => ({
    name,
    source: { kind: 'url', url: `https://${name}.example/`, title: name } as const,
  }));
  expect(MAX_URLS_BYTES).toBe(2 * MAX_URL_BYTES);
  await expect(sourceOf({ kind: 'together', parts }, null).start(new Collector())).rejects.toMatchObject({
    code: 'urls-too-large',
    cause:
      'With c the addresses that are opened together are larger than the 2048 MiB that this page reads from all of them.',
    remedy: 'Download them and drop the files on this page, or open fewer.',
  });
  expect(asked).toHaveLength(3);
  // Each time that it is opened anew.
  const again = sourceOf({ kind: 'together', parts: parts.slice(0, 2) }, null);
  await expect(again.start(new Collector())).resolves.toBeUndefined();
});

it('several that were given up before their code is there are not asked for', async () => {
  const asked = vi.fn();
  vi.stubGlobal('fetch', asked);
  const source = { kind: 'url', url: 'https://a.example/', title: 'a' } as const;
  const parts = [
    { name: 'a', source },
    { name: 'b', source },
  ];
  for (const end of ['cancel', 'dispose'] as const) {
    const together = sourceOf({ kind: 'together', parts }, null);
    expect([together.title, together.totalBytes, together.held?.()]).toEqual(['a + b', null, []]);
    const ended = together.start(new Collector());
    together[end]();
    await ended;
  }
  expect(asked).not.toHaveBeenCalled();
});
