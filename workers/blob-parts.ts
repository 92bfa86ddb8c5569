/** A large file as it is made: what is written is a Blob, which the browser keeps on disk, so that it takes no memory here. */

/** So much is gathered before it becomes a part of the Blob: a part for each chunk would be thousands. */
const PART_BYTES = 8 * 1024 * 1024;

export class BlobParts {
  readonly #parts: Blob[] = [];
  #gathered: Uint8Array<ArrayBuffer>[] = [];
  #held = 0;

  /** Copies them. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#gathered.push(new Uint8Array(bytes));
    this.#held += bytes.length;
    if (this.#held >= PART_BYTES) this.#cut();
  }

  pcapng(): Blob {
    return this.blob('application/x-pcapng');
  }

  /** All of it; nothing is added after that. */
  blob(type: string): Blob {
    this.#cut();
    return new Blob(this.#parts, { type });
  }

  #cut(): void {
    if (this.#held === 0) return;
    this.#parts.push(new Blob(this.#gathered));
    this.#gathered = [];
    this.#held = 0;
  }
}
