/** Causes that attribution probes have seen at work: what was concluded becomes what was observed. */
import { OPERATION } from '#core/format/attribution.ts';
import { CAUSE } from './causes.ts';
import type { Operation, Sighting } from './sighting.ts';
import { HOP_STATE, KNOWN, type Transition } from './types.ts';

const HELPERS: readonly number[] = [
  OPERATION.adjustRoom,
  OPERATION.changeHead,
  OPERATION.changeProto,
  OPERATION.vlanPush,
  OPERATION.vlanPop,
];
const EXPANDS: readonly number[] = [OPERATION.expandHead];

/** Cause → the operations that it is. */
const OPERATIONS_OF: ReadonlyMap<number, readonly number[]> = new Map([
  [CAUSE.expandHead, EXPANDS],
  [CAUSE.expandHeadByProgram, EXPANDS],
  [CAUSE.expandHeadKept, EXPANDS],
  [CAUSE.neighbourHeader, [OPERATION.neighbourHeader]],
  [CAUSE.vlanUntag, [OPERATION.vlanUntag]],
  [CAUSE.scrubKept, [OPERATION.scrub]],
  [CAUSE.lwtunnel, [OPERATION.lwtunnel]],
  [CAUSE.macForward, [OPERATION.pullHeader]],
  [CAUSE.helperLeft, HELPERS],
  [CAUSE.helperMoved, HELPERS],
]);

/** The operation that made a packet lose its metadata: it had some before and none after. */
function clears(one: Operation): boolean {
  return one.operation === OPERATION.expandHead && one.returned && one.metaBefore > 0 && one.metaAfter === 0;
}

/** The operation among those seen at `now` that is the transition's cause; null = none. */
export function operationOf(now: Sighting, t: Transition): Operation | null {
  const names = OPERATIONS_OF.get(t.cause);
  if (names === undefined || now.operations.length === 0) return null;
  return (
    now.operations.find((one) =>
      t.state === HOP_STATE.lost && one.returned ? clears(one) : names.includes(one.operation),
    ) ?? null
  );
}

/** Raises `t` to what was seen at `now`; a loss that nothing explained gets the operation that was. */
export function confirm(now: Sighting, t: Transition): void {
  if (t.state === HOP_STATE.lost && t.cause === CAUSE.unknown && now.operations.some(clears)) {
    t.cause = CAUSE.expandHead;
  }
  if (operationOf(now, t) !== null) t.known = KNOWN.seen;
}
