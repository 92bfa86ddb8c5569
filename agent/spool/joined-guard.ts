/**
 * What of a joined agent's stream may go into the log that every page reads to its end: nothing that a page's reader would stop at, and no
 * more sections, interfaces, hosts and schemas than an agent has. Read by the page's own reader, so that both agree about what those are.
 */
import { createHash } from 'node:crypto';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { MAX_JOINED } from '#core/protocol/messages.ts';
import { parseHost } from '#core/store/host-facts.ts';
import { MAX_HOSTS, MAX_SCHEMAS } from '#core/store/limits.ts';
import { Failure } from '../failure.ts';

/** An agent begins one with each segment, and each begins one here: at once, as after a cut, and then in each second. */
export const MAX_SECTIONS_AT_ONCE = 64;
const SECTIONS_A_SECOND = 4;
/** Of one agent, different ones: more than it has devices and hooks, restarts of its probe and changes of what it captures included. */
export const MAX_INTERFACES = 8192;
/** Different ones of one agent: what a page keeps is shared by all, and this host. */
const MAX_HOST_BLOCKS = Math.floor(MAX_HOSTS / (MAX_JOINED + 1));
export const MAX_SCHEMA_BLOCKS = Math.floor(MAX_SCHEMAS / (MAX_JOINED + 1));

export class JoinedGuard {
  readonly #now: () => number;
  readonly #reader: CaptureReader;
  #fault = '';
  /** Sections that may begin now, and when that was so (ms). */
  #sections = MAX_SECTIONS_AT_ONCE;
  #sectionsAt: number;
  #host: string | null = null;
  /** Digests of host and schema blocks. */
  readonly #hosts = new Set<string>();
  readonly #schemas = new Set<string>();

  /** `now`: Unix time in ms. */
  constructor(now: () => number) {
    this.#now = now;
    this.#sectionsAt = now();
    this.#reader = new CaptureReader({
      section: () => this.#section(),
      interface: ({ index }) => {
        // One that a run declares again keeps its index.
        if (index >= MAX_INTERFACES) this.#refuse(`over ${MAX_INTERFACES} interfaces`);
      },
      packet: () => undefined,
      packetBatch: () => undefined,
      custom: ({ subtype, body }) => {
        if (subtype === BLOCK_SUBTYPE.host) this.#hostBlock(body);
        if (subtype === BLOCK_SUBTYPE.schema && isOver(this.#schemas, body, MAX_SCHEMA_BLOCKS))
          this.#refuse(`over ${MAX_SCHEMA_BLOCKS} different schemas`);
      },
      statistics: () => undefined,
      problem: ({ fatal, cause }) => {
        if (fatal) this.#refuse(cause);
      },
    });
  }

  /** Whether all of `chunk` may be written; throws Failure with what is wrong with it. Chunks as they come, cut anywhere. */
  check(chunk: Uint8Array): void {
    this.#reader.push(chunk);
    if (this.#fault !== '') {
      throw new Failure(`the other agent's stream is refused: ${this.#fault}`, 'see which version it is of');
    }
  }

  #section(): void {
    const now = this.#now();
    const more = (Math.max(0, now - this.#sectionsAt) / 1000) * SECTIONS_A_SECOND;
    this.#sections = Math.min(MAX_SECTIONS_AT_ONCE, this.#sections + more) - 1;
    this.#sectionsAt = now;
    if (this.#sections < 0) this.#refuse(`over ${SECTIONS_A_SECOND} sections a second`);
  }

  #hostBlock(body: Uint8Array): void {
    if (isOver(this.#hosts, body, MAX_HOST_BLOCKS))
      this.#refuse(`over ${MAX_HOST_BLOCKS} changes of its host`);
    const parsed = parseHost(body);
    if (!('value' in parsed)) return;
    const { hostname } = parsed.value;
    this.#host ??= hostname;
    if (this.#host !== hostname) this.#refuse('it names another host than before');
  }

  #refuse(why: string): void {
    if (this.#fault === '') this.#fault = why.replace(/\.$/, '');
  }
}

/** Whether `seen` has more than `most` bodies with this one. */
function isOver(seen: Set<string>, body: Uint8Array, most: number): boolean {
  seen.add(createHash('sha256').update(body).digest('base64'));
  return seen.size > most;
}
