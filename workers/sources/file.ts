/** A file dropped on the page. It is never held in memory: blocks are read from the file again. */
import { Fault } from '#workers/fault.ts';
import type { ByteSource, SourceSink } from './source.ts';

/** The first is small, so that there are rows at once; each is twice as long as the one before. */
export const FIRST_SLICE_BYTES = 256 * 1024;
/** Each read is a way to the browser's own process and back: 200 MB in slices of 1 MiB take twice as long. */
const MAX_SLICE_BYTES = 8 * 1024 * 1024;

export class FileSource implements ByteSource {
  readonly title: string;
  readonly totalBytes: number;
  readonly #file: File;
  #cancelled = false;

  constructor(file: File) {
    this.#file = file;
    this.title = file.name;
    this.totalBytes = file.size;
  }

  async start(sink: SourceSink): Promise<void> {
    sink.begin({ offset: 0, reset: false, missedBytes: null });
    let offset = 0;
    let size = FIRST_SLICE_BYTES;
    let next = this.#slice(offset, size);
    while (!this.#cancelled && offset < this.totalBytes) {
      const bytes = await next;
      const end = offset + bytes.length;
      size = Math.min(2 * size, MAX_SLICE_BYTES);
      // Read ahead while this slice is decoded. A failure is met at the next turn, not as unhandled.
      next = this.#slice(end, size);
      next.catch(() => undefined);
      if (this.#isCancelled()) return;
      await sink.chunk(bytes, offset);
      offset = end;
    }
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#read(offset, offset + length);
  }

  cancel(): void {
    this.#cancelled = true;
  }

  dispose(): void {
    this.#cancelled = true;
  }

  /** A method, because the flag changes while `start` waits and the compiler cannot see that. */
  #isCancelled(): boolean {
    return this.#cancelled;
  }

  #slice(offset: number, bytes: number): Promise<Uint8Array> {
    return this.#read(offset, Math.min(offset + bytes, this.totalBytes));
  }

  async #read(from: number, to: number): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await this.#file.slice(from, to).arrayBuffer());
    } catch {
      throw new Fault(
        'file-unreadable',
        `The file ${this.title} can no longer be read: it was changed, moved or removed after it was opened.`,
        'Open the file again.',
      );
    }
    if (bytes.length !== to - from) {
      throw new Fault(
        'file-changed',
        `The file ${this.title} ends before offset ${to}: it became shorter after it was opened.`,
        'Open the file again.',
      );
    }
    return bytes;
  }
}
