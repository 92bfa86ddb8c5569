/** One file of the log, named by the log offset of its first byte. Positions are within the file. */
import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

const FILE_MODE = 0o600;
/** 2^64 has 20 digits: names sort like offsets. */
const NAME_DIGITS = 20;
const NAME = /^(\d{20})\.pcapng$/;

export function segmentName(start: number): string {
  return `${String(start).padStart(NAME_DIGITS, '0')}.pcapng`;
}

/** The offset in a segment's file name, null for other files. */
export function startOfName(name: string): number | null {
  const match = NAME.exec(name);
  return match ? Number(match[1]) : null;
}

export class Segment {
  readonly start: number;
  readonly path: string;
  lastWriteMs: number;
  #length: number;
  #handle: Promise<FileHandle> | null;
  /** Nothing is written any more: open only while somebody reads, for there may be thousands of segments. */
  #sealed: boolean;
  #users = 0;

  private constructor(
    dir: string,
    start: number,
    length: number,
    lastWriteMs: number,
    handle: FileHandle | null,
  ) {
    this.start = start;
    this.path = path.join(dir, segmentName(start));
    this.#length = length;
    this.lastWriteMs = lastWriteMs;
    this.#handle = handle ? Promise.resolve(handle) : null;
    this.#sealed = handle === null;
  }

  static async create(dir: string, start: number, nowMs: number): Promise<Segment> {
    const handle = await open(path.join(dir, segmentName(start)), 'wx+', FILE_MODE);
    return new Segment(dir, start, 0, nowMs, handle);
  }

  /** A segment of an earlier run: read only, opened when somebody reads it. */
  static existing(dir: string, start: number, length: number, lastWriteMs: number): Segment {
    return new Segment(dir, start, length, lastWriteMs, null);
  }

  get length(): number {
    return this.#length;
  }

  get end(): number {
    return this.start + this.#length;
  }

  /** Appends all of `bytes`; `length` grows when they are written. */
  async write(bytes: Uint8Array, nowMs: number): Promise<void> {
    const handle = await this.#open();
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, this.#length + done);
      done += bytesWritten;
    }
    this.#length += bytes.length;
    this.lastWriteMs = nowMs;
  }

  /** Fills `into` from `position`; the caller keeps within `length`. Call between acquire and release. */
  async read(into: Uint8Array, position: number): Promise<void> {
    const handle = await this.#open();
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
      if (bytesRead === 0) throw new Error(`${path.basename(this.path)} is shorter than it was`);
      done += bytesRead;
    }
  }

  /** Keeps the bytes readable, even when retention removes the file meanwhile. Rejects when it already has. */
  async acquire(): Promise<void> {
    this.#users += 1;
    try {
      await this.#open();
    } catch (thrown) {
      this.#users -= 1;
      throw thrown;
    }
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#sealed && this.#users === 0) await this.close();
  }

  /** The next segment has begun. */
  async seal(): Promise<void> {
    this.#sealed = true;
    if (this.#users === 0) await this.close();
  }

  async remove(): Promise<void> {
    // Whoever removed it before us did what we wanted.
    await rm(this.path, { force: true });
    await this.seal();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    if (handle) await (await handle).close();
  }

  #open(): Promise<FileHandle> {
    this.#handle ??= open(this.path, 'r').catch((thrown: unknown) => {
      this.#handle = null;
      throw thrown;
    });
    return this.#handle;
  }
}
