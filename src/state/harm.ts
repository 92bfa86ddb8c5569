/** Which states of metadata are harm that the list can be filtered by. Pure. */
import type { HopState } from '#core/diagnosis/types.ts';
import { HARMS, type Harm } from '#workers/api.ts';

/** Journeys whose metadata came to harm, as a filter. */
export const HARMED = `state in {${HARMS.join(', ')}}`;

export function isHarm(state: string): state is Harm {
  return (HARMS as readonly string[]).includes(state);
}

/** Those that came to any hop of the capture, and `chosen` in any case: a filter for what is not there is no help. */
export function harmsSeen(
  hops: readonly { readonly causes: readonly { readonly state: HopState }[] }[],
  chosen: Harm | null,
): readonly Harm[] {
  return HARMS.filter(
    (harm) => harm === chosen || hops.some(({ causes }) => causes.some(({ state }) => state === harm)),
  );
}
