/** How many hooks of the catalogue are observed, are missing, or are not spoken of: the three are all that there are. Pure. */
import { HOOKS } from '#core/format/hooks.ts';
import type { Hop, MissingHook } from '#workers/api.ts';

export interface HookCounts {
  /** In at least one of the captures that are open. */
  readonly observed: number;
  /** In none of them, and at least one says why. */
  readonly missing: number;
  /** Of those observed, the ones that another capture or host says that they are missing there. */
  readonly missingInPart: number;
  /** No capture says anything of them: the probe that recorded did not know them yet, or it was another tool. */
  readonly untold: number;
  /** Of this catalogue, and those of a newer one that the captures name. */
  readonly known: number;
}

export function hookCounts(
  hops: readonly Pick<Hop, 'hook' | 'lane'>[],
  missing: readonly Pick<MissingHook, 'hook'>[],
): HookCounts {
  const observed = new Set(hops.filter(({ lane }) => lane !== 'none').map(({ hook }) => hook));
  const said = new Set(missing.map(({ hook }) => hook));
  const without = [...said].filter((hook) => !observed.has(hook)).length;
  const known = new Set([...HOOKS.map(({ id }) => id), ...observed, ...said]).size;
  return {
    observed: observed.size,
    missing: without,
    missingInPart: said.size - without,
    untold: known - observed.size - without,
    known,
  };
}

/** `19 missing`, `19 missing, 4 in part`, `net_dev_xmit missing`. */
export function missingText(counts: HookCounts, missing: readonly Pick<MissingHook, 'name'>[]): string {
  const { missing: count, missingInPart } = counts;
  if (missing.length === 1 && count === 1) return `${missing[0]!.name} missing`;
  return [
    ...(count > 0 ? [`${count} missing`] : []),
    ...(missingInPart > 0 ? [`${missingInPart}${count > 0 ? '' : ' missing'} in part`] : []),
  ].join(', ');
}
