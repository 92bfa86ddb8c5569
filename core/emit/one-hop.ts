/** Which interfaces of a capture are one hop: told from the blocks in front of its packets, section by section. */
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { parseHost } from '#core/store/host-facts.ts';

/** Names of hops that are remembered, for whoever named none of them. */
const MAX_NAMES = 200;

export class OneHop {
  /** NAMEs of the hops that there are. */
  readonly names = new Set<string>();
  readonly #hop: string;
  readonly #reader: CaptureReader;
  /** Number within the section of each interface that is the hop → its number where there are no others. */
  #chosen = new Map<number, number>();
  #host = '';

  /** As links name it: NAME, NAME~NETNS or NAME~NETNS~HOST (docs/links.md). */
  constructor(hop: string) {
    this.#hop = hop;
    const nothing = (): void => undefined;
    this.#reader = new CaptureReader({
      section: () => {
        this.#chosen = new Map();
        this.#host = '';
      },
      custom: ({ subtype, body }) => {
        if (subtype !== BLOCK_SUBTYPE.host) return;
        const parsed = parseHost(body);
        if ('value' in parsed) this.#host = parsed.value.hostname;
      },
      interface: ({ id, name, netns }) => {
        if (this.names.size < MAX_NAMES) this.names.add(name);
        const named = [name, `${name}~${netns}`, `${name}~${netns}~${this.#host}`];
        if (named.includes(this.#hop)) this.#chosen.set(id, this.#chosen.size);
      },
      packet: nothing,
      statistics: nothing,
      problem: nothing,
    });
  }

  /** The next block that is no packet, whole; gives whether it is an interface that is the hop. */
  take(block: Uint8Array): boolean {
    const { size } = this.#chosen;
    this.#reader.push(block);
    return this.#chosen.size > size;
  }

  /** Of the interface of this number in the section being read: what it is called by among those of the hop; null = it is none of them. */
  numberOf(interfaceId: number): number | null {
    return this.#chosen.get(interfaceId) ?? null;
  }
}
