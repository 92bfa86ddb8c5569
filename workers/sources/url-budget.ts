/** What all addresses that are opened as one capture may load together: a link names up to eight, and whoever follows it has not chosen them. */
import { Fault } from '#workers/fault.ts';

/** Two of the largest (MAX_URL_BYTES), which a tab can hold with what is decoded from them. */
export const MAX_URLS_BYTES = 2 * 1024 * 1024 * 1024;

export class UrlBudget {
  readonly bytes: number;
  #left: number;

  /** Tests set it lower. */
  constructor(bytes = MAX_URLS_BYTES) {
    this.bytes = bytes;
    this.#left = bytes;
  }

  /** What is not taken yet. */
  get left(): number {
    return this.#left;
  }

  /** A Fault = they are more than is left, and none is taken. `title`: of whose they are. */
  take(bytes: number, title: string): Fault | undefined {
    if (bytes > this.#left) {
      return new Fault(
        'urls-too-large',
        `With ${title} the addresses that are opened together are larger than the ${this.bytes / 1024 / 1024} MiB that this page reads from all of them.`,
        'Download them and drop the files on this page, or open fewer.',
      );
    }
    this.#left -= bytes;
    return undefined;
  }
}
