/**
 * What of a joined agent's stream may go into the log that every page reads to its end: nothing that a page's reader would stop at, and no
 * more sections, hosts and schemas than an agent has. Read by the page's own reader, so that both agree about what that is.
 */
import { createHash } from 'node:crypto';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CaptureSink } from '#core/pcapng/types.ts';
import { Failure } from '../failure.ts';

/** An agent begins one with each segment, and each begins one here. */
export const MAX_SECTIONS_A_SECOND = 64;
/** Of one agent: more than it has devices and hooks, restarts of its probe and changes of what it captures included. */
export const MAX_INTERFACES = 8192;
/** Different host and schema blocks: a page keeps a thousand of all agents. */
export const MAX_NEWS = 256;

export class JoinedGuard {
  readonly #now: () => number;
  #reader = this.#read();
  #fault = '';
  #second = 0;
  #sections = 0;
  #interfaces = 0;
  /** Digests of host and schema blocks. */
  readonly #news = new Set<string>();

  /** `now`: Unix time in ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether all of `chunk` may be written; throws Failure with what is wrong with it. Chunks as they come, cut anywhere. */
  check(chunk: Uint8Array): void {
    this.#reader.push(chunk);
    if (this.#fault !== '') {
      throw new Failure(`the other agent's stream is refused: ${this.#fault}`, 'see which version it is of');
    }
  }

  /** What comes next begins anew, with a section. */
  reset(): void {
    this.#reader = this.#read();
  }

  #read(): CaptureReader {
    const sink: CaptureSink = {
      section: () => {
        const second = Math.floor(this.#now() / 1000);
        if (second !== this.#second) this.#sections = 0;
        this.#second = second;
        if (++this.#sections > MAX_SECTIONS_A_SECOND)
          this.#refuse(`over ${MAX_SECTIONS_A_SECOND} sections a second`);
      },
      interface: ({ index }) => {
        // One that a run declares again keeps its index.
        this.#interfaces = Math.max(this.#interfaces, index + 1);
        if (this.#interfaces > MAX_INTERFACES) this.#refuse(`over ${MAX_INTERFACES} interfaces`);
      },
      packet: () => undefined,
      packetBatch: () => undefined,
      custom: ({ subtype, body }) => {
        if (subtype !== BLOCK_SUBTYPE.host && subtype !== BLOCK_SUBTYPE.schema) return;
        this.#news.add(createHash('sha256').update(body).digest('base64'));
        if (this.#news.size > MAX_NEWS) this.#refuse(`over ${MAX_NEWS} different hosts and schemas`);
      },
      statistics: () => undefined,
      problem: ({ fatal, cause }) => {
        if (fatal) this.#refuse(cause);
      },
    };
    return new CaptureReader(sink);
  }

  #refuse(why: string): void {
    if (this.#fault === '') this.#fault = why.replace(/\.$/, '');
  }
}
