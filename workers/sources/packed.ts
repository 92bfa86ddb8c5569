/** A capture that came inside of the page or of a link: unpacked here while it is decoded, so that the page waits for neither. */
import type { PackedCapture } from '#workers/api.ts';
import { Fault } from '#workers/fault.ts';
import { ByteLog } from './byte-log.ts';
import type { ByteSource, SourceSink, Span } from './source.ts';

export class PackedSource implements ByteSource {
  /** Known when all of it is unpacked. */
  totalBytes: number | null = null;
  readonly #packed: PackedCapture;
  /** All of it: the text has a limit, and says what it comes to. */
  readonly #log = new ByteLog(Infinity);
  #cancelled = false;

  constructor(packed: PackedCapture) {
    this.#packed = packed;
  }

  get title(): string {
    return this.#packed.title;
  }

  async start(sink: SourceSink): Promise<void> {
    const { unpack } = await import('#workers/share/unpack.ts');
    sink.begin({ offset: 0, reset: false, missedBytes: null });
    let offset = 0;
    for await (const bytes of unpack(this.#packed)) {
      if (this.#cancelled) return;
      this.#log.append(bytes, offset);
      await sink.chunk(bytes, offset);
      offset += bytes.length;
    }
    this.totalBytes = offset;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = this.#log.read(offset, length);
    if (bytes !== null) return Promise.resolve(bytes);
    return Promise.reject(new Fault('not-held', 'These bytes were not unpacked.', 'Open it again.'));
  }

  held(): readonly Span[] {
    return this.#log.spans();
  }

  cancel(): void {
    this.#cancelled = true;
  }

  dispose(): void {
    this.cancel();
    this.#log.clear();
  }
}
