/** What room there is for metadata and for headers in front of it, from what an event says of its buffer. */
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import { RECORD, EVENT_BIT, type EventChunk } from '#core/store/event-columns.ts';

/** struct xdp_frame, which the kernel builds at the start of the buffer (bpf_xdp_adjust_meta keeps it free). */
export const XDP_FRAME_BYTES = 40;
/** Lengths are multiples of 4 and one byte in skb_shared_info: xdp_metalen_invalid. */
export const MAX_AREA_BYTES = 252;
/** skb->mac_header is unset, or the offset was not recorded. */
const UNSET = 0xffff;

export interface Room {
  /** From the start of the buffer to the packet: the area is the end of it. */
  readonly headroom: number;
  /** Of it what no header may take: at XDP the frame. */
  readonly reserved: number;
}

/** Of event `row` of `chunk`; null when the capture does not say. */
export function roomOf(chunk: EventChunk, row: number, hook: number): Room | null {
  if ((chunk.flags[row]! & EVENT_BIT.recorded) === 0) return null;
  const word = chunk.record(row, RECORD.macData);
  const mac = word & 0xffff;
  const data = word >>> 16;
  const headroom = mac === UNSET ? data : mac;
  if (headroom === UNSET || headroom === 0) return null;
  const isXdp = HOOK_BY_ID.get(hook)?.layer === 'xdp';
  return { headroom, reserved: isXdp ? XDP_FRAME_BYTES : 0 };
}

/** Bytes of headers that still fit in front of an area of so many bytes; 0 when it overlaps what is reserved. */
export function roomInFront({ headroom, reserved }: Room, areaBytes: number): number {
  return Math.max(0, headroom - reserved - areaBytes);
}

/** The largest area that this buffer allows, a multiple of 4. */
export function largestArea({ headroom, reserved }: Room): number {
  return Math.min(MAX_AREA_BYTES, Math.max(0, headroom - reserved)) & ~3;
}
