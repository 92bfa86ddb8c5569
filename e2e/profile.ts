/**
 * What a browser profile has stored for the origin of a page. A second profile must see nothing of the first: the test leaves something in
 * every kind of storage of the first, so that a profile that is shared shows.
 */
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openPage, type PageOptions, type WatchedPage } from './browser.ts';

const TRACE = 'of-the-first-profile';

/** Kinds of storage with what is in them. */
function storedIn(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    for (const key of Object.keys(localStorage)) found.push(`localStorage ${key}`);
    for (const { name } of await indexedDB.databases()) found.push(`IndexedDB ${name}`);
    const root = await navigator.storage.getDirectory();
    // TypeScript's DOM library does not know that a directory can be iterated.
    const names = (root as unknown as { keys(): AsyncIterable<string> }).keys();
    for await (const name of names) found.push(`OPFS ${name}`);
    for (const name of await caches.keys()) found.push(`cache ${name}`);
    return found;
  });
}

function leaveTraces(page: Page): Promise<void> {
  return page.evaluate(async (trace) => {
    localStorage.setItem(trace, trace);
    await new Promise((resolve, reject) => {
      const opening = indexedDB.open(trace);
      opening.addEventListener('success', resolve);
      opening.addEventListener('error', reject);
    });
    const root = await navigator.storage.getDirectory();
    await root.getFileHandle(trace, { create: true });
    await caches.open(trace);
  }, TRACE);
}

/** A page of `second`, another browser than that of `first`, with nothing stored for the origin that `first` shows. */
export async function cleanPage(
  first: Page,
  second: Browser,
  options: PageOptions = {},
): Promise<WatchedPage> {
  expect(first.context().browser()).not.toBe(second);
  await leaveTraces(first);
  const kinds = ['localStorage', 'IndexedDB', 'OPFS', 'cache'].map((kind) => `${kind} ${TRACE}`);
  expect(await storedIn(first)).toEqual(expect.arrayContaining(kinds));
  const watched = await openPage(second, options);
  // Of the same origin, with nothing of the page in it yet.
  const empty = new URL('/empty', first.url()).href;
  await watched.page.route(empty, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<link rel="icon" href="data:,">' }),
  );
  await watched.page.goto(empty);
  expect(await storedIn(watched.page)).toEqual([]);
  return watched;
}
