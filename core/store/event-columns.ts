/**
 * One row per event, as typed arrays in chunks of CHUNK_EVENTS. Rows are only appended, and written
 * whole before `count` moves on, so a query between two packets sees a consistent prefix. The one
 * column that changes later is `next` (and `flags` for EVENT_BIT.lost).
 *
 * Every sentinel is 0, because a page that is never written is never committed by the system: a plain
 * pcap pays nothing for the columns that only Whither's events fill.
 */
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT } from './limits.ts';

/** Bits of the `flags` column. */
export const EVENT_BIT = {
  /** `src` and `dst` are IPv4 addresses as big-endian numbers. */
  ipv4: 1,
  /** `src` and `dst` are numbers in the table of IPv6 addresses, from 1; 0 = the table was full. */
  ipv6: 2,
  /** The same for MAC addresses: Ethernet without a network layer that is known. */
  mac: 128,
  ports: 4,
  /** Whither's event struct was there: state, skb, head, mark, hash and cpu mean something. */
  recorded: 8,
  drop: 16,
  /** The journey had metadata before this event and has none at it (CELL.lost). Kept in time order. */
  lost: 32,
  /** The packet's time is known (a Simple Packet Block has none). */
  time: 64,
} as const;

export class EventChunk {
  /** Bytes from the start of the capture; a double, for a capture may be over 4 GiB. */
  readonly blockOffset = new Float64Array(CHUNK_EVENTS);
  readonly blockLength = new Uint32Array(CHUNK_EVENTS);
  /** Unix time in ns, high and low 32 bits. */
  readonly tsHi = new Uint32Array(CHUNK_EVENTS);
  readonly tsLo = new Uint32Array(CHUNK_EVENTS);
  readonly interfaceIndex = new Uint32Array(CHUNK_EVENTS);
  readonly hop = new Uint16Array(CHUNK_EVENTS);
  readonly journey = new Uint32Array(CHUNK_EVENTS);
  /** The next event of the same journey in order of arrival; 0 = none (event 0 is never a next). */
  readonly next = new Uint32Array(CHUNK_EVENTS);
  readonly flags = new Uint8Array(CHUNK_EVENTS);
  /** META_STATE; present only when the bytes are there. */
  readonly metaState = new Uint8Array(CHUNK_EVENTS);
  /** Bytes, as the kernel had it. */
  readonly metaLength = new Uint8Array(CHUNK_EVENTS);
  /** Number in the area table, from 1; 0 = no bytes kept. */
  readonly area = new Uint32Array(CHUNK_EVENTS);
  /** PROTOCOL. */
  readonly protocol = new Uint8Array(CHUNK_EVENTS);
  readonly tcpFlags = new Uint8Array(CHUNK_EVENTS);
  /** First VLAN id + 1; 0 = untagged. */
  readonly vlan = new Uint16Array(CHUNK_EVENTS);
  /** See EVENT_BIT.ipv4 and ipv6. */
  readonly src = new Uint32Array(CHUNK_EVENTS);
  readonly dst = new Uint32Array(CHUNK_EVENTS);
  readonly srcPort = new Uint16Array(CHUNK_EVENTS);
  readonly dstPort = new Uint16Array(CHUNK_EVENTS);
  /** Bytes on the wire. */
  readonly length = new Uint32Array(CHUNK_EVENTS);
  /** Kernel addresses; 0 = not known. */
  readonly skbHi = new Uint32Array(CHUNK_EVENTS);
  readonly skbLo = new Uint32Array(CHUNK_EVENTS);
  readonly headHi = new Uint32Array(CHUNK_EVENTS);
  readonly headLo = new Uint32Array(CHUNK_EVENTS);
  readonly mark = new Uint32Array(CHUNK_EVENTS);
  readonly hash = new Uint32Array(CHUNK_EVENTS);
  readonly cpu = new Uint16Array(CHUNK_EVENTS);
  /** Number in the table of tasks, from 1; 0 = none. */
  readonly task = new Uint32Array(CHUNK_EVENTS);
  /** skb_drop_reason of this kernel, with EVENT_BIT.drop. */
  readonly drop = new Uint32Array(CHUNK_EVENTS);
}

export class EventColumns {
  readonly chunks: EventChunk[] = [];
  count = 0;

  /** The chunk that event `n` is in; its place there is `n & CHUNK_MASK`. `n` must be below `count`. */
  chunk(n: number): EventChunk {
    return this.chunks[n >>> CHUNK_SHIFT]!;
  }

  /** Makes room for event number `count`; its row is all zeros. */
  chunkForNext(): EventChunk {
    if ((this.count & CHUNK_MASK) === 0) this.chunks.push(new EventChunk());
    return this.chunks[this.count >>> CHUNK_SHIFT]!;
  }

  /** Order of two events in time: negative when `a` is earlier. Equal times are 0. */
  compareTime(a: number, b: number): number {
    const ca = this.chunk(a);
    const cb = this.chunk(b);
    const ia = a & CHUNK_MASK;
    const ib = b & CHUNK_MASK;
    return ca.tsHi[ia]! - cb.tsHi[ib]! || ca.tsLo[ia]! - cb.tsLo[ib]!;
  }
}
