/**
 * Bytes of a live log that memory no longer holds, in a file of the browser's private file system: written round and
 * round in a file of limited size, the oldest overwritten. Only pages of the same address can read it. It is emptied when its capture is
 * closed; what a page leaves that ends without that (a closed tab) stays until the next one of its address, which removes it.
 */

import type { Span } from './source.ts';

/** The part of FileSystemSyncAccessHandle that is needed; its calls are synchronous, and only workers have it. */
export interface SyncFile {
  write(bytes: Uint8Array, options: { at: number }): number;
  read(into: Uint8Array, options: { at: number }): number;
  truncate(bytes: number): void;
  close(): void;
}

interface Segment extends Span {
  /** Where it is in the file. */
  readonly at: number;
}

/** Of the browser's whole storage at most this share is asked for. */
const MAX_QUOTA_SHARE = 0.25;
const MAX_STAGED_BYTES = 1024 * 1024;
export const OLD_BYTES_LIMIT = 1024 * 1024 * 1024;
const FILE_PREFIX = 'whither-live-';

export class OldBytes {
  /** Of the file and what is not in it yet. */
  readonly limitBytes: number;
  /** Those that were given and are not held: overwritten, or there was no place. */
  droppedBytes = 0;
  /** The file cannot be written to any more: the disk is full. What is there can be read. */
  failed = false;
  readonly #file: SyncFile;
  readonly #fileBytes: number;
  /** In order of offset; those before #head are overwritten. */
  #segments: Segment[] = [];
  #head = 0;
  #end = 0;
  #written = 0;
  /** What is not written yet: a write takes long, however short it is. */
  readonly #staged: Uint8Array;
  #stagedAt = 0;
  #stagedBytes = 0;

  constructor(file: SyncFile, limitBytes: number) {
    this.#file = file;
    this.limitBytes = limitBytes;
    this.#staged = new Uint8Array(Math.min(MAX_STAGED_BYTES, limitBytes >>> 2));
    this.#fileBytes = limitBytes - this.#staged.length;
  }

  /** Held now. */
  get bytes(): number {
    return this.#written + this.#stagedBytes;
  }

  /** Keeps a copy. Offsets only go up. */
  append(bytes: Uint8Array, offset: number): void {
    const staged = this.#staged;
    const joins = offset === this.#stagedAt + this.#stagedBytes;
    if (!joins || this.#stagedBytes + bytes.length > staged.length) this.#flush();
    if (bytes.length > staged.length) {
      this.#write(bytes, offset);
      return;
    }
    if (this.#stagedBytes === 0) this.#stagedAt = offset;
    staged.set(bytes, this.#stagedBytes);
    this.#stagedBytes += bytes.length;
  }

  /** `length` bytes from `offset`; null when not all of them are held. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer> | null {
    if (offset + length > this.#stagedAt) this.#flush();
    const out = new Uint8Array(length);
    let index = this.#find(offset);
    for (let done = 0; done < length; index++) {
      const segment = this.#segments[index];
      const skip = offset + done - (segment?.offset ?? Infinity);
      if (index < this.#head || segment === undefined || skip < 0 || skip >= segment.length) return null;
      const part = out.subarray(done, Math.min(length, done + segment.length - skip));
      if (this.#file.read(part, { at: segment.at + skip }) !== part.length) return null;
      done += part.length;
    }
    return out;
  }

  /** What is held now, in order: each is whole pieces as they were given. */
  spans(): readonly Span[] {
    this.#flush();
    return this.#segments.slice(this.#head);
  }

  /** The log began anew. */
  clear(): void {
    this.#segments = [];
    this.#head = 0;
    this.#end = 0;
    this.#written = 0;
    this.#stagedBytes = 0;
    this.droppedBytes = 0;
  }

  close(): void {
    this.clear();
    this.failed = true;
    // These are somebody's packets: nobody needs them any more.
    this.#file.truncate(0);
    this.#file.close();
  }

  get #oldest(): Segment | null {
    return this.#segments[this.#head] ?? null;
  }

  #flush(): void {
    if (this.#stagedBytes > 0) this.#write(this.#staged.subarray(0, this.#stagedBytes), this.#stagedAt);
    this.#stagedBytes = 0;
  }

  #write(bytes: Uint8Array, offset: number): void {
    const { length } = bytes;
    if (this.failed || length > this.#fileBytes) {
      this.droppedBytes += length;
      return;
    }
    if (this.#end + length > this.#fileBytes) {
      // The oldest lie from here to the end of the file.
      while ((this.#oldest?.at ?? -1) >= this.#end) this.#dropOldest();
      this.#end = 0;
    }
    while (this.#oldest !== null && overlaps(this.#oldest, this.#end, length)) this.#dropOldest();
    try {
      this.failed = this.#file.write(bytes, { at: this.#end }) !== length;
    } catch {
      this.failed = true;
    }
    if (this.failed) {
      this.droppedBytes += length;
      return;
    }
    this.#segments.push({ offset, length, at: this.#end });
    this.#end += length;
    this.#written += length;
  }

  #dropOldest(): void {
    const { length } = this.#segments[this.#head]!;
    this.#written -= length;
    this.droppedBytes += length;
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#segments.length) {
      this.#segments = this.#segments.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The last segment that begins at or before `offset`; below #head when there is none. */
  #find(offset: number): number {
    let low = this.#head;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function overlaps({ at, length }: Segment, from: number, bytes: number): boolean {
  return at < from + bytes && from < at + length;
}

/** A file of this page's own; null where the browser has none (no secure context, a private window). */
export async function openOldBytes(): Promise<OldBytes | null> {
  try {
    const { storage } = navigator;
    const { quota = 0 } = await storage.estimate();
    const folder = await storage.getDirectory();
    // Of pages that are gone; those of other tabs are locked and stay.
    for await (const name of folder.keys()) {
      if (name.startsWith(FILE_PREFIX)) await folder.removeEntry(name).catch(() => undefined);
    }
    const file = await folder.getFileHandle(FILE_PREFIX + crypto.randomUUID(), { create: true });
    const limit = Math.min(OLD_BYTES_LIMIT, Math.floor(quota * MAX_QUOTA_SHARE));
    return new OldBytes(await file.createSyncAccessHandle(), limit);
  } catch {
    return null;
  }
}
