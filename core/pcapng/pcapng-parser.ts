/** pcapng: walks blocks, keeps what a section declares. Packets are in packet-blocks.ts. */
import { BLOCK_HEADER_LENGTH, BLOCK_HEADER_SIZE, BLOCK_HEADER_SUBTYPE } from '#core/format/layout.gen.ts';
import { BLOCK_HEADER_VERSION, FORMAT_VERSION, MAGIC_BLOCK, PEN } from '#core/format/layout.gen.ts';
import { SECTION_RUN, SECTION_SEGMENT, SECTION_SIZE } from '#core/format/layout.gen.ts';
import { formatHex } from '#core/dissect/addresses.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { nsFromParts } from '#core/time/ns.ts';
import * as B from './blocks.ts';
import { isSameInterface, readInterface } from './interface-block.ts';
import { optionComments, optionText, readOptions } from './options.ts';
import { PacketBlocks } from './packet-blocks.ts';
import { DAMAGED, KEPT, type ReaderContext, type UnitParser } from './reader-context.ts';
import type { ForeignBlock, InterfaceInfo } from './types.ts';

const FOREIGN: ReadonlyMap<number, ForeignBlock> = new Map([
  [B.BLOCK_NRB, 'name resolution'],
  [B.BLOCK_DSB, 'decryption secrets'],
  [B.BLOCK_JOURNAL, 'journal'],
]);

/** Offset of the options in an SHB and in an ISB. */
const SHB_OPTIONS = 24;
const ISB_OPTIONS = 20;

export class PcapngParser implements UnitParser {
  need = B.BLOCK_MIN_BYTES;
  readonly #context: ReaderContext;
  readonly #packets: PacketBlocks;
  #littleEndian = true;
  /** Interfaces of the run that the section being read is of, by id, and those of all runs. */
  #known: InterfaceInfo[] = [];
  readonly #runs = new Map<string, InterfaceInfo[]>();

  constructor(context: ReaderContext) {
    this.#context = context;
    this.#packets = new PacketBlocks(context);
  }

  run(buf: Uint8Array, view: DataView, start: number, end: number, base: number): number {
    const context = this.#context;
    context.begin(buf, view, base);
    const at = this.#blocks(buf, view, start, end, base);
    context.deliver();
    return at;
  }

  #blocks(buf: Uint8Array, view: DataView, start: number, end: number, base: number): number {
    const context = this.#context;
    const packets = this.#packets;
    const maxBytes = context.limits.maxBlockBytes;
    let at = start;
    while (end - at >= B.BLOCK_MIN_BYTES) {
      at = packets.enhanced(view, at, end, base);
      context.deliverFull();
      if (end - at < B.BLOCK_MIN_BYTES) break;
      let le = this.#littleEndian;
      const type = view.getUint32(at, le);
      if (type === B.BLOCK_SHB) {
        if (!this.#readByteOrder(view, at, base)) return at;
        le = this.#littleEndian;
      }
      const length = view.getUint32(at + 4, le);
      if (length < B.BLOCK_MIN_BYTES || (length & 3) !== 0 || length > maxBytes) {
        this.#badLength(base + at, length);
        return at;
      }
      if (end - at < length) {
        this.need = length;
        return at;
      }
      if (view.getUint32(at + length - 4, le) !== length) {
        this.#badTrailer(base + at, length, view.getUint32(at + length - 4, le));
        return at;
      }
      // The batch was full in front of it.
      if (type === B.BLOCK_EPB) continue;
      this.#rareBlock(type, buf, view, at, length, base);
      if (context.stopped) return at;
      at += length;
    }
    this.need = B.BLOCK_MIN_BYTES;
    return at;
  }

  /** The byte order of a section is told by its header alone, also in the middle of a file. */
  #readByteOrder(view: DataView, at: number, base: number): boolean {
    const magic = view.getUint32(at + 8, true);
    if (magic === B.BYTE_ORDER_MAGIC || magic === B.BYTE_ORDER_MAGIC_SWAPPED) {
      // The packets so far are of the section before.
      this.#context.deliver();
      this.#littleEndian = magic === B.BYTE_ORDER_MAGIC;
      this.#packets.littleEndian = this.#littleEndian;
      this.#context.batch.littleEndian = this.#littleEndian;
      return true;
    }
    this.#context.fail(
      'byte-order',
      base + at,
      `A section begins here, but its byte-order magic is 0x${magic.toString(16).padStart(8, '0')}.`,
      DAMAGED,
    );
    return false;
  }

  #rareBlock(type: number, buf: Uint8Array, view: DataView, at: number, length: number, base: number): void {
    switch (type) {
      case B.BLOCK_SPB:
        this.#packets.simple(view, at, length, base);
        return;
      case B.BLOCK_PB:
        this.#packets.obsolete(view, at, length, base);
        return;
    }
    // What a section says counts for the packets behind it.
    this.#context.deliver();
    switch (type) {
      case B.BLOCK_SHB:
        this.#section(buf, view, at, length, base);
        return;
      case B.BLOCK_IDB:
        this.#interface(buf, view, at, length, base);
        return;
      case B.BLOCK_ISB:
        this.#statistics(buf, view, at, length, base);
        return;
      case B.BLOCK_CUSTOM:
      case B.BLOCK_CUSTOM_NO_COPY:
        this.#custom(buf, view, at, length, base);
        return;
      default:
        // Their length is all we need.
        this.#context.sink.foreign?.(FOREIGN.get(type) ?? 'unknown');
    }
  }

  /** @8 byte order, @12 u16 major, @14 u16 minor, @16 i64 section length (we walk blocks instead), options. */
  #section(buf: Uint8Array, view: DataView, at: number, length: number, base: number): void {
    const context = this.#context;
    const le = this.#littleEndian;
    if (length < B.SHB_MIN_BYTES) {
      this.#badLength(base + at, length);
      return;
    }
    const major = view.getUint16(at + 12, le);
    if (major !== B.PCAPNG_MAJOR) {
      context.fail(
        'unsupported-version',
        base + at,
        `This section is pcapng version ${major}.${view.getUint16(at + 14, le)}; version 1 is what is known.`,
        `Write it again as pcapng 1.0 with the tool it came from. ${KEPT}`,
      );
      return;
    }
    if (context.sections >= context.limits.maxSections) {
      this.#tooMany(base + at, 'sections', context.limits.maxSections);
      return;
    }
    this.#packets.interfaces = [];
    this.#known = [];
    const options = readOptions(buf, at + SHB_OPTIONS, length - SHB_OPTIONS - 4, le);
    context.sink.section({
      index: context.sections++,
      offset: base + at,
      format: 'pcapng',
      littleEndian: le,
      hardware: optionText(buf, options, B.SHB_HARDWARE, context.limits),
      os: optionText(buf, options, B.SHB_OS, context.limits),
      userAppl: optionText(buf, options, B.SHB_USERAPPL, context.limits),
      comments: optionComments(buf, options, context.limits),
    });
  }

  #interface(buf: Uint8Array, view: DataView, at: number, length: number, base: number): void {
    const context = this.#context;
    const { limits } = context;
    const declared = this.#packets.interfaces;
    // Ids count the blocks, so one that cannot be read would shift all that follow: this ends reading.
    if (length < B.IDB_MIN_BYTES) {
      this.#badLength(base + at, length);
      return;
    }
    const id = declared.length;
    const known = this.#known[id];
    if (id >= limits.maxInterfacesPerSection) {
      this.#tooMany(base + at, 'interfaces in a section', limits.maxInterfacesPerSection);
      return;
    }
    const place = { index: context.interfaces, section: context.sections - 1, id };
    const read = readInterface(buf, view, at, length, this.#littleEndian, place, limits);
    if (read.faultAt >= 0) this.#badOption(base + read.faultAt, 'an interface');
    const again = known !== undefined && isSameInterface(known, read.info);
    if (!again && context.interfaces >= limits.maxInterfaces) {
      this.#tooMany(base + at, 'interfaces', limits.maxInterfaces);
      return;
    }
    const info = again ? { ...read.info, index: known.index } : read.info;
    if (!again) context.interfaces++;
    this.#known[id] = info;
    declared.push({ index: info.index, snapLen: info.snapLen, clock: read.clock });
    context.sink.interface(info);
  }

  /** @8 interface, @12 time high, @16 low, options. */
  #statistics(buf: Uint8Array, view: DataView, at: number, length: number, base: number): void {
    const le = this.#littleEndian;
    if (length < B.ISB_MIN_BYTES) {
      this.#context.problems.skip(
        'statistics-length',
        base + at,
        `A statistics block of ${length} bytes is too short to be one; it is skipped.`,
        DAMAGED,
      );
      return;
    }
    const id = view.getUint32(at + 8, le);
    const source = this.#packets.interfaces[id];
    if (source === undefined) {
      this.#context.problems.skip(
        'undeclared-interface',
        base + at,
        `Statistics name interface ${id}, which their section has not declared; they are skipped.`,
        DAMAGED,
      );
      return;
    }
    const { options, faultAt } = readOptions(buf, at + ISB_OPTIONS, length - ISB_OPTIONS - 4, le);
    if (faultAt >= 0) this.#badOption(base + faultAt, 'statistics');
    const counter = (code: number): bigint | null => {
      const option = options.find((o) => o.code === code && o.length === 8);
      return option ? view.getBigUint64(option.start, le) : null;
    };
    const time = { tsHi: 0, tsLo: 0 };
    source.clock.toNs(view.getUint32(at + 12, le), view.getUint32(at + 16, le), time);
    this.#context.sink.statistics({
      interfaceIndex: source.index,
      time: nsFromParts(time.tsHi, time.tsLo),
      received: counter(B.ISB_IFRECV),
      dropped: counter(B.ISB_IFDROP),
      delivered: counter(B.ISB_USRDELIV),
    });
  }

  /** @8 enterprise number in the section's order, @12 our header, little-endian, then the body. */
  #custom(buf: Uint8Array, view: DataView, at: number, length: number, base: number): void {
    const room = length - B.CUSTOM_MIN_BYTES - BLOCK_HEADER_SIZE;
    const header = at + 12;
    const isOurs =
      room >= 0 &&
      view.getUint32(at + 8, this.#littleEndian) === PEN &&
      view.getUint32(header, true) === MAGIC_BLOCK;
    if (!isOurs) {
      this.#context.sink.foreign?.('custom');
      return;
    }
    const version = view.getUint8(header + BLOCK_HEADER_VERSION);
    const size = view.getUint32(header + BLOCK_HEADER_LENGTH, true);
    const { problems, sink, sections } = this.#context;
    if (version !== FORMAT_VERSION) {
      problems.skip(
        'block-version',
        base + at,
        `A block of Whither's is in version ${version} of the format; this reader knows ${FORMAT_VERSION}. It is skipped.`,
        'Open the capture with a newer Whither.',
      );
      return;
    }
    if (size > room) {
      problems.skip(
        'custom-length',
        base + at,
        `A block of Whither's says ${size} bytes where ${room} are left; it is skipped.`,
        DAMAGED,
      );
      return;
    }
    const body = header + BLOCK_HEADER_SIZE;
    const subtype = view.getUint8(header + BLOCK_HEADER_SUBTYPE);
    if (subtype === BLOCK_SUBTYPE.section && size >= SECTION_SIZE) this.#continueRun(buf, body);
    sink.custom({
      offset: base + at,
      section: sections - 1,
      version,
      subtype,
      body: buf.subarray(body, body + size),
    });
  }

  /** The section is one of a run: the interfaces that the run has declared before keep their index. */
  #continueRun(buf: Uint8Array, body: number): void {
    if (this.#packets.interfaces.length > 0) return;
    const run = `${formatHex(buf, body + SECTION_RUN, SECTION_SEGMENT - SECTION_RUN)} ${this.#littleEndian}`;
    const known = this.#runs.get(run);
    if (known === undefined) this.#runs.set(run, this.#known);
    else this.#known = known;
  }

  #badOption(offset: number, of: string): void {
    this.#context.problems.skip(
      'option-length',
      offset,
      `An option of ${of} runs past its block; it and those after it are ignored.`,
      DAMAGED,
    );
  }

  #badLength(offset: number, length: number): void {
    this.#context.fail(
      'block-length',
      offset,
      `The block here says it is ${length} bytes long, which no block can be.`,
      DAMAGED,
    );
  }

  #badTrailer(offset: number, length: number, trailer: number): void {
    this.#context.fail(
      'block-trailer',
      offset,
      `The block here says ${length} bytes at its start and ${trailer} at its end.`,
      DAMAGED,
    );
  }

  #tooMany(offset: number, what: string, count: number): void {
    this.#context.fail(
      'too-many',
      offset,
      `The capture declares more than ${count} ${what}.`,
      `Split it (editcap -c) and open the parts. ${KEPT}`,
    );
  }
}
