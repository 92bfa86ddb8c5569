/** The service worker (workers/offline) of a page on a host of static files, and what it asks the page. */
import type { IsAsked } from '#workers/offline/service-worker.ts';
import type { PageStore } from '#src/state/store.ts';

/** Tells the service worker what a person asked for. From the start on: a link's capture is fetched before anything is drawn. */
export function answerServiceWorker(store: PageStore): void {
  // Only there in secure contexts; elsewhere the page works as well, with a network.
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener(
    'message',
    ({ data, ports }: MessageEvent<Partial<IsAsked> | null>) => {
      const url = data?.whitherIsAsked;
      if (typeof url === 'string') ports[0]?.postMessage(url === addressOf(store));
    },
  );
  navigator.serviceWorker.startMessages();
}

export function startServiceWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  // Without it everything works, online.
  navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI)).catch(() => undefined);
}

/** Of what is open, or is being opened; null when that is no address. */
function addressOf(store: PageStore): string | null {
  const origin = store.getState().capture?.origin;
  return origin?.kind === 'url' ? new URL(origin.url, document.baseURI).href : null;
}
