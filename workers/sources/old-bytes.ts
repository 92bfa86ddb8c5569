/**
 * Bytes of a live log that memory no longer holds, in a file of the browser's private file system: written round and
 * round in a file of limited size, the oldest overwritten. Nothing else can read it, and it ends with the page.
 */

/** The part of FileSystemSyncAccessHandle that is needed; its calls are synchronous, and only workers have it. */
export interface SyncFile {
  write(bytes: Uint8Array, options: { at: number }): number;
  read(into: Uint8Array, options: { at: number }): number;
  close(): void;
}

interface Segment {
  readonly offset: number;
  readonly length: number;
  /** Where it is in the file. */
  readonly at: number;
}

/** Of the browser's whole storage at most this share is asked for. */
const MAX_QUOTA_SHARE = 0.25;
export const OLD_BYTES_LIMIT = 1024 * 1024 * 1024;
const FILE_PREFIX = 'whither-live-';

export class OldBytes {
  readonly limitBytes: number;
  /** Held now. */
  bytes = 0;
  /** The file cannot be written to any more: the disk is full. What is there can be read. */
  failed = false;
  readonly #file: SyncFile;
  /** In order of offset; those before #head are overwritten. */
  #segments: Segment[] = [];
  #head = 0;
  #end = 0;

  constructor(file: SyncFile, limitBytes: number) {
    this.#file = file;
    this.limitBytes = limitBytes;
  }

  /** Keeps a copy. Offsets only go up. Returns how many bytes there was no place for any more: these, or older ones. */
  append(bytes: Uint8Array, offset: number): number {
    const { length } = bytes;
    if (this.failed || length > this.limitBytes) return length;
    let dropped = 0;
    if (this.#end + length > this.limitBytes) {
      // The oldest lie from here to the end of the file.
      while ((this.#oldest?.at ?? -1) >= this.#end) dropped += this.#dropOldest();
      this.#end = 0;
    }
    for (
      let oldest = this.#oldest;
      oldest !== null && overlaps(oldest, this.#end, length);
      oldest = this.#oldest
    ) {
      dropped += this.#dropOldest();
    }
    try {
      if (this.#file.write(bytes, { at: this.#end }) !== length) this.failed = true;
    } catch {
      this.failed = true;
    }
    if (this.failed) return dropped + length;
    this.#segments.push({ offset, length, at: this.#end });
    this.#end += length;
    this.bytes += length;
    return dropped;
  }

  /** `length` bytes from `offset`; null when not all of them are held. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer> | null {
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

  clear(): void {
    this.#segments = [];
    this.#head = 0;
    this.#end = 0;
    this.bytes = 0;
  }

  close(): void {
    this.clear();
    this.failed = true;
    this.#file.close();
  }

  get #oldest(): Segment | null {
    return this.#segments[this.#head] ?? null;
  }

  #dropOldest(): number {
    const { length } = this.#segments[this.#head]!;
    this.bytes -= length;
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#segments.length) {
      this.#segments = this.#segments.slice(this.#head);
      this.#head = 0;
    }
    return length;
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
