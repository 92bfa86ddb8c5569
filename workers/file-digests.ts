/** By what links name a capture, gathered while it is read: all of it, and where it is made of several files each of these. */
import { DigestSamples } from '#core/share/digest-samples.ts';
import type { FileSpan, NamedFile } from './api.ts';

interface Part extends FileSpan {
  readonly samples: DigestSamples;
}

export class FileDigests {
  readonly #whole = new DigestSamples();
  readonly #parts: readonly Part[];
  #offset = 0;

  /** [] = it is one file. Of several all is what is in these: what lies between them was not in any. */
  constructor(files: readonly FileSpan[]) {
    this.#parts = files.map((file) => ({ ...file, samples: new DigestSamples() }));
  }

  /** The next bytes. */
  add(bytes: Uint8Array): void {
    const start = this.#offset;
    this.#offset += bytes.length;
    if (this.#parts.length === 0) this.#whole.add(bytes);
    for (const { from, to, samples } of this.#parts) {
      if (to <= start || from >= this.#offset) continue;
      const own = bytes.subarray(Math.max(0, from - start), to - start);
      samples.add(own);
      this.#whole.add(own);
    }
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
