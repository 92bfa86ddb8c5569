/** Starts the worker of this build, from its own file. `spawn-inline.ts` is the same for the page in one file. */
export function spawnWorker(): Worker {
  return new Worker(new URL('./whither.worker.ts', import.meta.url), { type: 'module', name: 'whither' });
}
