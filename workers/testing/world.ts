/** A session in a test: over sources of the test's, in a world where time stands still until it is moved. */
import { afterEach } from 'vitest';
import type { SourceSpec, Update } from '#workers/api.ts';
import { Session } from '#workers/session.ts';
import { SLICE_MS } from '#workers/slices.ts';
import { FileSource } from '#workers/sources/file.ts';
import type { ByteSource } from '#workers/sources/source.ts';
import { yieldToTasks } from '#workers/yield.ts';

const FILE: SourceSpec = { kind: 'file', file: new File([], 'unused') };
export const LIVE: SourceSpec = { kind: 'live', url: 'http://agent/', from: 'oldest' };
export const UNIX_NOW_MS = 1_795_392_000_500;

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

export class World {
  nowMs = 0;
  /** A slice is over with every look at the clock. */
  slow = false;
  yields = 0;
  readonly timers: (() => void)[] = [];
  onYield: () => void = () => undefined;
  readonly session: Session;

  constructor(source: ByteSource | ((spec: SourceSpec) => ByteSource)) {
    this.session = new Session({
      clock: {
        now: () => (this.slow ? (this.nowMs += SLICE_MS) : this.nowMs),
        unixNow: () => UNIX_NOW_MS,
        yieldToTasks: () => {
          this.yields++;
          this.onYield();
          return yieldToTasks();
        },
      },
      setTimer: (callback) => {
        this.timers.push(callback);
        return () => undefined;
      },
      spawnFileReader: null,
      sourceOf: typeof source === 'function' ? source : () => source,
    });
  }

  async open(spec: SourceSpec = FILE): Promise<Updates> {
    const { port1, port2 } = new MessageChannel();
    ports.push(port2);
    const updates = new Updates(port2);
    await this.session.open(spec, port1);
    return updates;
  }
}

/** The Updates of one capture as the page receives them. */
export class Updates {
  readonly all: Update[] = [];
  readonly #waiting: { when: (update: Update) => boolean; resolve: (update: Update) => void }[] = [];

  constructor(port: MessagePort) {
    port.onmessage = ({ data }: MessageEvent<Update>) => {
      this.all.push(data);
      for (const waiting of this.#waiting) if (waiting.when(data)) waiting.resolve(data);
    };
  }

  until(when: (update: Update) => boolean): Promise<Update> {
    const found = this.all.find(when);
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiting.push({ when, resolve }));
  }

  ended(): Promise<Update> {
    return this.until((update) => ['done', 'failed', 'cancelled'].includes(update.state));
  }
}

export function fileWorld(bytes: Uint8Array<ArrayBuffer>): World {
  return new World(new FileSource(new File([bytes], 'generated.pcapng'), null));
}
