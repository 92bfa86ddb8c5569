import { afterEach, expect, test, vi } from 'vitest';
import { fetchControls, formOf, askOfForm, postAsk } from './ask.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const GONE = /^The agent has ended or does not answer\. Start it again/;

test('an agent that is gone is said in the words of the banner, not in those of the browser', async () => {
  vi.stubGlobal('document', { baseURI: 'http://127.0.0.1:1/' });
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(fetchControls()).rejects.toThrow(GONE);
  const ask = askOfForm(formOf(null));
  if ('ok' in ask) throw new Error('a form without anything asks for nothing');
  await expect(postAsk(ask, new AbortController().signal)).rejects.toThrow(GONE);
});

test('a request that was taken back is told as that', async () => {
  vi.stubGlobal('document', { baseURI: 'http://127.0.0.1:1/' });
  vi.stubGlobal('fetch', () => Promise.reject(new DOMException('taken back', 'AbortError')));
  await expect(fetchControls()).rejects.toMatchObject({ name: 'AbortError' });
});
