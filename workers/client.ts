/**
 * The page's end of the worker. Comlink never settles a call whose worker has died (its issue #601) and drops
 * calls in flight when the proxy is collected (#692), so the proxy is held here and every call is watched.
 */
import { releaseProxy, transfer, wrap, type Remote } from 'comlink';
import type { WhitherWorker } from './api.ts';
import { Fault, installFaultTransfer } from './fault.ts';
import { isAliveMessage } from './life.ts';
import { spawnWorker } from '#workers/spawn.ts';

export interface WorkerConnection {
  readonly api: WhitherWorker;
  /** Ends the worker; calls that are pending reject, `onDeath` is not called. */
  dispose(): void;
  /** Called once when the worker dies by itself. Returns how to stop that. */
  onDeath(callback: (fault: Fault) => void): () => void;
}

/** What the page needs of a Worker; tests give another. */
export type WorkerLike = Pick<
  Worker,
  'postMessage' | 'addEventListener' | 'removeEventListener' | 'terminate'
>;

/** The part of navigator.locks that death is noticed by. */
export interface LockWaiter {
  /** Resolves when nobody else holds the lock any more. */
  waitFor(name: string, signal: AbortSignal): Promise<void>;
}

const METHODS = {
  open: true,
  cancel: true,
  heldCapture: true,
  fetchCode: true,
  setFilter: true,
  checkFilter: true,
  setSort: true,
  setColumns: true,
  fields: true,
  filterOf: true,
  groups: true,
  groupRows: true,
  contrast: true,
  questionProgress: true,
  endQuestion: true,
  completeFilter: true,
  filterDoubts: true,
  setSchema: true,
  openTypes: true,
  findTypes: true,
  schemaOfType: true,
  proposeSchema: true,
  previewAreas: true,
  capturedSchema: true,
  diffSchemas: true,
  emitSchema: true,
  exportForWireshark: true,
  makeShare: true,
  packShare: true,
  arrivedShare: true,
  rows: true,
  watchRows: true,
  rowOf: true,
  journeyOf: true,
  journey: true,
  eventBytes: true,
  watchCost: true,
  cost: true,
  lossSummary: true,
  pathOf: true,
  fatesOf: true,
  matrixOf: true,
  lintSummary: true,
  budget: true,
  timelineBins: true,
  hopLatency: true,
  inspect: true,
  streamStats: true,
} as const satisfies Record<keyof WhitherWorker, true>;

/** A worker of this build, its calls, and how it ends. */
export function connectWorker(): WorkerConnection {
  return connect(spawnWorker(), browserLocks());
}

export function connect(worker: WorkerLike, locks: LockWaiter | null): WorkerConnection {
  installFaultTransfer();
  const remote = wrap<WhitherWorker>(worker);
  const pending = new Set<(fault: Fault) => void>();
  const listeners = new Set<(fault: Fault) => void>();
  const waiting = new AbortController();
  let ended: Fault | null = null;

  function end(fault: Fault): void {
    if (ended) return;
    ended = fault;
    waiting.abort();
    worker.terminate();
    for (const reject of pending) reject(fault);
    pending.clear();
  }

  function die(how: string): void {
    if (ended) return;
    const fault = died(how);
    end(fault);
    for (const listener of listeners) listener(fault);
  }

  worker.addEventListener('error', (event: Event) => {
    // A plain Event when the script could not be loaded, an ErrorEvent when something in it was thrown.
    const message = 'message' in event && typeof event.message === 'string' ? event.message : '';
    die(message === '' ? 'it could not be started' : message);
  });
  worker.addEventListener('messageerror', () => die('a message of its could not be read'));
  worker.addEventListener('message', (event) => {
    const { data } = event as MessageEvent<unknown>;
    if (!locks || !isAliveMessage(data)) return;
    locks.waitFor(data.lock, waiting.signal).then(
      () => die('the browser ended it, most likely for want of memory'),
      // Aborted: the connection has ended in another way.
      () => undefined,
    );
  });

  function call(name: keyof WhitherWorker, args: readonly unknown[]): Promise<unknown> {
    if (ended) return Promise.reject(ended);
    const ports = args.filter((arg) => arg instanceof MessagePort);
    const sent = args.map((arg) => (arg instanceof MessagePort ? transfer(arg, ports) : arg));
    const method = remote[name] as (...args: unknown[]) => Promise<unknown>;
    return new Promise((resolve, reject) => {
      pending.add(reject);
      method(...sent)
        .then(resolve, reject)
        .finally(() => pending.delete(reject));
    });
  }

  return {
    api: proxyOf(call),
    dispose() {
      if (ended) return;
      release(remote);
      end(new Fault('worker-closed', 'The capture was closed.', 'Open it again.'));
    },
    onDeath(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
  };
}

function proxyOf(
  call: (name: keyof WhitherWorker, args: readonly unknown[]) => Promise<unknown>,
): WhitherWorker {
  const names = Object.keys(METHODS) as (keyof WhitherWorker)[];
  const entries = names.map((name) => [name, (...args: unknown[]) => call(name, args)] as const);
  // The methods are those of the interface, each passed on unchanged; METHODS is checked against it.
  return Object.fromEntries(entries) as unknown as WhitherWorker;
}

function release(remote: Remote<WhitherWorker>): void {
  remote[releaseProxy]();
}

function died(how: string): Fault {
  return new Fault(
    'worker-died',
    `The part of the page that reads captures has stopped: ${how.replace(/\.$/, '')}.`,
    'Open the capture again. If it is very large, cut it first (editcap -c).',
  );
}

function browserLocks(): LockWaiter | null {
  // Only in secure contexts (https, or this host); elsewhere death shows by error events alone.
  if (!('locks' in navigator)) return null;
  return {
    async waitFor(name, signal) {
      await navigator.locks.request(name, { signal }, () => undefined);
    },
  };
}
