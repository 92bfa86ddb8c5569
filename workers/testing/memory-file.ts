/** A file of the browser's private file system as tests have one. */
import type { SyncFile } from '#workers/sources/old-bytes.ts';

export class MemoryFile implements SyncFile {
  bytes = new Uint8Array(0);
  /** Nothing can be written. */
  full = false;
  closed = false;

  write(bytes: Uint8Array, { at }: { at: number }): number {
    if (this.full) throw new Error('QuotaExceededError');
    const grown = new Uint8Array(Math.max(this.bytes.length, at + bytes.length));
    grown.set(this.bytes);
    grown.set(bytes, at);
    this.bytes = grown;
    return bytes.length;
  }

  read(into: Uint8Array, { at }: { at: number }): number {
    into.set(this.bytes.subarray(at, at + into.length));
    return Math.min(into.length, this.bytes.length - at);
  }

  truncate(bytes: number): void {
    this.bytes = this.bytes.slice(0, bytes);
  }

  close(): void {
    this.closed = true;
  }
}
