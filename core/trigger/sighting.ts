/** An event struct as it stands in its block, as the flyweight that a diagnosis is made of. */
import * as L from '#core/format/layout.gen.ts';
import type { Place, Sighting } from '#core/diagnosis/sighting.ts';
import { META_STATE } from '#core/format/structs.ts';
import { EXTENSION } from '#core/format/structs.ts';
import { readRecordState, type EventSpan, type RecordState } from '#core/store/event-record.ts';

/** Fills `out` from the event at `span`, of at least EVENT_SIZE bytes, and `record` with where its area is. */
export function readSighting(span: EventSpan, place: Place, record: RecordState, out: Sighting): void {
  const { buf, eventStart: at } = span;
  readRecordState(span, record);
  out.place = place;
  out.skbLo = u32(buf, at + L.EVENT_SKB);
  out.skbHi = u32(buf, at + L.EVENT_SKB + 4);
  out.headLo = u32(buf, at + L.EVENT_HEAD);
  out.headHi = u32(buf, at + L.EVENT_HEAD + 4);
  out.mac = u16(buf, at + L.EVENT_MAC_OFFSET);
  out.data = u16(buf, at + L.EVENT_DATA_OFFSET);
  out.network = u16(buf, at + L.EVENT_NETWORK_OFFSET);
  out.flags = u16(buf, at + L.EVENT_FLAGS);
  out.protocol = u16(buf, at + L.EVENT_PROTOCOL);
  out.vlanTci = u16(buf, at + L.EVENT_VLAN_TCI);
  out.metaState = record.state;
  out.metaLen = buf[at + L.EVENT_META_LEN]!;
  const present = record.state === META_STATE.present;
  out.bytes = present ? buf : null;
  out.start = present ? record.areaStart : 0;
}

/** Drop reason of the event, -1 = it says none. `record` as readRecordState has filled it for a sound struct. */
export function readDropReason({ buf, eventStart, eventLength }: EventSpan, record: RecordState): number {
  const extensions = u16(buf, eventStart + L.EVENT_EXTENSIONS);
  if ((extensions & EXTENSION.drop) === 0) return -1;
  let at = record.areaStart + ((record.areaLength + 3) & ~3);
  if ((extensions & EXTENSION.task) !== 0) at += L.EXT_TASK_SIZE;
  if (at + L.EXT_DROP_SIZE > eventStart + eventLength) return -1;
  return u32(buf, at + L.EXT_DROP_REASON);
}

/** Id of the journey that a clone was taken of, [high, low]; null = the event does not say that it is one. `record` as above. */
export function readOrigin(
  { buf, eventStart, eventLength }: EventSpan,
  record: RecordState,
): readonly [hi: number, lo: number] | null {
  const extensions = u16(buf, eventStart + L.EVENT_EXTENSIONS);
  if ((extensions & EXTENSION.link) === 0) return null;
  let at = record.areaStart + ((record.areaLength + 3) & ~3);
  for (const [bit, size] of BEFORE_LINK) if ((extensions & bit) !== 0) at += size;
  if (at + L.EXT_LINK_SIZE > eventStart + eventLength) return null;
  return [u32(buf, at + L.EXT_LINK_JOURNEY + 4), u32(buf, at + L.EXT_LINK_JOURNEY)];
}

const BEFORE_LINK: readonly (readonly [bit: number, bytes: number])[] = [
  [EXTENSION.task, L.EXT_TASK_SIZE],
  [EXTENSION.drop, L.EXT_DROP_SIZE],
  [EXTENSION.socket, L.EXT_SOCKET_SIZE],
  [EXTENSION.cb, L.EXT_CB_SIZE],
  [EXTENSION.beside, L.EXT_BESIDE_SIZE],
];

function u16(buf: Uint8Array, at: number): number {
  return buf[at]! | (buf[at + 1]! << 8);
}

function u32(buf: Uint8Array, at: number): number {
  return (buf[at]! | (buf[at + 1]! << 8) | (buf[at + 2]! << 16) | (buf[at + 3]! << 24)) >>> 0;
}
