/** What all addresses that are opened as one capture may load together: a link names up to eight, and whoever follows it has not chosen them. */

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

  take(bytes: number): void {
    this.#left -= bytes;
  }
}
