/**
 * The packet blocks (EPB, SPB, PB) into rows of the `PacketBatch`: the hot path of every decode, with
 * no allocation. Offsets in comments are from the start of the block (draft-ietf-opsawg-pcapng 4.3-4.4, A).
 */
import {
  EVENT_HEADER_LEN,
  EVENT_SIZE,
  EVENT_VERSION,
  FORMAT_VERSION,
  MAGIC_EVENT,
  PEN,
} from '#core/format/layout.gen.ts';
import { META_STATE } from '#core/format/structs.ts';
import {
  BLOCK_EPB,
  BLOCK_MIN_BYTES,
  EPB_DROPCOUNT,
  EPB_MIN_BYTES,
  EPB_PACKETID,
  OPT_COMMENT,
  OPT_CUSTOM_BINARY,
  OPT_CUSTOM_BINARY_NO_COPY,
  OPT_END,
  PB_MIN_BYTES,
  SPB_MIN_BYTES,
} from './blocks.ts';
import type { InterfaceClock } from './clock.ts';
import { BATCH_PACKETS } from './packet-batch.ts';
import * as PACKET from './packet-row.ts';
import { DAMAGED, type ReaderContext } from './reader-context.ts';

/** Of a Packet Block: the number of drops is not known. */
const PB_DROPS_UNKNOWN = 0xffff;

/** What a packet needs of the interface it was seen at. */
export interface PacketInterface {
  readonly index: number;
  readonly snapLen: number;
  readonly clock: InterfaceClock;
}

export class PacketBlocks {
  readonly #context: ReaderContext;
  readonly #parts = { tsHi: 0, tsLo: 0 };
  /** Interfaces of the section that is being read, by id. */
  interfaces: PacketInterface[] = [];
  littleEndian = true;

  constructor(context: ReaderContext) {
    this.#context = context;
  }

  /**
   * Reads Enhanced Packet Blocks from `at` on until the batch is full, or something else or less than a whole block
   * follows; returns where. One loop, in which nothing is called but for what is wrong: so the engine keeps what it
   * works with in registers. @8 interface, @12 time high, @16 low, @20 captured, @24 original, @28 data, options, length.
   */
  enhanced(view: DataView, at: number, end: number, base: number): number {
    const le = this.littleEndian;
    const { interfaces } = this;
    const { batch, limits } = this.#context;
    const { rows } = batch;
    while (batch.count < BATCH_PACKETS && end - at >= BLOCK_MIN_BYTES) {
      const length = view.getInt32(at + 4, le);
      // What is no sound block is the parser's to tell of; a negative length is one over 2 GiB.
      if (view.getInt32(at, le) !== BLOCK_EPB || length < BLOCK_MIN_BYTES || (length & 3) !== 0) return at;
      if (length > limits.maxBlockBytes || end - at < length) return at;
      if (view.getInt32(at + length - 4, le) !== length) return at;
      const block = at;
      at += length;
      if (length < EPB_MIN_BYTES) {
        this.#tooShort(base + block, length);
        continue;
      }
      const source = interfaces[view.getUint32(block + 8, le)];
      if (source === undefined) {
        this.#undeclared(base + block, view.getUint32(block + 8, le));
        continue;
      }
      const captured = view.getUint32(block + 20, le);
      if (captured > length - EPB_MIN_BYTES) {
        this.#overlong(base + block, captured, length - EPB_MIN_BYTES);
        continue;
      }
      const row = batch.count << PACKET.SHIFT;
      this.#fields(rows, row, view, block, length, source, captured);
      this.#options(rows, row, view, base);
      batch.count++;
    }
    return at;
  }

  /** @8 original length, @12 data. Interface 0, no time; cut at its snapLen. */
  simple(view: DataView, start: number, length: number, base: number): void {
    if (length < SPB_MIN_BYTES) {
      this.#tooShort(base + start, length);
      return;
    }
    const source = this.interfaces[0];
    if (source === undefined) {
      this.#undeclared(base + start, 0);
      return;
    }
    const original = view.getUint32(start + 8, this.littleEndian);
    const captured = source.snapLen === 0 ? original : Math.min(original, source.snapLen);
    if (captured > length - SPB_MIN_BYTES) {
      this.#overlong(base + start, captured, length - SPB_MIN_BYTES);
      return;
    }
    const { rows, count } = this.#context.batch;
    const at = count << PACKET.SHIFT;
    rows[at + PACKET.START] = start;
    rows[at + PACKET.LENGTH] = length;
    rows[at + PACKET.INTERFACE] = source.index;
    rows[at + PACKET.TS_HI] = 0;
    rows[at + PACKET.TS_LO] = 0;
    rows[at + PACKET.DATA_START] = start + 12;
    rows[at + PACKET.DATA_LENGTH] = captured;
    rows[at + PACKET.ORIGINAL_LENGTH] = original;
    rows[at + PACKET.BITS] = 0;
    rows[at + PACKET.EVENT_START] = -1;
    rows[at + PACKET.EVENT_LENGTH] = 0;
    rows[at + PACKET.OPTIONS_START] = start + length - 4;
    rows[at + PACKET.OPTIONS_LENGTH] = 0;
    this.#context.next();
  }

  /** @8 u16 interface, @10 u16 drops, then as an EPB. Its options 2 (flags) and 3 (hash) mean the same. */
  obsolete(view: DataView, start: number, length: number, base: number): void {
    const le = this.littleEndian;
    if (length < PB_MIN_BYTES) {
      this.#tooShort(base + start, length);
      return;
    }
    const source = this.interfaces[view.getUint16(start + 8, le)];
    if (source === undefined) {
      this.#undeclared(base + start, view.getUint16(start + 8, le));
      return;
    }
    const captured = view.getUint32(start + 20, le);
    if (captured > length - PB_MIN_BYTES) {
      this.#overlong(base + start, captured, length - PB_MIN_BYTES);
      return;
    }
    const { batch } = this.#context;
    const row = batch.count << PACKET.SHIFT;
    this.#fields(batch.rows, row, view, start, length, source, captured);
    this.#options(batch.rows, row, view, base);
    const drops = view.getUint16(start + 10, le);
    batch.rows[(batch.count << PACKET.SHIFT) + PACKET.BITS]! &= ~PACKET.HAS_DROP_COUNT;
    if (drops !== 0 && drops !== PB_DROPS_UNKNOWN) this.#dropCount(drops);
    this.#context.next();
  }

  /** What EPB and PB have at the same place. */
  #fields(
    rows: Int32Array,
    at: number,
    view: DataView,
    start: number,
    length: number,
    source: PacketInterface,
    captured: number,
  ): void {
    const le = this.littleEndian;
    const options = start + 28 + ((captured + 3) & ~3);
    rows[at + PACKET.START] = start;
    rows[at + PACKET.LENGTH] = length;
    rows[at + PACKET.INTERFACE] = source.index;
    if (source.clock.isUnixNs) {
      rows[at + PACKET.TS_HI] = view.getInt32(start + 12, le);
      rows[at + PACKET.TS_LO] = view.getInt32(start + 16, le);
    } else this.#time(rows, at, source.clock, view.getUint32(start + 12, le), view.getUint32(start + 16, le));
    rows[at + PACKET.DATA_START] = start + 28;
    rows[at + PACKET.DATA_LENGTH] = captured;
    rows[at + PACKET.ORIGINAL_LENGTH] = view.getInt32(start + 24, le);
    rows[at + PACKET.BITS] = 0;
    rows[at + PACKET.EVENT_START] = -1;
    rows[at + PACKET.EVENT_LENGTH] = 0;
    rows[at + PACKET.OPTIONS_START] = options;
    rows[at + PACKET.OPTIONS_LENGTH] = start + length - 4 - options;
  }

  #time(rows: Int32Array, at: number, clock: InterfaceClock, hi: number, lo: number): void {
    clock.toNs(hi, lo, this.#parts);
    rows[at + PACKET.TS_HI] = this.#parts.tsHi;
    rows[at + PACKET.TS_LO] = this.#parts.tsLo;
  }

  /** What every decode needs of the options; the others are read when somebody asks (PacketBatch.packet). */
  #options(rows: Int32Array, row: number, view: DataView, base: number): void {
    const le = this.littleEndian;
    let at = rows[row + PACKET.OPTIONS_START]!;
    const stop = at + rows[row + PACKET.OPTIONS_LENGTH]!;
    while (at + 4 <= stop) {
      const code = view.getUint16(at, le);
      const size = view.getUint16(at + 2, le);
      if (code === OPT_END) return;
      const value = at + 4;
      at = value + ((size + 3) & ~3);
      if (value + size > stop) {
        this.#cutOption(base + value - 4, code, size, stop - value);
        return;
      }
      if (code === OPT_CUSTOM_BINARY || code === OPT_CUSTOM_BINARY_NO_COPY) {
        const sound = size >= 4 + EVENT_SIZE && this.#isEvent(view, value, size, base);
        // What is wrong with it was told behind the packets before, and then this is another row.
        row = this.#context.batch.count << PACKET.SHIFT;
        if (sound) {
          rows[row + PACKET.EVENT_START] = value + 4;
          rows[row + PACKET.EVENT_LENGTH] = size - 4;
        }
      } else if (code === EPB_PACKETID && size === 8) {
        // Told first: a condition in the arguments of a call keeps V8 from inlining it.
        const high = le ? value + 4 : value;
        const low = le ? value : value + 4;
        rows[row + PACKET.BITS]! |= PACKET.HAS_ID;
        rows[row + PACKET.ID_HI] = view.getInt32(high, le);
        rows[row + PACKET.ID_LO] = view.getInt32(low, le);
      } else if (code === EPB_DROPCOUNT && size === 8) this.#dropCount(Number(view.getBigUint64(value, le)));
      else if (code === OPT_COMMENT) rows[row + PACKET.BITS]! |= PACKET.HAS_COMMENT;
    }
  }

  #dropCount(count: number): void {
    const { batch } = this.#context;
    const bits = (batch.count << PACKET.SHIFT) + PACKET.BITS;
    batch.rows[bits]! |= PACKET.HAS_DROP_COUNT;
    batch.dropCount[batch.count] = count;
  }

  /**
   * Whether a custom option's value is our struct, and sound: @0 enterprise number in the section's order, @4 the
   * struct, little-endian.
   */
  #isEvent(view: DataView, value: number, size: number, base: number): boolean {
    const event = value + 4;
    if (view.getInt32(value, this.littleEndian) !== PEN) return false;
    if (view.getInt32(event, true) !== MAGIC_EVENT) return false;
    // Version, hook, state and length of the metadata, one byte each from EVENT_VERSION on.
    const what = view.getInt32(event + EVENT_VERSION, true);
    if ((what & 0xff) !== FORMAT_VERSION) return this.#otherVersion(base + event, what & 0xff);
    const header = view.getUint16(event + EVENT_HEADER_LEN, true);
    const metadata = ((what >>> 16) & 0xff) === META_STATE.present ? what >>> 24 : 0;
    const fits = header >= EVENT_SIZE && header + metadata <= size - 4;
    return fits || this.#overlongEvent(base + event, header, metadata, size - 4);
  }

  #otherVersion(offset: number, version: number): false {
    this.#context.problems.skip(
      'event-version',
      offset,
      `Metadata of a packet is in version ${version} of the format; this reader knows ${FORMAT_VERSION}. The packet is shown without it.`,
      'Open the capture with a newer Whither.',
    );
    return false;
  }

  #overlongEvent(offset: number, header: number, metadata: number, room: number): false {
    this.#context.problems.skip(
      'event-length',
      offset,
      `Metadata of a packet says ${header} + ${metadata} bytes in an option of ${room}. The packet is shown without it.`,
      DAMAGED,
    );
    return false;
  }

  #cutOption(offset: number, code: number, size: number, room: number): void {
    this.#context.problems.skip(
      'option-length',
      offset,
      `Option ${code} of a packet says ${size} bytes where ${room} are left; it and those after it are ignored.`,
      DAMAGED,
    );
  }

  #tooShort(offset: number, length: number): void {
    this.#context.problems.skip(
      'packet-length',
      offset,
      `A packet block of ${length} bytes is too short to be one; it is skipped.`,
      DAMAGED,
    );
  }

  #overlong(offset: number, captured: number, room: number): void {
    this.#context.problems.skip(
      'packet-length',
      offset,
      `A packet says ${captured} bytes in a block with room for ${room}; it is skipped.`,
      DAMAGED,
    );
  }

  #undeclared(offset: number, id: number): void {
    this.#context.problems.skip(
      'undeclared-interface',
      offset,
      `A packet names interface ${id}, which its section has not declared; it is skipped.`,
      'The capture was cut or merged wrongly: write it again with mergecap or editcap, or capture anew.',
    );
  }
}
