/** Which events of a capture go into a share. */
import type { PacketView } from '#core/pcapng/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { JOURNEY, JOURNEY_BIT } from '#core/store/journey-table.ts';

export interface ShareSelection {
  /** Unix ns, both included; null = from the beginning, to the end. */
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  /** Journeys by `journeyKey`; null = all. They go whole, never in single events. */
  readonly journeys: ReadonlySet<bigint> | null;
  /** Hook ids; null = all. */
  readonly hooks: ReadonlySet<number> | null;
}

export const EVERYTHING: ShareSelection = { fromNs: null, toNs: null, journeys: null, hooks: null };

export function isEverything({ fromNs, toNs, journeys, hooks }: ShareSelection): boolean {
  return fromNs === null && toNs === null && journeys === null && hooks === null;
}

const RUN_BITS = 128n;

/**
 * A run by its random id (32 hex digits), which is the same in every reading of the log, and by `number`, which copy of it that is, from
 * 1 on; one without an id ('') by its place among the sections that were read.
 */
export function runKey(id: string, number: number): bigint {
  return id === '' ? BigInt(number) : (BigInt(number) << RUN_BITS) | BigInt(`0x${id}`);
}

/** An id (epb_packetid) means a journey within its run (`runKey`). */
export function journeyKey(run: bigint, id: bigint): bigint {
  return (run << 64n) | id;
}

/** Of a journey that a store has; null = it has no id, and so no key. */
export function journeyKeyOf({ journeys, facts }: CaptureStore, journey: number): bigint | null {
  if ((journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.id) === 0) return null;
  const word = (of: number): bigint => BigInt(journeys.word(journey, of) >>> 0);
  const run = journeys.word(journey, JOURNEY.run);
  const named = facts.runId(run);
  const key = named === null ? runKey('', run) : runKey(named.id, named.copy);
  return journeyKey(key, (word(JOURNEY.idHi) << 32n) | word(JOURNEY.idLo));
}

/** `hook`: of the packet's interface; `run`: `runKey` of its section. A packet without an id is in no journey, and with `journeys` left out. */
export function isSelected(
  selection: ShareSelection,
  packet: PacketView,
  timeNs: bigint,
  hook: number,
  run: bigint,
): boolean {
  const { fromNs, toNs, journeys, hooks } = selection;
  if (fromNs !== null && timeNs < fromNs) return false;
  if (toNs !== null && timeNs > toNs) return false;
  if (hooks !== null && !hooks.has(hook)) return false;
  if (journeys === null) return true;
  if (!packet.hasPacketId) return false;
  return journeys.has(journeyKey(run, (BigInt(packet.packetIdHi) << 32n) | BigInt(packet.packetIdLo)));
}
