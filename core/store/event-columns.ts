/**
 * One row per event, as typed arrays in chunks of CHUNK_EVENTS. Rows are only appended, and written
 * whole before `count` moves on, so a query between two packets sees a consistent prefix. The
 * columns that change later are `next`, and `state`, `cause` and `flags` (EVENT_BIT.lost) when an earlier event arrives.
 *
 * Every sentinel is 0, because a page that is never written is never committed by the system: a plain
 * pcap pays nothing for the columns that only Whither's events fill.
 *
 * A chunk is open at first: 129 bytes an event. In a large capture all but the newest are sealed: what changes no
 * more is kept in as few bytes as it needs, and the memory is given to a new chunk.
 */
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT } from './limits.ts';
import { RECORD_SHIFT } from './record-words.ts';
import { narrowed, offsetsFrom, SealedRecords, shared, type Column, type Shared } from './sealed-columns.ts';

export { RECORD, RECORD_SHIFT } from './record-words.ts';

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
  /** The journey had metadata before this event and has none at it (CELL.lost). Kept in time order. Or it left it behind here (coalesced.ts). */
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
/** A million events: sealing takes a tenth of the time of a decode, which only a larger capture needs to pay for. */
const LARGE_CHUNKS = 16;
/** Of a large capture: the one that is filled and the one before it. */
const OPEN_CHUNKS = 2;
/** At each new chunk, until those that were open when the capture became large are sealed. */
const SEALED_AT_ONCE = 2;
/** Bytes of a row, without its record. */
const ROW_BYTES = 8 + 10 * 4 + 5 * 2 + 7;

/** What an open chunk is written to. */
export class ChunkMemory {
  readonly buffer = new ArrayBuffer(ROW_BYTES * CHUNK_EVENTS + COLUMNS * STAGGER_BYTES);
  /** RECORD words of all rows; made with the first event that has one. */
  records: Uint32Array | null = null;

  /** As new. */
  clear(): this {
    new Uint32Array(this.buffer).fill(0);
    this.records?.fill(0);
    return this;
  }
}

export class EventChunk {
  private memory: ChunkMemory | null;
  private used = 0;
  /**
   * Bytes from the start of the capture; a double, for a capture may be over 4 GiB. In a sealed chunk a u32 from
   * `offsetBase`, if that is enough: see `blockOffset`.
   */
  offsets: Float64Array | Uint32Array;
  private offsetBase = 0;
  blockLength: Column;
  /** Unix time in ns, high and low 32 bits. */
  tsHi: Uint32Array;
  tsLo: Uint32Array;
  interfaceIndex: Column;
  journey: Uint32Array;
  /** The next event of the same journey in order of arrival; 0 = none (event 0 is never a next). */
  next: Uint32Array;
  /** Number in the area table, from 1; 0 = no bytes kept. */
  area: Uint32Array;
  /** See EVENT_BIT.ipv4, ipv6 and mac. */
  src: Uint32Array;
  dst: Uint32Array;
  /** Bytes on the wire. */
  length: Column;
  hop: Uint16Array;
  srcPort: Uint16Array;
  dstPort: Uint16Array;
  /** First VLAN id + 1; 0 = untagged. */
  vlan: Uint16Array;
  cpu: Uint16Array;
  /** EVENT_BIT. */
  flags: Uint8Array;
  /** META_STATE; present only when the bytes are there. */
  metaState: Uint8Array;
  /** Bytes, as the kernel had it. */
  metaLength: Uint8Array;
  /** PROTOCOL. */
  protocol: Uint8Array;
  tcpFlags: Uint8Array;
  /** HOP_STATE of core/diagnosis, and its cause with how it is known (hop-causes.ts packCause). Kept in time order. */
  state: Uint8Array;
  cause: Uint8Array;
  /** Sets of comments by row (comment-table.ts), 0 = none; null = no event of the chunk has any. */
  comments: Uint32Array | null = null;
  private sealedRecords: SealedRecords | null = null;

  constructor(memory = new ChunkMemory()) {
    this.memory = memory;
    const { buffer } = memory;
    const u32 = (): Uint32Array => new Uint32Array(buffer, this.reserve(4), CHUNK_EVENTS);
    const u16 = (): Uint16Array => new Uint16Array(buffer, this.reserve(2), CHUNK_EVENTS);
    const u8 = (): Uint8Array => new Uint8Array(buffer, this.reserve(1), CHUNK_EVENTS);
    this.offsets = new Float64Array(buffer, this.reserve(8), CHUNK_EVENTS);
    this.blockLength = u32();
    this.tsHi = u32();
    this.tsLo = u32();
    this.interfaceIndex = u32();
    this.journey = u32();
    this.next = u32();
    this.area = u32();
    this.src = u32();
    this.dst = u32();
    this.length = u32();
    this.hop = u16();
    this.srcPort = u16();
    this.dstPort = u16();
    this.vlan = u16();
    this.cpu = u16();
    this.flags = u8();
    this.metaState = u8();
    this.metaLength = u8();
    this.protocol = u8();
    this.tcpFlags = u8();
    this.state = u8();
    this.cause = u8();
  }

  /** Where the block of a row begins, in bytes from the start of the capture. */
  blockOffset(row: number): number {
    return this.offsetBase + this.offsets[row]!;
  }

  /**
   * RECORD words of all rows of an open chunk: skb and head (kernel addresses, 0 = not known), mark, hash, number in the
   * table of tasks from 1 (0 = none), skb_drop_reason with EVENT_BIT.drop, and what a diagnosis compares.
   */
  get records(): Uint32Array {
    const { memory } = this;
    if (memory === null) throw new Error('a sealed chunk is not written to');
    return (memory.records ??= new Uint32Array(CHUNK_EVENTS << RECORD_SHIFT));
  }

  /** null = no event of the chunk has a record yet, or it is sealed. */
  get recordsIfOpen(): Uint32Array | null {
    return this.memory === null ? null : this.memory.records;
  }

  /** One word of a record, 0 when the chunk has none; for queries. */
  record(row: number, word: number): number {
    if (this.sealedRecords !== null) return this.sealedRecords.word(row, word);
    return this.memory?.records?.[(row << RECORD_SHIFT) + word] ?? 0;
  }

  /** One word of the records of rows `from` to `to` - 1, at their rows of `out`. */
  recordColumn(word: number, from: number, to: number, out: Uint32Array): void {
    if (this.sealedRecords !== null) {
      this.sealedRecords.column(word, from, to, out);
      return;
    }
    const records = this.memory?.records ?? null;
    if (records === null) out.fill(0, from, to);
    else for (let row = from; row < to; row++) out[row] = records[(row << RECORD_SHIFT) + word]!;
  }

  /**
   * All rows are there. Moves them out of the memory, which is returned; columns that change later stay as they were.
   * `event`: number of the first row. `common`: columns with one value, which many chunks have.
   */
  seal(event: number, common: Shared): ChunkMemory {
    const { memory } = this;
    if (memory === null) throw new Error('the chunk is sealed');
    const base = this.offsets[0]!;
    this.offsets = offsetsFrom(base, this.offsets);
    this.offsetBase = this.offsets instanceof Uint32Array ? base : 0;
    this.blockLength = narrowed(this.blockLength);
    this.interfaceIndex = narrowed(this.interfaceIndex);
    this.length = narrowed(this.length);
    this.tsHi = shared(this.tsHi, 'tsHi', common);
    this.hop = shared(this.hop, 'hop', common);
    this.vlan = shared(this.vlan, 'vlan', common);
    this.cpu = shared(this.cpu, 'cpu', common);
    this.metaState = shared(this.metaState, 'metaState', common);
    this.metaLength = shared(this.metaLength, 'metaLength', common);
    this.protocol = shared(this.protocol, 'protocol', common);
    this.tcpFlags = shared(this.tcpFlags, 'tcpFlags', common);
    this.tsLo = this.tsLo.slice();
    this.journey = this.journey.slice();
    this.next = this.next.slice();
    this.area = this.area.slice();
    this.src = this.src.slice();
    this.dst = this.dst.slice();
    this.srcPort = this.srcPort.slice();
    this.dstPort = this.dstPort.slice();
    this.flags = this.flags.slice();
    this.state = this.state.slice();
    this.cause = this.cause.slice();
    if (memory.records !== null) this.sealedRecords = new SealedRecords(memory.records, this.next, event);
    this.memory = null;
    return memory;
  }

  private reserve(cellBytes: number): number {
    const at = this.used;
    this.used += cellBytes * CHUNK_EVENTS + STAGGER_BYTES;
    return at;
  }
}

export class EventColumns {
  readonly chunks: EventChunk[] = [];
  count = 0;
  private readonly common: Shared = new Map();
  private readonly largeChunks: number;
  /** Chunks that are sealed: the first ones. */
  private sealed = 0;

  /** `largeChunks`: with that many the first are sealed. */
  constructor(largeChunks = LARGE_CHUNKS) {
    this.largeChunks = largeChunks;
  }

  /** The chunk that event `n` is in; its place there is `n & CHUNK_MASK`. `n` must be below `count`. */
  chunk(n: number): EventChunk {
    return this.chunks[n >>> CHUNK_SHIFT]!;
  }

  /** Makes room for event number `count`; its row is all zeros. */
  chunkForNext(): EventChunk {
    if ((this.count & CHUNK_MASK) === 0) this.addChunk();
    return this.chunks[this.count >>> CHUNK_SHIFT]!;
  }

  private addChunk(): void {
    const { chunks } = this;
    let memory: ChunkMemory | null = null;
    for (let i = 0; i < SEALED_AT_ONCE && chunks.length >= this.largeChunks; i++) {
      if (this.sealed > chunks.length - OPEN_CHUNKS) break;
      memory = chunks[this.sealed]!.seal(this.sealed << CHUNK_SHIFT, this.common);
      this.sealed++;
    }
    chunks.push(new EventChunk(memory?.clear()));
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
