/**
 * How a page learns that its worker is gone when no event says so (a browser that ends a worker for want of memory
 * sends none): the worker holds a lock for as long as it lives, and the page waits for that lock.
 */
export interface AliveMessage {
  readonly whither: 'alive';
  readonly lock: string;
}

export function isAliveMessage(data: unknown): data is AliveMessage {
  return (
    typeof data === 'object' &&
    data !== null &&
    'whither' in data &&
    data.whither === 'alive' &&
    'lock' in data &&
    typeof data.lock === 'string'
  );
}

/** In the worker: takes a lock of its own, never gives it back, and names it once it is held. */
export function holdLifeLock(post: (message: AliveMessage) => void): void {
  if (!('locks' in navigator)) return;
  const lock = `whither-worker-${crypto.randomUUID()}`;
  void navigator.locks.request(lock, () => {
    post({ whither: 'alive', lock });
    return new Promise<never>(() => undefined);
  });
}
