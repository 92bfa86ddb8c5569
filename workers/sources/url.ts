/** A capture at a URL. Its bytes are kept in memory, up to a cap, because a server need not answer ranges. */
import { Fault } from '#workers/fault.ts';
import { ByteLog } from './byte-log.ts';
import type { ByteSource, SourceSink, Span } from './source.ts';
import type { UrlBudget } from './url-budget.ts';

/** A tab holds about 4 GiB in all; a larger capture is better opened as a file, which is not held. */
export const MAX_URL_BYTES = 1024 * 1024 * 1024;

export interface UrlOptions {
  readonly fetch?: typeof fetch;
  /** Tests set it lower. */
  readonly maxBytes?: number;
  /** Of all addresses that are opened together with this one. */
  readonly budget?: UrlBudget | null;
}

const MIB = 1024 * 1024;
const DOWNLOAD_REMEDY = 'Download it and drop the file on this page.';

export class UrlSource implements ByteSource {
  /** '' = it has none that may be shown: its page says what it is called. */
  readonly title: string;
  readonly #url: string;
  readonly #fetch: typeof fetch;
  readonly #maxBytes: number;
  readonly #budget: UrlBudget | null;
  readonly #log: ByteLog;
  readonly #abort = new AbortController();
  #total: number | null = null;

  /** `url` is absolute, http or https; other schemes are refused by `start`. */
  constructor(url: string, title: string, options: UrlOptions = {}) {
    this.#url = url;
    this.title = title;
    // Called through an arrow: the browser's fetch must not be called as a method of this object.
    const fetchBytes = options.fetch ?? fetch;
    this.#fetch = (input, init) => fetchBytes(input, init);
    this.#maxBytes = options.maxBytes ?? MAX_URL_BYTES;
    this.#budget = options.budget ?? null;
    this.#log = new ByteLog(this.#maxBytes);
  }

  get #called(): string {
    return this.title || 'the share';
  }

  get totalBytes(): number | null {
    return this.#total;
  }

  async start(sink: SourceSink): Promise<void> {
    const response = await this.#request();
    if (!response) return;
    this.#total = expectedLength(response);
    let taken = 0;
    const take = (all: number): void => {
      this.#takeOrRefuse(all, Math.max(0, all - taken));
      taken = Math.max(all, taken);
    };
    if (this.#total !== null) take(this.#total);
    sink.begin({ offset: 0, reset: false, missedBytes: null });
    const reader = response.body?.getReader();
    let offset = 0;
    while (reader) {
      const bytes = await this.#nextChunk(reader, offset);
      if (bytes === null) break;
      take(offset + bytes.length);
      this.#log.append(bytes, offset);
      // A compressed transfer gives more than Content-Length said: then the total is not known after all.
      if (this.#total !== null && offset + bytes.length > this.#total) this.#total = null;
      await sink.chunk(bytes, offset);
      offset += bytes.length;
    }
    if (!this.#abort.signal.aborted) this.#total = offset;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = this.#log.read(offset, length);
    if (bytes) return Promise.resolve(bytes);
    return Promise.reject(
      new Fault(
        'url-not-read',
        `Offset ${offset} of ${this.#called} was not read.`,
        'Open the address again.',
      ),
    );
  }

  held(): readonly Span[] {
    return this.#log.spans();
  }

  cancel(): void {
    this.#abort.abort();
  }

  dispose(): void {
    this.#abort.abort();
    this.#log.clear();
  }

  /** null when cancelled meanwhile. */
  async #request(): Promise<Response | null> {
    const scheme = URL.canParse(this.#url) ? new URL(this.#url).protocol : '';
    if (scheme !== 'http:' && scheme !== 'https:') {
      throw new Fault(
        'url-scheme',
        `“${this.#url}” is not a web address.`,
        'Give an address that begins with http:// or https://.',
      );
    }
    let response: Response;
    try {
      response = await this.#fetch(this.#url, { signal: this.#abort.signal });
    } catch {
      if (this.#abort.signal.aborted) return null;
      throw await this.#unreachable();
    }
    if (response.ok) return response;
    this.#abort.abort();
    if (response.status === 404 || response.status === 410) {
      const { shareGone } = await import('./share-gone.ts');
      const gone = shareGone(this.#url, response.status);
      if (gone !== null) throw gone;
      throw new Fault(
        'url-not-found',
        `There is no file at ${this.#url} (${response.status}).`,
        'Check the address; a shared capture may have been removed.',
      );
    }
    if (response.status === 401 || response.status === 403) {
      throw new Fault(
        'url-forbidden',
        `The server does not let this page read ${this.#url} (${response.status}).`,
        `Sign in there first. ${DOWNLOAD_REMEDY}`,
      );
    }
    throw new Fault(
      'url-status',
      `The server answered ${response.status} for ${this.#url}.`,
      'Try again later, or ask whoever runs the server.',
    );
  }

  /**
   * A browser does not say why a request failed. One without CORS tells "the server does not answer" from
   * "it answers, and does not let other pages read".
   */
  async #unreachable(): Promise<Fault> {
    const answers = await this.#fetch(this.#url, {
      method: 'HEAD',
      mode: 'no-cors',
      signal: this.#abort.signal,
    }).then(
      () => true,
      () => false,
    );
    const { host } = new URL(this.#url);
    return answers
      ? new Fault(
          'url-cors',
          `${host} does not allow other web pages to read its files (CORS).`,
          DOWNLOAD_REMEDY,
        )
      : new Fault(
          'url-network',
          `${host} cannot be reached from this page.`,
          'Check the address and the network; this page may also be forbidden to connect there.',
        );
  }

  /** null at the end, and when cancelled. */
  async #nextChunk(
    reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
    offset: number,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const { done, value } = await reader.read();
      return done ? null : value;
    } catch {
      if (this.#abort.signal.aborted) return null;
      throw new Fault(
        'url-interrupted',
        `The connection ended after ${offset} bytes of ${this.#called}.`,
        'What was read is shown; open the address again for the rest.',
      );
    }
  }

  /** `all`: bytes of this address; `more`: those of them that are not taken from the budget yet. */
  #takeOrRefuse(all: number, more: number): void {
    if (all > this.#maxBytes) {
      this.#abort.abort();
      throw new Fault(
        'url-too-large',
        `${this.#called} is larger than the ${this.#maxBytes / MIB} MiB that this page reads from an address.`,
        DOWNLOAD_REMEDY,
      );
    }
    const beyond = this.#budget?.take(more, this.#called);
    if (beyond === undefined) return;
    this.#abort.abort();
    throw beyond;
  }
}

/** Content-Length is that of the compressed bytes when there is an encoding: then it says nothing here. */
function expectedLength(response: Response): number | null {
  const encoding = response.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') return null;
  const text = response.headers.get('content-length');
  const length = text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
  return length;
}
