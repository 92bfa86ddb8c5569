/** Hops of a capture beside what they are in its share: what a filter, a link or a note calls them by goes out as what they are called by there. */
import { hopNames, HOP_TEXTS, nameTest } from '#core/query/fields/names.ts';
import type { Literal } from '#core/query/syntax.ts';
import type { InterfaceInfo } from '#core/pcapng/types.ts';
import { HopTable } from '#core/store/hop-table.ts';
import type { Whereabouts } from '#core/store/missing-hooks.ts';
import type { HopIdentity } from '#core/store/view.ts';

/** What an interface is called by. */
export type HopNaming = Pick<InterfaceInfo, 'name' | 'netns'> & Whereabouts;

interface Pair {
  readonly before: HopIdentity;
  readonly after: HopIdentity;
}

/** A text that a filter asks of a field of hops. */
export interface AskedOfHops {
  readonly field: string;
  readonly literal: Literal;
  /** Of a name, as `~` asks; else it is all of one. */
  readonly part: boolean;
  /** It is nobody's name, whatever the capture has. */
  readonly isWord: boolean;
}

export class SharedHops {
  readonly #before = new HopTable();
  readonly #after = new HopTable();
  /** By the numbers of both: with another namespace, host or file a hop is another. */
  readonly #pairs = new Map<string, Pair>();
  /** As links name hops (src/state/hop-key.ts). */
  readonly #keys = new Map<string, string>();

  /** Gives the hop of an interface in the capture. */
  open(info: InterfaceInfo, where: Whereabouts, shared: HopNaming): HopIdentity {
    const before = this.#before.open(info, where).hop;
    const { name, netns } = shared;
    const after = this.#after.open({ ...info, name, netns }, shared).hop;
    const hop = this.#before.hops[before]!;
    this.#pairs.set(`${before} ${after}`, { before: hop, after: this.#after.hops[after]! });
    if (!this.#keys.has(info.name)) this.#keys.set(info.name, name);
    const add = (from: readonly unknown[], to: readonly unknown[]) =>
      this.#keys.set(from.join('~'), to.join('~'));
    add([info.name, info.netns], [name, netns]);
    add([info.name, info.netns, where.host], [name, netns, shared.host]);
    add([info.name, info.netns, where.host, where.file], [name, netns, shared.host, shared.file]);
    return hop;
  }

  /** NAME, NAME~NETNS, NAME~NETNS~HOST or NAME~NETNS~HOST~FILE of the capture → of the share; null = the capture has no such hop. */
  key(key: string): string | null {
    return this.#keys.get(key) ?? null;
  }

  /**
   * What a filter asks of the share in place of `literal`: a public word or a name of the share, at the same hops as of the capture. null =
   * there is none: it is no name of the capture, a part of one, or of several that the share tells apart.
   */
  shared({ field, literal, part, isWord }: AskedOfHops): string | null {
    const namesOf = HOP_TEXTS.get(field) ?? hopNames;
    const test = (text: string) => nameTest({ operator: part ? '~' : '==', values: [{ ...literal, text }] });
    const passes = test(literal.text);
    const pairs = [...this.#pairs.values()].map(({ before, after }) => ({
      isAsked: passes(namesOf(before)),
      names: namesOf(after),
    }));
    const isSame = (text: string): boolean => {
      const passesThere = test(text);
      return pairs.every(({ isAsked, names }) => passesThere(names) === isAsked);
    };
    if (isWord && isSame(literal.text)) return literal.text;
    const one = part ? undefined : pairs.find(({ isAsked }) => isAsked);
    return one?.names.find(isSame) ?? null;
  }
}
