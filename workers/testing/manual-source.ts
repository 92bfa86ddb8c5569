/** A ByteSource that a test feeds by hand. */
import type { Status } from '#core/protocol/messages.ts';
import type { Problem } from '#core/pcapng/types.ts';
import type { Beginning, ByteSource, SourceSink } from '#workers/sources/source.ts';

export class ManualSource implements ByteSource {
  readonly title = 'by hand';
  totalBytes: number | null = null;
  catchUp: number | null = null;
  cancelled = false;
  disposed = false;
  readonly reads: [offset: number, length: number][] = [];
  readonly #started: Promise<SourceSink>;
  #start: (sink: SourceSink) => void = () => undefined;
  #finish: (fault: Error | null) => void = () => undefined;
  #bytes = new Map<number, Uint8Array>();

  constructor() {
    this.#started = new Promise((resolve) => (this.#start = resolve));
  }

  start(sink: SourceSink): Promise<void> {
    this.#start(sink);
    return new Promise((resolve, reject) => {
      this.#finish = (fault) => (fault ? reject(fault) : resolve());
    });
  }

  async begin(at: Beginning): Promise<void> {
    (await this.#started).begin(at);
  }

  async give(bytes: Uint8Array, offset: number): Promise<void> {
    this.#bytes.set(offset, bytes);
    await (await this.#started).chunk(bytes, offset);
  }

  async connection(state: 'live' | 'reconnecting', text = '', problem?: Problem): Promise<void> {
    (await this.#started).connection(state, text, problem);
  }

  async status(text: string, capture: Status['capture'] = 'running'): Promise<void> {
    (await this.#started).status({ type: 'status', capture, text });
  }

  async end(fault: Error | null = null): Promise<void> {
    await this.#started;
    this.#finish(fault);
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    this.reads.push([offset, length]);
    for (const [start, bytes] of this.#bytes) {
      if (offset >= start && offset + length <= start + bytes.length) {
        return Promise.resolve(bytes.slice(offset - start, offset - start + length));
      }
    }
    return Promise.reject(new RangeError(`no bytes at ${offset}`));
  }

  cancel(): void {
    this.cancelled = true;
    this.#finish(null);
  }

  dispose(): void {
    this.disposed = true;
    this.cancel();
  }
}
