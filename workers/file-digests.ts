/** By what links name a capture, gathered while it is read: all of it, and where it is made of several files each of these. */
import { DigestSamples } from '#core/share/digest-samples.ts';
import type { NamedFile } from './api.ts';

interface Part {
  readonly name: string;
  readonly samples: DigestSamples;
}

export class FileDigests {
  readonly #whole = new DigestSamples();
  readonly #parts: Part[] = [];
  #isBetween = false;

  /** What follows is of this file of several; null = it stands between them, and counts for none. */
  begin(file: string | null): void {
    this.#isBetween = file === null;
    if (file !== null) this.#parts.push({ name: file, samples: new DigestSamples() });
  }

  /** The next bytes. */
  add(bytes: Uint8Array): void {
    if (this.#isBetween) return;
    this.#whole.add(bytes);
    this.#parts.at(-1)?.samples.add(bytes);
  }

  /** `digestOf`: core/share/digest.ts, which is loaded for it. */
  names(digestOf: (samples: DigestSamples) => string): {
    readonly digest: string;
    readonly files: readonly NamedFile[];
  } {
    return {
      digest: digestOf(this.#whole),
      files: this.#parts.map(({ name, samples }) => ({
        name,
        digest: digestOf(samples),
        bytes: samples.bytes,
      })),
    };
  }
}
