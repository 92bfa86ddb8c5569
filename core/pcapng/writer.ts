/**
 * Builds pcapng blocks. Each call appends one whole block; `take()` hands them over. Whither's own
 * structs are little-endian also in a big-endian section, as docs/capture-format.md says.
 */
import type { GapCause } from '#core/format/structs.ts';
import { BLOCK_SUBTYPE, FORMAT_VERSION, MAGIC_BLOCK, MAGIC_INTERFACE, PEN } from '#core/format/structs.ts';
import * as L from '#core/format/layout.gen.ts';
import { BlockBuffer } from './block-buffer.ts';
import * as B from './blocks.ts';
import { encodeEvent, type EventFields } from './event.ts';
import { encodeUtf8 } from './text.ts';

export interface SectionOptions {
  readonly hardware?: string;
  readonly os?: string;
  readonly userAppl?: string;
  readonly comments?: readonly string[];
}

export interface InterfaceOptions {
  readonly linkType: number;
  /** 0 = not limited. */
  readonly snapLen?: number;
  readonly name?: string;
  readonly description?: string;
  readonly hardware?: string;
  /** pcap-filter syntax. */
  readonly filter?: string;
  /** The byte of if_tsresol; default 9 (ns). null leaves the option out (µs). */
  readonly tsresol?: number | null;
  readonly tsOffsetS?: bigint;
  /** Whither's option. */
  readonly whither?: { readonly hook: number; readonly ifindex: number; readonly netns: number };
}

export interface PacketOptions {
  readonly interfaceId: number;
  /** In units of the interface (ns unless its tsresol says otherwise). */
  readonly time: bigint;
  readonly data: Uint8Array;
  /** Length on the wire; default data.length. */
  readonly originalLength?: number;
  readonly comments?: readonly string[];
  readonly flags?: number;
  readonly packetId?: bigint;
  readonly dropCount?: bigint;
  readonly queue?: number;
  /** epb_verdict: kind (0 hardware, 1 eBPF TC, 2 eBPF XDP) and the value, 64 bits. */
  readonly verdict?: { readonly kind: number; readonly value: bigint };
  readonly event?: EventFields;
}

export interface StatisticsOptions {
  readonly interfaceId: number;
  readonly time: bigint;
  readonly received?: bigint;
  readonly dropped?: bigint;
  readonly delivered?: bigint;
}

export interface SectionFields {
  /** 16 bytes. */
  readonly run: Uint8Array;
  readonly segment: number;
  readonly startedNs: bigint;
  readonly clockOffsetNs: bigint;
  readonly clockErrorNs: bigint;
}

export interface GapFields {
  /** Interface id of the section, or GAP_ALL_INTERFACES. */
  readonly interfaceId: number;
  readonly cause: GapCause;
  /** GAP_COUNT_UNKNOWN = not known. */
  readonly count: bigint;
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export const GAP_ALL_INTERFACES = 0xffff_ffff;
export const GAP_COUNT_UNKNOWN = 0xffff_ffff_ffff_ffffn;

const SECTION_LENGTH_UNKNOWN = 0xffff_ffff_ffff_ffffn;
const U16_MAX = 0xffff;

export class CaptureWriter {
  readonly #out: BlockBuffer;
  #optionsOpen = false;

  constructor(options: { littleEndian?: boolean } = {}) {
    this.#out = new BlockBuffer(options.littleEndian ?? true);
  }

  /** Bytes that `take` would return. */
  get length(): number {
    return this.#out.length;
  }

  /** The blocks written since the last call, as a copy. */
  take(): Uint8Array {
    return this.#out.take();
  }

  sectionHeader(options: SectionOptions = {}): void {
    const start = this.#out.openBlock(B.BLOCK_SHB);
    this.#out.u32(B.BYTE_ORDER_MAGIC);
    this.#out.u16(B.PCAPNG_MAJOR);
    this.#out.u16(0);
    this.#out.u64(SECTION_LENGTH_UNKNOWN);
    for (const comment of options.comments ?? []) this.#text(B.OPT_COMMENT, comment);
    this.#text(B.SHB_HARDWARE, options.hardware);
    this.#text(B.SHB_OS, options.os);
    this.#text(B.SHB_USERAPPL, options.userAppl);
    this.#close(start);
  }

  interfaceDescription(options: InterfaceOptions): void {
    const start = this.#out.openBlock(B.BLOCK_IDB);
    this.#out.u16(options.linkType);
    this.#out.u16(0);
    this.#out.u32(options.snapLen ?? 0);
    this.#text(B.IF_NAME, options.name);
    this.#text(B.IF_DESCRIPTION, options.description);
    const tsresol = options.tsresol === undefined ? 9 : options.tsresol;
    if (tsresol !== null) this.#option(B.IF_TSRESOL, Uint8Array.of(tsresol));
    if (options.filter !== undefined) this.#option(B.IF_FILTER, encodeUtf8(`\0${options.filter}`));
    if (options.tsOffsetS !== undefined)
      this.#u64Option(B.IF_TSOFFSET, BigInt.asUintN(64, options.tsOffsetS));
    this.#text(B.IF_HARDWARE, options.hardware);
    if (options.whither) this.#ours(interfaceStruct(options.whither));
    this.#close(start);
  }

  enhancedPacket(options: PacketOptions): void {
    const start = this.#out.openBlock(B.BLOCK_EPB);
    this.#out.u32(options.interfaceId);
    this.#time(options.time);
    this.#out.u32(options.data.length);
    this.#out.u32(options.originalLength ?? options.data.length);
    this.#out.bytes(options.data);
    this.#out.pad4();
    for (const comment of options.comments ?? []) this.#text(B.OPT_COMMENT, comment);
    if (options.flags !== undefined) this.#u32Option(B.EPB_FLAGS, options.flags);
    if (options.dropCount !== undefined) this.#u64Option(B.EPB_DROPCOUNT, options.dropCount);
    if (options.packetId !== undefined) this.#u64Option(B.EPB_PACKETID, options.packetId);
    if (options.queue !== undefined) this.#u32Option(B.EPB_QUEUE, options.queue);
    if (options.verdict !== undefined) {
      this.#optionHead(B.EPB_VERDICT, 9);
      this.#out.u8(options.verdict.kind);
      this.#out.u64(options.verdict.value);
      this.#out.pad4();
    }
    if (options.event) this.#ours(encodeEvent(options.event));
    this.#close(start);
  }

  interfaceStatistics(options: StatisticsOptions): void {
    const start = this.#out.openBlock(B.BLOCK_ISB);
    this.#out.u32(options.interfaceId);
    this.#time(options.time);
    if (options.received !== undefined) this.#u64Option(B.ISB_IFRECV, options.received);
    if (options.dropped !== undefined) this.#u64Option(B.ISB_IFDROP, options.dropped);
    if (options.delivered !== undefined) this.#u64Option(B.ISB_USRDELIV, options.delivered);
    this.#close(start);
  }

  /** A custom block of Whither's with any body; `subtype` is a BLOCK_SUBTYPE. */
  custom(subtype: number, body: Uint8Array): void {
    const start = this.#out.openBlock(B.BLOCK_CUSTOM);
    const header = new DataView(new ArrayBuffer(L.BLOCK_HEADER_SIZE));
    header.setUint32(L.BLOCK_HEADER_MAGIC, MAGIC_BLOCK, true);
    header.setUint8(L.BLOCK_HEADER_VERSION, FORMAT_VERSION);
    header.setUint8(L.BLOCK_HEADER_SUBTYPE, subtype);
    header.setUint32(L.BLOCK_HEADER_LENGTH, body.length, true);
    this.#out.u32(PEN);
    this.#out.bytes(new Uint8Array(header.buffer));
    this.#out.bytes(body);
    this.#out.pad4();
    this.#out.closeBlock(start);
  }

  section(fields: SectionFields): void {
    const body = new Uint8Array(L.SECTION_SIZE);
    const v = new DataView(body.buffer);
    body.set(fields.run.subarray(0, 16), L.SECTION_RUN);
    v.setUint32(L.SECTION_SEGMENT, fields.segment, true);
    v.setBigUint64(L.SECTION_STARTED, fields.startedNs, true);
    v.setBigUint64(L.SECTION_CLOCK_OFFSET, fields.clockOffsetNs, true);
    v.setBigUint64(L.SECTION_CLOCK_ERROR, fields.clockErrorNs, true);
    this.custom(BLOCK_SUBTYPE.section, body);
  }

  gap(fields: GapFields): void {
    const body = new Uint8Array(L.GAP_SIZE);
    const v = new DataView(body.buffer);
    v.setUint32(L.GAP_INTERFACE, fields.interfaceId, true);
    v.setUint8(L.GAP_CAUSE, fields.cause);
    v.setBigUint64(L.GAP_COUNT, fields.count, true);
    v.setBigUint64(L.GAP_FROM, fields.fromNs, true);
    v.setBigUint64(L.GAP_TO, fields.toNs, true);
    this.custom(BLOCK_SUBTYPE.gap, body);
  }

  /** A block whose body is JSON: catalogue, schema, host. */
  json(subtype: number, value: unknown): void {
    this.custom(subtype, encodeUtf8(JSON.stringify(value)));
  }

  #time(time: bigint): void {
    this.#out.u32(Number((time >> 32n) & 0xffff_ffffn));
    this.#out.u32(Number(time & 0xffff_ffffn));
  }

  #optionHead(code: number, length: number): void {
    this.#optionsOpen = true;
    this.#out.u16(code);
    this.#out.u16(length);
  }

  #option(code: number, value: Uint8Array): void {
    if (value.length > U16_MAX)
      throw new RangeError(`A pcapng option holds 65535 bytes, not ${value.length}.`);
    this.#optionHead(code, value.length);
    this.#out.bytes(value);
    this.#out.pad4();
  }

  #text(code: number, value: string | undefined): void {
    if (value !== undefined && value !== '') this.#option(code, encodeUtf8(value));
  }

  #u32Option(code: number, value: number): void {
    this.#optionHead(code, 4);
    this.#out.u32(value);
  }

  #u64Option(code: number, value: bigint): void {
    this.#optionHead(code, 8);
    this.#out.u64(value);
  }

  #ours(struct: Uint8Array): void {
    this.#optionHead(B.OPT_CUSTOM_BINARY, 4 + struct.length);
    this.#out.u32(PEN);
    this.#out.bytes(struct);
    this.#out.pad4();
  }

  /** Ends the options, if there were any, and the block. */
  #close(start: number): void {
    if (this.#optionsOpen) this.#out.u32(B.OPT_END);
    this.#optionsOpen = false;
    this.#out.closeBlock(start);
  }
}

function interfaceStruct(fields: NonNullable<InterfaceOptions['whither']>): Uint8Array {
  const out = new Uint8Array(L.INTERFACE_SIZE);
  const v = new DataView(out.buffer);
  v.setUint32(L.INTERFACE_MAGIC, MAGIC_INTERFACE, true);
  v.setUint8(L.INTERFACE_VERSION, FORMAT_VERSION);
  v.setUint8(L.INTERFACE_HOOK, fields.hook);
  v.setUint32(L.INTERFACE_IFINDEX, fields.ifindex, true);
  v.setUint32(L.INTERFACE_NETNS, fields.netns, true);
  return out;
}
