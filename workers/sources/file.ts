/** A file dropped on the page. It is never held in memory: blocks are read from the file again. */
import { Fault } from '#workers/fault.ts';
import type { ByteSource, SourceSink } from './source.ts';

/** Large enough that the reads cost little, small enough that the next one is ready when this one is decoded. */
export const FILE_SLICE_BYTES = 1024 * 1024;

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
    let next = this.#slice(offset);
    while (!this.#cancelled && offset < this.totalBytes) {
      const bytes = await next;
      const end = offset + bytes.length;
      // Read ahead while this slice is decoded. A failure is met at the next turn, not as unhandled.
      next = this.#slice(end);
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

  #slice(offset: number): Promise<Uint8Array> {
    return this.#read(offset, Math.min(offset + FILE_SLICE_BYTES, this.totalBytes));
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
