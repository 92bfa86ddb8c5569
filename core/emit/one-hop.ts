/** Which interfaces of a capture are one hop: told from the blocks in front of its packets, section by section. */
import { CaptureReader } from '#core/pcapng/reader.ts';
import { CaptureFacts } from '#core/store/capture-facts.ts';
import { hopKeys } from '#core/store/hop-keys.ts';

/** Names of hops that are remembered, for whoever named none of them. */
const MAX_NAMES = 200;

export class OneHop {
  /** NAMEs of the hops that there are. */
  readonly names = new Set<string>();
  readonly #hop: string;
  readonly #reader: CaptureReader;
  /** Number within the section of each interface that is the hop → its number where there are no others. */
  #chosen = new Map<number, number>();

  /** As links name it: NAME, then ~NETNS, ~HOST, ~FILE (docs/links.md). */
  constructor(hop: string) {
    this.#hop = hop;
    const nothing = (): void => undefined;
    const facts = new CaptureFacts({
      schema: nothing,
      gap: nothing,
      cost: () => true,
      triggered: nothing,
      problem: nothing,
    });
    this.#reader = new CaptureReader({
      section: (info) => {
        this.#chosen = new Map();
        facts.section(info);
      },
      custom: (block) => facts.custom(block),
      interface: (info) => {
        facts.interface(info);
        const { id, name, netns } = info;
        if (this.names.size < MAX_NAMES) this.names.add(name);
        if (hopKeys({ ...facts.placeOfHops(), name, netns }).includes(this.#hop))
          this.#chosen.set(id, this.#chosen.size);
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
