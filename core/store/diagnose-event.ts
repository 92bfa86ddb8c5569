/** What became of the metadata at one event of the store: what the columns keep of it, and what is said of it in words. */
import type { Between } from '#core/diagnosis/between.ts';
import { CAUSE } from '#core/diagnosis/causes.ts';
import { Sighting } from '#core/diagnosis/sighting.ts';
import { diagnose } from '#core/diagnosis/transition.ts';
import { createTransition, HOP_STATE, KNOWN, type Transition } from '#core/diagnosis/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { stateBySchema } from './cells.ts';
import type { HostFacts } from './host-facts.ts';
import { CHUNK_MASK } from './limits.ts';
import { cameFrom } from './came-from.ts';
import { fillSighting } from './sighting-of.ts';
import { wasUnderWay } from './under-way.ts';

/** Valid until the next call. */
export interface Diagnosed {
  /** What it was compared with; null = nothing. */
  readonly from: Sighting | null;
  readonly now: Sighting;
  /** Between the two. */
  readonly lies: Between;
  readonly transition: Readonly<Transition>;
}

const before = new Sighting();
const now = new Sighting();
const transition = createTransition();

/**
 * Diagnoses event number `event`, which has a record, against `telling`, an earlier one of its journey that says what it
 * had; -1 = none, then of a clone against what it was cloned from. `host`: the one it was seen on.
 */
export function diagnoseEvent(
  store: CaptureStore,
  event: number,
  telling: number,
  host: HostFacts | null,
): Diagnosed {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const compared = telling < 0 ? cameFrom(store, event) : telling;
  const earlier = compared < 0 ? null : store.events.chunk(compared);
  const hop = earlier === null ? -1 : earlier.hop[compared & CHUNK_MASK]!;
  const had = earlier === null ? 0 : earlier.area[compared & CHUNK_MASK]!;
  const { between: lies } = store.between.get(hop, chunk.hop[row]!, host);
  fillSighting(store, event, now);
  if (earlier !== null) fillSighting(store, compared, before);
  const from = earlier === null ? null : before;
  diagnose(from, now, lies, host?.kernelVersion ?? 0, transition);
  if (from === null && transition.state === HOP_STATE.written && wasUnderWay(store, event)) {
    // It had its metadata where nobody looked yet: the first sighting is no writing.
    transition.state = HOP_STATE.present;
    transition.cause = CAUSE.none;
    transition.known = KNOWN.unknown;
  } else transition.state = stateBySchema(store, transition.state, had, chunk.area[row]!);
  return { from, now, lies, transition };
}
