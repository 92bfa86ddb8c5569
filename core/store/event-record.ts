/** The metadata area of an event, as the store and `inspect` both understand it. */
import { EVENT_HEADER_LEN, EVENT_SIZE, EVENT_VERSION } from '#core/format/layout.gen.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { PacketView } from '#core/pcapng/types.ts';

/** An event struct in a buffer. */
export type EventSpan = Pick<PacketView, 'buf' | 'eventStart' | 'eventLength'>;

/** ONE object reused for all events. */
export interface RecordState {
  /** META_STATE. `unreadable` also when the struct contradicts itself. */
  state: number;
  /** Of the area in the packet's buffer; only with state `present`. */
  areaStart: number;
  areaLength: number;
}

/**
 * Reads the state of an event whose eventLength is at least EVENT_SIZE. Returns false when the struct
 * says more bytes than it has or a state that is not known; what follows it is not to be read then.
 */
export function readRecordState(p: EventSpan, out: RecordState): boolean {
  const view = new DataView(p.buf.buffer, p.buf.byteOffset + p.eventStart, EVENT_SIZE);
  const what = view.getInt32(EVENT_VERSION, true);
  const sizes = view.getInt32(EVENT_HEADER_LEN, true);
  const state = recordState(what, sizes, p.eventLength);
  out.areaStart = p.eventStart + (sizes & 0xffff);
  out.areaLength = state === META_STATE.present ? what >>> 24 : 0;
  out.state = state < 0 ? META_STATE.unreadable : state;
  return state >= 0;
}

/**
 * META_STATE of a struct in `eventLength` bytes, -1 when it contradicts itself. `what`: the word that begins at EVENT_VERSION
 * (version, hook, state, length of the metadata), `sizes`: the one at EVENT_HEADER_LEN (header, extensions).
 */
export function recordState(what: number, sizes: number, eventLength: number): number {
  const length = what >>> 24;
  const state = length === 0 ? META_STATE.none : (what >>> 16) & 0xff;
  const header = sizes & 0xffff;
  const end = header + (state === META_STATE.present ? length : 0);
  return header >= EVENT_SIZE && end <= eventLength && state <= META_STATE.unreadable ? state : -1;
}
