/** Columns of one event as text. */
import { formatIpv6, formatMac } from '#core/dissect/addresses.ts';
import { PROTOCOL, PROTOCOL_NAMES } from '#core/dissect/types.ts';
import { EXT_TASK_COMM, EXT_TASK_SIZE, EXT_TASK_TGID } from '#core/format/layout.gen.ts';
import { tcpFlagNames } from '#core/dissect/info.ts';
import { decodeCString } from '#core/pcapng/text.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT, RECORD } from './event-columns.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK } from './limits.ts';

const U32 = 0x1_0000_0000;

export type Side = 'src' | 'dst';

/** `10.0.0.1`, `2001:db8::1`, `02:00:00:00:00:01` (no network layer), '' = none. */
export function addressText(store: CaptureStore, event: number, side: Side): string {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const flags = chunk.flags[row]!;
  const value = chunk[side][row]!;
  if ((flags & EVENT_BIT.ipv4) !== 0) {
    return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
  }
  if (value === 0) return '';
  if ((flags & EVENT_BIT.ipv6) !== 0) return formatIpv6(store.flows.ipv6.key(value), 0);
  return (flags & EVENT_BIT.mac) === 0 ? '' : formatMac(store.flows.macs.key(value), 0);
}

/** Port, null when there is none. */
export function portOf(store: CaptureStore, event: number, side: Side): number | null {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  if ((chunk.flags[row]! & EVENT_BIT.ports) === 0) return null;
  return (side === 'src' ? chunk.srcPort : chunk.dstPort)[row]!;
}

/** `10.0.0.1:4000`, `[2001:db8::1]:4000`, or the address alone. */
export function endpointText(store: CaptureStore, event: number, side: Side): string {
  const address = addressText(store, event, side);
  const port = portOf(store, event, side);
  if (port === null || address === '') return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function protocolText(store: CaptureStore, event: number): string {
  return PROTOCOL_NAMES[store.events.chunk(event).protocol[event & CHUNK_MASK]!]!;
}

/** `nginx/812` (name and process id), '' when the event has no task. */
export function taskText(store: CaptureStore, event: number): string {
  const number = store.events.chunk(event).record(event & CHUNK_MASK, RECORD.task);
  if (number === 0) return '';
  const { comm, pid } = taskName(store, number);
  return `${comm}/${pid}`;
}

/** Name and process id of a task by its number (from 1) in the table of tasks. */
export function taskName(store: CaptureStore, number: number): { comm: string; pid: number } {
  const key = store.extensions.tasks.key(number);
  const pid = new DataView(key.buffer, key.byteOffset).getUint32(EXT_TASK_TGID, true);
  return { comm: decodeCString(key, EXT_TASK_COMM, EXT_TASK_SIZE - EXT_TASK_COMM), pid };
}

/** Name of the drop reason, '' when the event is no drop. */
export function dropText(store: CaptureStore, event: number): string {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  if ((chunk.flags[row]! & EVENT_BIT.drop) === 0) return '';
  return store.facts.dropReason(chunk.blockOffset(row), chunk.record(row, RECORD.drop));
}

/** One line for the list: TCP flags, VLAN, and where the packet was dropped, if it was. */
export function infoText(store: CaptureStore, events: readonly number[]): string {
  const parts: string[] = [];
  const first = events[0];
  if (first === undefined) return '';
  const chunk = store.events.chunk(first);
  const row = first & CHUNK_MASK;
  if (chunk.protocol[row] === PROTOCOL.tcp) parts.push(`[${tcpFlagNames(chunk.tcpFlags[row]!)}]`);
  if (chunk.vlan[row] !== 0) parts.push(`VLAN ${chunk.vlan[row]! - 1}`);
  for (const event of events) {
    const drop = dropText(store, event);
    if (drop !== '') parts.push(`dropped: ${drop}`);
  }
  return parts.join(' ');
}

/** epb_packetid of the journey, or the number of its frame from 1 where there is none, as two u32. */
export function journeyId(store: CaptureStore, journey: number): { hi: number; lo: number } {
  const { journeys } = store;
  if ((journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.id) === 0) {
    return { hi: 0, lo: journeys.word(journey, JOURNEY.first) + 1 };
  }
  return { hi: journeys.word(journey, JOURNEY.idHi), lo: journeys.word(journey, JOURNEY.idLo) };
}

/** The run that the journey belongs to, as links name it (`CaptureFacts.runName`). */
export function journeyRun(store: CaptureStore, journey: number): string {
  return store.facts.runName(store.journeys.word(journey, JOURNEY.run));
}

/**
 * Number of the journey with this id (as `journeyId` gives it) in the run of this name, or with '' in the newest
 * run that has one; -1 = none.
 */
export function findJourney(store: CaptureStore, idHi: number, idLo: number, runName = ''): number {
  const { journeys, facts, events } = store;
  for (let run = facts.runs - 1; run >= 0; run--) {
    if (runName !== '' && facts.runName(run) !== runName) continue;
    const found = journeys.find(run, idHi >>> 0, idLo >>> 0);
    if (found >= 0) return found;
  }
  if (runName !== '') return -1;
  const event = idHi * U32 + idLo - 1;
  if (event < 0 || event >= events.count) return -1;
  const journey = events.chunk(event).journey[event & CHUNK_MASK]!;
  return (journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.id) === 0 ? journey : -1;
}

/** Two u32 as a decimal number. */
export function decimal(hi: number, lo: number): string {
  return hi === 0 ? String(lo) : ((BigInt(hi) << 32n) | BigInt(lo)).toString();
}
