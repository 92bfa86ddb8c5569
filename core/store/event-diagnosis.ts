/** State, cause, evidence and writer of one event as text, for the rows on screen and for `inspect`. */
import { CAUSE } from '#core/diagnosis/causes.ts';
import { causeOf, programsOf, writerText } from '#core/diagnosis/evidence.ts';
import { Sighting } from '#core/diagnosis/sighting.ts';
import { diagnose } from '#core/diagnosis/transition.ts';
import {
  createTransition,
  HOP_STATE,
  HOP_STATE_NAMES,
  type Cause,
  type HopState,
} from '#core/diagnosis/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { stateBySchema } from './cells.ts';
import { EVENT_BIT } from './event-columns.ts';
import { CHUNK_MASK } from './limits.ts';
import { payloadTaken } from './merged-payload.ts';
import { cameFrom, fillSighting } from './sighting-of.ts';
import { wasUnderWay } from './under-way.ts';

export interface EventDiagnosis {
  readonly state: HopState;
  readonly cause: Cause;
  /** Programs that it is put down to, '' = none. */
  readonly writer: string;
}

const NOT_RECORDED = unexplained('none');
/** It had its metadata where nobody looked yet: the first sighting is no writing. */
const UNDER_WAY = unexplained('present');

const beforeSighting = new Sighting();
const nowSighting = new Sighting();
const transition = createTransition();

/**
 * Diagnoses event number `event` against `telling`, an earlier one of its journey that says what it had; -1 = none, then
 * of a clone against what it was cloned from.
 */
export function eventDiagnosis(store: CaptureStore, event: number, telling: number): EventDiagnosis {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return NOT_RECORDED;
  const before = telling < 0 ? cameFrom(store, event) : telling;
  const host = store.facts.hostAt(chunk.blockOffset(row));
  const earlier = before < 0 ? null : store.events.chunk(before);
  const { between: lies } = store.between.get(
    earlier === null ? -1 : earlier.hop[before & CHUNK_MASK]!,
    chunk.hop[row]!,
    host,
  );
  const kernel = host?.kernelVersion ?? 0;
  fillSighting(store, event, nowSighting);
  if (earlier !== null) fillSighting(store, before, beforeSighting);
  const from = earlier === null ? null : beforeSighting;
  diagnose(from, nowSighting, lies, kernel, transition);
  if (before < 0 && transition.state === HOP_STATE.written && wasUnderWay(store, event)) return UNDER_WAY;
  const had = earlier === null ? 0 : earlier.area[before & CHUNK_MASK]!;
  transition.state = stateBySchema(store, transition.state, had, chunk.area[row]!);
  const cause = causeOf(from, nowSighting, lies, kernel, host?.kernel ?? '', transition);
  return {
    state: HOP_STATE_NAMES[transition.state]!,
    cause: transition.cause === CAUSE.none ? (payloadTaken(store, event) ?? cause) : cause,
    writer: writerText(programsOf(lies, transition.cause)),
  };
}

function unexplained(state: HopState): EventDiagnosis {
  return { state, cause: { name: 'none', operation: '', known: 'unknown', evidence: '' }, writer: '' };
}
