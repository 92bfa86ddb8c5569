/** Hops of a capture beside what they are in its share: what a filter, a link or a note calls them by goes out as what they are called by there. */
import { hopNames, HOP_TEXTS } from '#core/query/fields/names.ts';
import type { InterfaceInfo } from '#core/pcapng/types.ts';
import { hopKeys, type HopNamed } from '#core/store/hop-keys.ts';
import { HopTable } from '#core/store/hop-table.ts';
import type { Whereabouts } from '#core/store/missing-hooks.ts';
import type { HopIdentity } from '#core/store/view.ts';
import { sharedName, type AskedName } from './shared-name.ts';

interface Pair {
  readonly before: HopIdentity;
  readonly after: HopIdentity;
}

export class SharedHops {
  readonly #before = new HopTable();
  readonly #after = new HopTable();
  /** By the numbers of both: with another namespace, host or file a hop is another. */
  readonly #pairs = new Map<string, Pair>();
  /** As links name hops (src/state/hop-key.ts). */
  readonly #keys = new Map<string, string>();

  /** Gives the hop of an interface in the capture. */
  open(info: InterfaceInfo, where: Whereabouts, shared: HopNamed): HopIdentity {
    const before = this.#before.open(info, where).hop;
    const { name, netns } = shared;
    const after = this.#after.open({ ...info, name, netns }, shared).hop;
    const hop = this.#before.hops[before]!;
    this.#pairs.set(`${before} ${after}`, { before: hop, after: this.#after.hops[after]! });
    const keys = hopKeys(shared);
    hopKeys({ ...where, name: info.name, netns: info.netns }).forEach((key, i) =>
      this.#keys.set(key, keys[i]!),
    );
    return hop;
  }

  /** NAME, NAME~NETNS, NAME~NETNS~HOST or NAME~NETNS~HOST~FILE of the capture → of the share; null = the capture has no such hop. */
  key(key: string): string | null {
    return this.#keys.get(key) ?? null;
  }

  /** What a filter asks of `field`, one of hops, in place of a name (`sharedName`). */
  shared(field: string, asked: AskedName): string | null {
    const namesOf = HOP_TEXTS.get(field) ?? hopNames;
    const pairs = [...this.#pairs.values()];
    return sharedName(
      asked,
      pairs.map(({ before, after }) => ({ before: namesOf(before), after: namesOf(after) })),
    );
  }
}
