/** At which event a journey opens. Pure. */
import type { HopState } from '#core/diagnosis/types.ts';
import { CELL, type Harm, type Hop, type JourneyDetail, type JourneyHop } from '#workers/api.ts';
import { hopOfKey } from './hop-key.ts';
import type { LinkState } from './link-state.ts';

const DAMAGE: ReadonlySet<HopState> = new Set(['lost', 'clobbered', 'suspect']);

function isAt({ cell, state }: JourneyHop, harm: Harm): boolean {
  return harm === 'lost' ? cell === CELL.lost : state === harm;
}

/** Position in `detail.hops`: what is filtered for, else where metadata came to harm, else where there is some. */
export function firstHop(
  { hops: events }: JourneyDetail,
  { hop, harm }: LinkState,
  hops: readonly Hop[],
): number {
  const at = hop === null ? null : hopOfKey(hops, hop);
  const found = events.findIndex(
    (event) => (at === null || event.hop === at) && (harm === null ? at !== null : isAt(event, harm)),
  );
  if (found >= 0) return found;
  const damage = events.findIndex((event) => DAMAGE.has(event.state));
  if (damage >= 0) return damage;
  return Math.max(
    0,
    events.findIndex((event) => event.metaState === 'present'),
  );
}
