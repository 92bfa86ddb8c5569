/** The metadata area of an event, as the store and `inspect` both understand it. */
import { EVENT_HEADER_LEN, EVENT_META_LEN, EVENT_META_STATE, EVENT_SIZE } from '#core/format/layout.gen.ts';
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
  const { buf } = p;
  const at = p.eventStart;
  const length = buf[at + EVENT_META_LEN]!;
  const header = buf[at + EVENT_HEADER_LEN]! | (buf[at + EVENT_HEADER_LEN + 1]! << 8);
  const state = length === 0 ? META_STATE.none : buf[at + EVENT_META_STATE]!;
  out.areaStart = at + header;
  out.areaLength = state === META_STATE.present ? length : 0;
  const sound =
    header >= EVENT_SIZE && header + out.areaLength <= p.eventLength && state <= META_STATE.unreadable;
  out.state = sound ? state : META_STATE.unreadable;
  return sound;
}
