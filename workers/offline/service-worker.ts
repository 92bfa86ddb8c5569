/**
 * The service worker of the page on a host of static files: keeps the build, so that the page opens without a network, and lets
 * no request leave but those that a person asked for. Not started on a page that an agent serves (src/offline/register.ts).
 */
import { SHARE_PAGE, verdictOf } from './requests.ts';

/** Put in by the build (vite.config.ts): its files, and a name for just these. */
declare const WHITHER_FILES: readonly string[];
declare const WHITHER_BUILD: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const scope = worker.registration.scope;
const FILES = new Set(WHITHER_FILES);
/** Another build is another worker with another list. */
const CACHE = `whither ${WHITHER_BUILD}`;
/** A page that does not answer is gone; one that has just begun with a large capture may take its time. */
const ANSWER_MS = 10_000;

/** What it asks a page; the answer is true or false. */
export interface IsAsked {
  readonly whitherIsAsked: string;
}

worker.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      // Not out of the browser's own cache: the page must be the one that names these files.
      const all = ['', ...FILES].map((file) => new Request(new URL(file, scope), { cache: 'reload' }));
      // It begins when no page of the build before is open any more: that one has parts to load.
      await cache.addAll(all);
      // A host may leave it out: then nothing is shared as a page.
      await cache.add(new Request(new URL(SHARE_PAGE, scope), { cache: 'reload' })).catch(() => undefined);
    })(),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith('whither ') && name !== CACHE) await caches.delete(name);
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener('fetch', (event) => {
  event.respondWith(answer(event));
});

async function answer(event: FetchEvent): Promise<Response> {
  const { request } = event;
  switch (verdictOf(request, scope, FILES)) {
    case 'kept':
      return (await caches.match(request)) ?? fetch(request);
    case 'page':
      return fetch(request).catch(() => lastKnown(scope));
    case 'fresh':
      return fresh(event);
    case 'network':
      return fetch(request);
    case 'ask':
      return (await isAsked(request.url)) ? fetch(request) : Response.error();
    case 'refuse':
      return Response.error();
  }
}

async function fresh(event: FetchEvent): Promise<Response> {
  const { request } = event;
  let response: Response;
  try {
    response = await fetch(request);
  } catch {
    return lastKnown(request.url);
  }
  if (response.ok && request.method === 'GET' && request.headers.get('range') === null) {
    const copy = response.clone();
    // A full store keeps less, and stops nothing.
    const kept = caches.open(CACHE).then((cache) => cache.put(request.url, copy));
    event.waitUntil(kept.catch(() => undefined));
  }
  return response;
}

async function lastKnown(url: string): Promise<Response> {
  return (await caches.match(url)) ?? Response.error();
}

/** Whether any page of this host has this address open. */
async function isAsked(url: string): Promise<boolean> {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const answers = pages.map(
    (page) =>
      new Promise<boolean>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        const done = (is: boolean): void => {
          port1.close();
          resolve(is);
        };
        setTimeout(done, ANSWER_MS, false);
        port1.onmessage = ({ data }: MessageEvent<unknown>) => done(data === true);
        page.postMessage({ whitherIsAsked: url } satisfies IsAsked, [port2]);
      }),
  );
  return (await Promise.all(answers)).includes(true);
}
