/** The service worker (workers/offline) of a page on a host of static files, and what it asks the page. */
import type { IsAsked } from '#workers/offline/service-worker.ts';
import { partsOf } from '#src/state/origin.ts';
import type { PageStore } from '#src/state/store.ts';

/** Tells the service worker what a person asked for. From the start on: a link's capture is fetched before anything is drawn. */
export function answerServiceWorker(store: PageStore): void {
  // Only there in secure contexts; elsewhere the page works as well, with a network.
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.addEventListener(
    'message',
    ({ data, ports }: MessageEvent<Partial<IsAsked> | null>) => {
      const url = data?.whitherIsAsked;
      if (typeof url === 'string') ports[0]?.postMessage(addressesOf(store).includes(url));
    },
  );
  navigator.serviceWorker.startMessages();
}

/** Long enough to choose a file. */
const SETTLE_MS = 2000;

/** Once the page has nothing else to do: what the service worker fetches would take its time from a capture that is being read. */
export function startServiceWorker(store: PageStore): void {
  if (!('serviceWorker' in navigator)) return;
  const register = (): void => {
    if (store.getState().newest?.state === 'loading') setTimeout(register, SETTLE_MS);
    // Without it everything works, online.
    else
      navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI)).catch(() => undefined);
  };
  setTimeout(register, SETTLE_MS);
}

/** Of what is open, or is being opened. */
function addressesOf(store: PageStore): readonly string[] {
  const { capture } = store.getState();
  return (capture === null ? [] : partsOf(capture.origin)).flatMap((part) =>
    part.kind === 'url' ? [new URL(part.url, document.baseURI).href] : [],
  );
}
