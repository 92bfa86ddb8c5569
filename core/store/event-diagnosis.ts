/** State, cause, evidence and writer of one event as text, for the rows on screen and for `inspect`. */
import { CAUSE } from '#core/diagnosis/causes.ts';
import { causeOf, programsOf, writerText } from '#core/diagnosis/evidence.ts';
import { HOP_STATE_NAMES, type Cause, type HopState } from '#core/diagnosis/types.ts';
import type { CaptureStore } from './capture-store.ts';
import { diagnoseEvent } from './diagnose-event.ts';
import { EVENT_BIT } from './event-columns.ts';
import { CHUNK_MASK } from './limits.ts';
import { payloadTaken } from './merged-payload.ts';

export interface EventDiagnosis {
  readonly state: HopState;
  readonly cause: Cause;
  /** Programs that it is put down to, '' = none. */
  readonly writer: string;
}

const NOT_RECORDED: EventDiagnosis = {
  state: 'none',
  cause: { name: 'none', operation: '', known: 'unknown', evidence: '' },
  writer: '',
};

/**
 * Diagnoses event number `event` against `telling`, an earlier one of its journey that says what it had; -1 = none, then
 * of a clone against what it was cloned from.
 */
export function eventDiagnosis(store: CaptureStore, event: number, telling: number): EventDiagnosis {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return NOT_RECORDED;
  const host = store.facts.hostAt(chunk.blockOffset(row));
  const { from, now, lies, transition } = diagnoseEvent(store, event, telling, host);
  const told = causeOf(from, now, lies, host?.kernelVersion ?? 0, host?.kernel ?? '', transition);
  return {
    state: HOP_STATE_NAMES[transition.state]!,
    cause: transition.cause === CAUSE.none ? (payloadTaken(store, event) ?? told) : told,
    writer: writerText(programsOf(lies, transition.cause)),
  };
}
