/**
 * One row per event, as typed arrays in chunks of CHUNK_EVENTS. Rows are only appended, and written
 * whole before `count` moves on, so a query between two packets sees a consistent prefix. The
 * columns that change later are `next`, and `state`, `cause` and `flags` (EVENT_BIT.lost) when an earlier event arrives.
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

/**
 * Columns begin this many bytes apart from a page boundary each. At the same place in their pages, as
 * separate allocations are, the thirty cells of one row would compete for the same few lines of the
 * processor's cache, and writing a row would take twice as long.
 */
const STAGGER_BYTES = 192;
const COLUMNS = 23;
/** Bytes of a row, without its record. */
const ROW_BYTES = 8 + 10 * 4 + 5 * 2 + 7;

/** Words of a record: what only Whither's events have. One row of its own, because it is read whole. */
export const RECORD = {
  skbLo: 0,
  skbHi: 1,
  headLo: 2,
  headHi: 3,
  mark: 4,
  hash: 5,
  task: 6,
  drop: 7,
  /** Words as they stand in the event struct, two u16 each: the first in the low half. */
  macData: 8,
  networkFlags: 9,
  protocolVlan: 10,
  cpuQueue: 11,
  priority: 12,
  /** Socket cookie; 0, 0 = none. */
  cookieLo: 13,
  cookieHi: 14,
  /** Number in the table of extras (skb->cb and what is beside it), from 1; 0 = none. */
  extras: 15,
} as const;
export const RECORD_SHIFT = 4;

export class EventChunk {
  private readonly buffer = new ArrayBuffer(ROW_BYTES * CHUNK_EVENTS + COLUMNS * STAGGER_BYTES);
  private used = 0;
  /** Bytes from the start of the capture; a double, for a capture may be over 4 GiB. */
  readonly blockOffset = new Float64Array(this.buffer, this.reserve(8), CHUNK_EVENTS);
  readonly blockLength = this.u32();
  /** Unix time in ns, high and low 32 bits. */
  readonly tsHi = this.u32();
  readonly tsLo = this.u32();
  readonly interfaceIndex = this.u32();
  readonly journey = this.u32();
  /** The next event of the same journey in order of arrival; 0 = none (event 0 is never a next). */
  readonly next = this.u32();
  /** Number in the area table, from 1; 0 = no bytes kept. */
  readonly area = this.u32();
  /** See EVENT_BIT.ipv4, ipv6 and mac. */
  readonly src = this.u32();
  readonly dst = this.u32();
  /** Bytes on the wire. */
  readonly length = this.u32();
  readonly hop = this.u16();
  readonly srcPort = this.u16();
  readonly dstPort = this.u16();
  /** First VLAN id + 1; 0 = untagged. */
  readonly vlan = this.u16();
  readonly cpu = this.u16();
  /** EVENT_BIT. */
  readonly flags = this.u8();
  /** META_STATE; present only when the bytes are there. */
  readonly metaState = this.u8();
  /** Bytes, as the kernel had it. */
  readonly metaLength = this.u8();
  /** PROTOCOL. */
  readonly protocol = this.u8();
  readonly tcpFlags = this.u8();
  /** HOP_STATE of core/diagnosis, and its cause with how it is known (hop-causes.ts packCause). Kept in time order. */
  readonly state = this.u8();
  readonly cause = this.u8();
  /**
   * RECORD words of all rows, made with the first event that has one: skb and head (kernel addresses, 0 = not known),
   * mark, hash, number in the table of tasks from 1 (0 = none), skb_drop_reason with EVENT_BIT.drop, and what a
   * diagnosis compares.
   */
  private recordWords: Uint32Array | null = null;

  get records(): Uint32Array {
    return (this.recordWords ??= new Uint32Array(CHUNK_EVENTS << RECORD_SHIFT));
  }

  /** null = no event of the chunk has a record yet. */
  get recordsIfAny(): Uint32Array | null {
    return this.recordWords;
  }

  /** One word of a record, 0 when the chunk has none; for queries. */
  record(row: number, word: number): number {
    return this.recordWords === null ? 0 : this.recordWords[(row << RECORD_SHIFT) + word]!;
  }

  private reserve(cellBytes: number): number {
    const at = this.used;
    this.used += cellBytes * CHUNK_EVENTS + STAGGER_BYTES;
    return at;
  }

  private u32(): Uint32Array {
    return new Uint32Array(this.buffer, this.reserve(4), CHUNK_EVENTS);
  }

  private u16(): Uint16Array {
    return new Uint16Array(this.buffer, this.reserve(2), CHUNK_EVENTS);
  }

  private u8(): Uint8Array {
    return new Uint8Array(this.buffer, this.reserve(1), CHUNK_EVENTS);
  }
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
