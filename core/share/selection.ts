/** Which events of a capture go into a share. */
import type { PacketView } from '#core/pcapng/types.ts';

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

/** An id (epb_packetid) means a journey within its run, which is numbered as CaptureFacts does. */
export function journeyKey(run: number, id: bigint): bigint {
  return (BigInt(run) << 64n) | id;
}

/** `hook`: of the packet's interface; `run`: of its section. A packet without an id is in no journey, and with `journeys` left out. */
export function isSelected(
  selection: ShareSelection,
  packet: PacketView,
  timeNs: bigint,
  hook: number,
  run: number,
): boolean {
  const { fromNs, toNs, journeys, hooks } = selection;
  if (fromNs !== null && timeNs < fromNs) return false;
  if (toNs !== null && timeNs > toNs) return false;
  if (hooks !== null && !hooks.has(hook)) return false;
  if (journeys === null) return true;
  if (!packet.hasPacketId) return false;
  return journeys.has(journeyKey(run, (BigInt(packet.packetIdHi) << 32n) | BigInt(packet.packetIdLo)));
}
