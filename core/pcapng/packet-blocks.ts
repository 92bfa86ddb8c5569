/**
 * The packet blocks (EPB, SPB, PB) into the one reused `PacketView`: the hot path of every decode, with
 * no allocation. Offsets in comments are from the start of the block (draft-ietf-opsawg-pcapng 4.3-4.4, A).
 */
import {
  EVENT_HEADER_LEN,
  EVENT_META_LEN,
  EVENT_META_STATE,
  EVENT_SIZE,
  EVENT_VERSION,
  FORMAT_VERSION,
  MAGIC_EVENT,
  PEN,
} from '#core/format/layout.gen.ts';
import { META_STATE } from '#core/format/structs.ts';
import {
  EPB_DROPCOUNT,
  EPB_FLAGS,
  EPB_MIN_BYTES,
  EPB_PACKETID,
  EPB_QUEUE,
  OPT_CUSTOM_BINARY,
  OPT_CUSTOM_BINARY_NO_COPY,
  OPT_END,
  PB_MIN_BYTES,
  SPB_MIN_BYTES,
} from './blocks.ts';
import type { InterfaceClock } from './clock.ts';
import { newPacketView } from './packet-view.ts';
import { DAMAGED, type ReaderContext } from './reader-context.ts';

const U32 = 0x1_0000_0000;
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
  readonly #packet = newPacketView();
  /** Interfaces of the section that is being read, by id. */
  interfaces: PacketInterface[] = [];
  littleEndian = true;

  constructor(context: ReaderContext) {
    this.#context = context;
  }

  /** @8 interface, @12 time high, @16 low, @20 captured, @24 original, @28 data, options, length. */
  enhanced(buf: Uint8Array, view: DataView, start: number, length: number, base: number): void {
    const le = this.littleEndian;
    if (length < EPB_MIN_BYTES) {
      this.#tooShort(base + start, length);
      return;
    }
    const source = this.interfaces[view.getUint32(start + 8, le)];
    if (source === undefined) {
      this.#undeclared(base + start, view.getUint32(start + 8, le));
      return;
    }
    const captured = view.getUint32(start + 20, le);
    if (captured > length - EPB_MIN_BYTES) {
      this.#overlong(base + start, captured, length - EPB_MIN_BYTES);
      return;
    }
    const p = this.#packet;
    this.#begin(buf, start, length, base, source.index);
    source.clock.toNs(view.getUint32(start + 12, le), view.getUint32(start + 16, le), p);
    p.dataStart = start + 28;
    p.dataLength = captured;
    p.originalLength = view.getUint32(start + 24, le);
    this.#options(view, start + 28 + ((captured + 3) & ~3), start + length - 4, base);
    this.#context.sink.packet(p);
  }

  /** @8 original length, @12 data. Interface 0, no time; cut at its snapLen. */
  simple(buf: Uint8Array, view: DataView, start: number, length: number, base: number): void {
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
    const p = this.#packet;
    this.#begin(buf, start, length, base, source.index);
    p.tsHi = 0;
    p.tsLo = 0;
    p.dataStart = start + 12;
    p.dataLength = captured;
    p.originalLength = original;
    p.optionsStart = start + length - 4;
    p.optionsLength = 0;
    this.#context.sink.packet(p);
  }

  /** @8 u16 interface, @10 u16 drops, then as an EPB. Its options 2 (flags) and 3 (hash) mean the same. */
  obsolete(buf: Uint8Array, view: DataView, start: number, length: number, base: number): void {
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
    const p = this.#packet;
    this.#begin(buf, start, length, base, source.index);
    source.clock.toNs(view.getUint32(start + 12, le), view.getUint32(start + 16, le), p);
    p.dataStart = start + 28;
    p.dataLength = captured;
    p.originalLength = view.getUint32(start + 24, le);
    this.#options(view, start + 28 + ((captured + 3) & ~3), start + length - 4, base);
    const drops = view.getUint16(start + 10, le);
    p.dropCount = drops === PB_DROPS_UNKNOWN ? 0 : drops;
    this.#context.sink.packet(p);
  }

  #begin(buf: Uint8Array, start: number, length: number, base: number, interfaceIndex: number): void {
    const p = this.#packet;
    p.buf = buf;
    p.blockOffset = base + start;
    p.blockLength = length;
    p.interfaceIndex = interfaceIndex;
    p.littleEndian = this.littleEndian;
    p.hasPacketId = false;
    p.packetIdHi = 0;
    p.packetIdLo = 0;
    p.flags = 0;
    p.dropCount = 0;
    p.queue = -1;
    p.eventStart = -1;
    p.eventLength = 0;
  }

  #options(view: DataView, start: number, stop: number, base: number): void {
    const le = this.littleEndian;
    const p = this.#packet;
    p.optionsStart = start;
    p.optionsLength = stop - start;
    let at = start;
    while (at + 4 <= stop) {
      const head = view.getUint32(at, le);
      const code = le ? head & 0xffff : head >>> 16;
      const size = le ? head >>> 16 : head & 0xffff;
      if (code === OPT_END) return;
      const value = at + 4;
      if (value + size > stop) {
        this.#context.problems.skip(
          'option-length',
          base + at,
          `Option ${code} of a packet says ${size} bytes where ${stop - value} are left; it and those after it are ignored.`,
          DAMAGED,
        );
        return;
      }
      if (code === OPT_CUSTOM_BINARY || code === OPT_CUSTOM_BINARY_NO_COPY) {
        if (size >= 4 + EVENT_SIZE) this.#event(view, value, size, base);
      } else if (code === EPB_FLAGS) {
        if (size === 4) p.flags = view.getUint32(value, le);
      } else if (code === EPB_PACKETID) {
        if (size === 8) {
          p.hasPacketId = true;
          p.packetIdHi = view.getUint32(le ? value + 4 : value, le);
          p.packetIdLo = view.getUint32(le ? value : value + 4, le);
        }
      } else if (code === EPB_DROPCOUNT) {
        if (size === 8) {
          const hi = view.getUint32(le ? value + 4 : value, le);
          p.dropCount = hi * U32 + view.getUint32(le ? value : value + 4, le);
        }
      } else if (code === EPB_QUEUE && size === 4) p.queue = view.getUint32(value, le);
      at = value + ((size + 3) & ~3);
    }
  }

  /** A custom option's value: @0 enterprise number in the section's order, @4 the struct, little-endian. */
  #event(view: DataView, value: number, size: number, base: number): void {
    const event = value + 4;
    if (view.getUint32(value, this.littleEndian) !== PEN || view.getUint32(event, true) !== MAGIC_EVENT)
      return;
    const version = view.getUint8(event + EVENT_VERSION);
    if (version !== FORMAT_VERSION) {
      this.#context.problems.skip(
        'event-version',
        base + event,
        `Metadata of a packet is in version ${version} of the format; this reader knows ${FORMAT_VERSION}. The packet is shown without it.`,
        'Open the capture with a newer Whither.',
      );
      return;
    }
    const header = view.getUint16(event + EVENT_HEADER_LEN, true);
    const present = view.getUint8(event + EVENT_META_STATE) === META_STATE.present;
    const metadata = present ? view.getUint8(event + EVENT_META_LEN) : 0;
    if (header < EVENT_SIZE || header + metadata > size - 4) {
      this.#context.problems.skip(
        'event-length',
        base + event,
        `Metadata of a packet says ${header} + ${metadata} bytes in an option of ${size - 4}. The packet is shown without it.`,
        DAMAGED,
      );
      return;
    }
    this.#packet.eventStart = event;
    this.#packet.eventLength = size - 4;
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
