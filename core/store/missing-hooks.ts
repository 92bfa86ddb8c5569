/** Hooks that are not observed, by host and file: what the newest section of each says. A section is of one of each, its hops' (`CaptureFacts.placeOfHops`). */
import type { HopIdentity, MissingHook } from './view.ts';

/** As a catalogue block lists them. */
export type Unattached = Omit<MissingHook, 'host' | 'file'>;

/** Where the hops of a section are. */
export type Whereabouts = Pick<HopIdentity, 'host' | 'file'>;

export function whereKey({ host, file }: Whereabouts): string {
  return JSON.stringify([host, file]);
}

export class MissingHooks {
  /** Of all hosts; another list when there is anything new. */
  list: readonly MissingHook[] = [];
  private readonly byPlace = new Map<
    string,
    { readonly where: Whereabouts; readonly hooks: readonly Unattached[] }
  >();

  set({ host, file }: Whereabouts, hooks: readonly Unattached[]): void {
    const key = whereKey({ host, file });
    if (this.byPlace.get(key)?.hooks === hooks) return;
    this.byPlace.set(key, { where: { host, file }, hooks });
    this.list = [...this.byPlace.values()].flatMap(({ where, hooks: own }) =>
      own.map((hook) => ({ ...hook, ...where })),
    );
  }
}
