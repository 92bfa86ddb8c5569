/**
 * The worker out of the page's own text: a page that is opened from disk has no other file. Its script is in an element of its own, and
 * the first is begun before the page's own code is unpacked (vite.share.config.ts).
 */
declare global {
  /** Of a page in one file: where the worker's script is, and the first, with what it has said so far. */
  var whitherWorker: { readonly url: string; first: Worker | null; readonly said: readonly Event[] };
}

export function spawnWorker(): Worker {
  const { url, first, said } = globalThis.whitherWorker;
  globalThis.whitherWorker.first = null;
  if (first === null) return new Worker(url, { name: 'whither' });
  // Whoever asked listens by then.
  queueMicrotask(() => {
    for (const event of said) first.dispatchEvent(againOf(event));
  });
  return first;
}

/** An event is dispatched but once. */
function againOf(event: Event): Event {
  if (event instanceof MessageEvent) return new MessageEvent(event.type, { data: event.data as unknown });
  return event instanceof ErrorEvent
    ? new ErrorEvent(event.type, { message: event.message })
    : new Event(event.type);
}
