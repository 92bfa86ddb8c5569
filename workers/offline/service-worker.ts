/**
 * The service worker of the page on a host of static files: keeps the build, so that the page opens without a network, and lets
 * no request leave but those that a person asked for. Not started on a page that an agent serves (src/offline/register.ts).
 */
import { verdictOf } from './requests.ts';

/** Put in by the build (vite.config.ts): its files, which say their version themselves. */
declare const WHITHER_FILES: readonly string[];

const worker = self as unknown as ServiceWorkerGlobalScope;
const scope = worker.registration.scope;
const FILES = new Set(WHITHER_FILES);
/** Another build is another worker with another list. */
const CACHE = `whither ${WHITHER_FILES.join(' ').length} ${hashOf(WHITHER_FILES.join(' '))}`;
/** A page that does not answer is gone. */
const ANSWER_MS = 1000;

/** What it asks a page; the answer is true or false. */
export interface IsAsked {
  readonly whitherIsAsked: string;
}

function hashOf(text: string): string {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return (h >>> 0).toString(16);
}

worker.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(['', ...FILES].map((file) => new URL(file, scope).href));
      await worker.skipWaiting();
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
  event.respondWith(answer(event.request));
});

async function answer(request: Request): Promise<Response> {
  switch (verdictOf(request, scope, FILES)) {
    case 'kept':
      return (await caches.match(request)) ?? fetch(request);
    case 'fresh':
      return fresh(request);
    case 'network':
      return fetch(request);
    case 'ask':
      return (await isAsked(request.url)) ? fetch(request) : Response.error();
    case 'refuse':
      return Response.error();
  }
}

async function fresh(request: Request): Promise<Response> {
  const isPage = request.mode === 'navigate';
  // The page is one file, whatever is in its address.
  const key = isPage ? scope : request.url;
  try {
    const response = await fetch(request);
    if (response.ok && request.method === 'GET' && request.headers.get('range') === null) {
      await (await caches.open(CACHE)).put(key, response.clone());
    }
    return response;
  } catch (error) {
    const kept = await caches.match(key);
    if (kept !== undefined) return kept;
    throw error;
  }
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
