/** A file dropped on the page. It is never held in memory: blocks are read from the file again. */
import { Fault } from '#workers/fault.ts';
import { readElsewhere, readHere, type FileReading } from './file-reading.ts';
import type { ByteSource, SourceSink, Span } from './source.ts';

/** The first is small, so that there are rows at once; each is twice as long as the one before. */
export const FIRST_SLICE_BYTES = 256 * 1024;
/** Each read is a way to the browser's own process and back: 200 MB in slices of 1 MiB take twice as long. */
const MAX_SLICE_BYTES = 4 * 1024 * 1024;
/** Up to here another thread is not worth its start. */
const SMALL_BYTES = 8 * 1024 * 1024;
const EMPTY = new Uint8Array(0);

export class FileSource implements ByteSource {
  readonly title: string;
  readonly totalBytes: number;
  readonly #file: File;
  readonly #here: FileReading;
  readonly #spawnReader: (() => Worker) | null;
  readonly #head: Uint8Array;
  #cancelled = false;

  /**
   * `spawnReader`: starts a file-reader.worker.ts to read ahead; null = all is read in this thread. `head`: the first bytes of the file,
   * as far as somebody has read them.
   */
  constructor(file: File, spawnReader: (() => Worker) | null, head: Uint8Array = EMPTY) {
    this.#file = file;
    this.#head = head;
    this.#here = readHere(file);
    this.#spawnReader = spawnReader;
    this.title = file.name;
    this.totalBytes = file.size;
  }

  async start(sink: SourceSink): Promise<void> {
    sink.begin({ offset: 0, reset: false, missedBytes: null });
    let ahead = this.#here;
    let offset = 0;
    let size = FIRST_SLICE_BYTES;
    let next =
      this.#head.length > 0
        ? Promise.resolve(this.#head)
        : this.#read(this.#here, 0, Math.min(size, this.totalBytes));
    try {
      while (!this.#cancelled && offset < this.totalBytes) {
        const bytes = await next;
        const end = offset + bytes.length;
        size = Math.min(2 * size, MAX_SLICE_BYTES);
        // Read ahead while this slice is decoded. A failure is met at the next turn, not as unhandled.
        next = this.#read(ahead, end, Math.min(end + size, this.totalBytes));
        next.catch(() => undefined);
        if (this.#isCancelled()) return;
        await sink.chunk(bytes, offset);
        // Behind the first rows, which do not wait for the start of a thread.
        if (offset === 0) ahead = this.#readAhead();
        offset = end;
      }
    } finally {
      ahead.end();
    }
  }

  #readAhead(): FileReading {
    // A small file is read before a thread has started.
    if (this.#spawnReader === null || this.totalBytes <= SMALL_BYTES) return this.#here;
    try {
      return readElsewhere(this.#file, this.#spawnReader());
    } catch {
      // Not every browser lets a worker start one.
      return this.#here;
    }
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#read(this.#here, offset, offset + length);
  }

  held(): readonly Span[] {
    return Array.from({ length: Math.ceil(this.totalBytes / MAX_SLICE_BYTES) }, (_, i) => {
      const offset = i * MAX_SLICE_BYTES;
      return { offset, length: Math.min(MAX_SLICE_BYTES, this.totalBytes - offset) };
    });
  }

  cancel(): void {
    this.#cancelled = true;
  }

  dispose(): void {
    this.cancel();
  }

  /** A method, because the flag changes while `start` waits and the compiler cannot see that. */
  #isCancelled(): boolean {
    return this.#cancelled;
  }

  async #read(reading: FileReading, from: number, to: number): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await reading.read(from, to).catch(() => EMPTY);
      // Whatever went wrong in another thread, reading here helps, or tells what it is.
      if (bytes.length !== to - from) bytes = await this.#here.read(from, to);
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
