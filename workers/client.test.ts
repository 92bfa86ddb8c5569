import { expose } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import type { SourceSpec, WhitherWorker } from './api.ts';
import { connect, type LockWaiter, type WorkerConnection, type WorkerLike } from './client.ts';
import { Fault } from './fault.ts';

/** A worker on a message port, with the events that a browser would raise. */
class FakeWorker extends EventTarget implements WorkerLike {
  terminated = false;
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<unknown>) => {
      this.dispatchEvent(new MessageEvent('message', { data }));
    };
  }

  postMessage(message: unknown, transfer?: Transferable[] | StructuredSerializeOptions): void {
    if (!this.terminated) this.#port.postMessage(message, (transfer ?? []) as Transferable[]);
  }

  terminate(): void {
    this.terminated = true;
    this.#port.close();
  }
}

const NEVER = new Promise<never>(() => undefined);
const connections: WorkerConnection[] = [];
const ports: MessagePort[] = [];

afterEach(() => {
  for (const connection of connections.splice(0)) connection.dispose();
  for (const port of ports.splice(0)) port.close();
});

function rig(implementation: Partial<WhitherWorker>, locks: LockWaiter | null = null) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  expose(implementation, port1);
  const worker = new FakeWorker(port2);
  const connection = connect(worker, locks);
  connections.push(connection);
  const deaths: Fault[] = [];
  connection.onDeath((fault) => deaths.push(fault));
  return { worker, connection, deaths, api: connection.api, say: (data: unknown) => port1.postMessage(data) };
}

describe('the connection to the worker', () => {
  it('passes calls and answers on', async () => {
    const { api } = rig({ rowOf: (journey) => Promise.resolve(journey * 2) });
    expect(await api.rowOf(21)).toBe(42);
  });

  it('moves the port of `open` to the worker', async () => {
    const { api } = rig({
      open: (source, updates) => {
        updates.postMessage(`opened a ${source.kind}`);
        return Promise.resolve(1);
      },
    });
    const { port1, port2 } = new MessageChannel();
    ports.push(port2);
    const said = new Promise((resolve) => (port2.onmessage = (event) => resolve(event.data)));
    const source: SourceSpec = { kind: 'url', url: 'http://x/', title: 'x' };
    expect(await api.open(source, port1)).toBe(1);
    expect(await said).toBe('opened a url');
  });

  it.each([
    ['error', new Event('error'), 'it could not be started'],
    ['error', Object.assign(new Event('error'), { message: 'x is undefined' }), 'x is undefined'],
    ['messageerror', new Event('messageerror'), 'a message of its could not be read'],
  ])('rejects pending and later calls when the worker raises %s', async (_, event, how) => {
    const { api, worker, deaths } = rig({ rowOf: () => NEVER, journeyOf: () => NEVER });
    const pending = [api.rowOf(1), api.journeyOf(0, 1)].map((call) => call.catch((error: unknown) => error));
    worker.dispatchEvent(event);
    const faults = [...(await Promise.all(pending)), await api.rowOf(2).catch((error: unknown) => error)];
    expect(faults).toHaveLength(3);
    for (const fault of faults) {
      expect(fault).toBeInstanceOf(Fault);
      expect(fault).toMatchObject({
        code: 'worker-died',
        cause: `The part of the page that reads captures has stopped: ${how}.`,
      });
    }
    expect(deaths).toHaveLength(1);
    expect(worker.terminated).toBe(true);
  });

  it('notices a worker that the browser ended without a word by the lock it held', async () => {
    let release: () => void = () => undefined;
    const waited: string[] = [];
    const locks: LockWaiter = {
      waitFor: (name) => {
        waited.push(name);
        return new Promise((resolve) => (release = resolve));
      },
    };
    const { api, say, deaths } = rig({ rowOf: () => NEVER, journeyOf: () => Promise.resolve(7) }, locks);
    const pending = api.rowOf(1).catch((error: unknown) => error);
    say({ whither: 'alive', lock: 'a-lock' });
    // Messages keep their order: the answer comes after the lock's name.
    expect(await api.journeyOf(0, 1)).toBe(7);
    expect(waited).toEqual(['a-lock']);
    release();
    expect(await pending).toMatchObject({ code: 'worker-died' });
    expect(deaths).toHaveLength(1);
  });

  it('rejects pending calls on dispose, and does not call that a death', async () => {
    const { api, connection, deaths, worker } = rig({ rowOf: () => NEVER });
    const pending = api.rowOf(1).catch((error: unknown) => error);
    connection.dispose();
    expect(await pending).toMatchObject({ code: 'worker-closed' });
    expect(deaths).toEqual([]);
    expect(worker.terminated).toBe(true);
  });

  it('brings a fault of the worker’s across with its remedy, and goes on working', async () => {
    const { api, deaths } = rig({
      cancel: () => Promise.reject(new Fault('x', 'A cause.', 'A remedy.')),
      rowOf: () => Promise.resolve(5),
    });
    await expect(api.cancel()).rejects.toMatchObject({ code: 'x', cause: 'A cause.', remedy: 'A remedy.' });
    expect(await api.rowOf(0)).toBe(5);
    expect(deaths).toEqual([]);
  });
});
