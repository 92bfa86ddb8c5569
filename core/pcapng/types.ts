/**
 * The seam between a capture's bytes and everything that reads them.
 *
 * `CaptureReader` (reader.ts) takes chunks cut anywhere and calls a `CaptureSink`. It never throws on
 * input: a fault ends reading with a `Problem` that names the offset, and what was delivered stays good.
 */
import type { Ns } from '#core/time/ns.ts';
import type { PacketBatch } from './packet-batch.ts';

/** What stopped the reader or made it skip something. Shown to people as it is. */
export interface Problem {
  /** Stable identifier for tests and links: `not-a-capture`, `truncated`, `block-length`, … */
  readonly code: string;
  /** Byte offset in the input where reading stopped (or the skipped thing begins). */
  readonly offset: number;
  /** What is wrong, in one sentence. */
  readonly cause: string;
  /** What a person can do about it, in one sentence. */
  readonly remedy: string;
  /** true: nothing after the offset was read. false: only this thing was skipped. */
  readonly fatal: boolean;
}

export interface SectionInfo {
  /** Counted from 0 over the whole input. */
  readonly index: number;
  readonly offset: number;
  readonly format: 'pcapng' | 'pcap';
  readonly littleEndian: boolean;
  readonly hardware: string;
  readonly os: string;
  readonly userAppl: string;
  readonly comments: readonly string[];
}

export interface InterfaceInfo {
  /**
   * Counted from 0 over the whole input, all sections. One that a section declares as an earlier section of its run did
   * has the same again.
   */
  readonly index: number;
  readonly section: number;
  /** Number within its section. */
  readonly id: number;
  readonly linkType: number;
  readonly snapLen: number;
  readonly name: string;
  readonly description: string;
  readonly hardware: string;
  readonly filter: string;
  /** Nanoseconds per timestamp unit as a fraction num/den (if_tsresol), and seconds to add (if_tsoffset). */
  readonly tsNum: bigint;
  readonly tsDen: bigint;
  readonly tsOffsetS: bigint;
  /** From Whither's interface option; hook 0 (HOOK_NONE) when there is none. */
  readonly hook: number;
  readonly ifindex: number;
  /** 0 = not known. */
  readonly netns: number;
}

/**
 * One packet, seen once. ONE object is reused for all packets: copy what you keep. Offsets are into
 * `buf`, which is valid only during the call.
 */
export interface PacketView {
  buf: Uint8Array;
  /** Of the block in the whole input, and its total length: enough to read it again later. */
  blockOffset: number;
  blockLength: number;
  /** Global interface index (InterfaceInfo.index). */
  interfaceIndex: number;
  /** Unix time in ns as two u32. 0,0 = no time (Simple Packet Block). */
  tsHi: number;
  tsLo: number;
  dataStart: number;
  dataLength: number;
  /** Length on the wire; dataLength < originalLength when cut by snaplen. */
  originalLength: number;
  /** epb_packetid as two u32; hasPacketId false when absent. */
  hasPacketId: boolean;
  packetIdHi: number;
  packetIdLo: number;
  /** epb_flags, 0 when absent. */
  flags: number;
  /** epb_dropcount as a double, 0 when absent. */
  dropCount: number;
  /** epb_queue, -1 when absent. */
  queue: number;
  /** opt_comment is among the options. */
  hasComment: boolean;
  /** Start in `buf` and length of Whither's event struct (EVENT in core/format); -1, 0 when absent. */
  eventStart: number;
  eventLength: number;
  /** Start in `buf` and length of the option area, for comments and other rare options (readOptions). */
  optionsStart: number;
  optionsLength: number;
  littleEndian: boolean;
}

/** A custom block of Whither's (PEN and magic already checked). `body` is valid only during the call. */
export interface CustomBlock {
  readonly offset: number;
  readonly section: number;
  readonly version: number;
  readonly subtype: number;
  readonly body: Uint8Array;
}

export interface StatisticsInfo {
  readonly interfaceIndex: number;
  readonly time: Ns;
  /** null = the option is absent. */
  readonly received: bigint | null;
  readonly dropped: bigint | null;
  readonly delivered: bigint | null;
}

/** A block that says nothing that is read here, by what it is. */
export const FOREIGN_BLOCKS = [
  'name resolution',
  'decryption secrets',
  'journal',
  'custom',
  'unknown',
] as const;
export type ForeignBlock = (typeof FOREIGN_BLOCKS)[number];

export interface CaptureSink {
  section(info: SectionInfo): void;
  interface(info: InterfaceInfo): void;
  packet(packet: PacketView): void;
  /** If it is there, packets come this way and not to `packet`. The batch is valid only during the call. */
  packetBatch?(batch: PacketBatch): void;
  custom(block: CustomBlock): void;
  statistics(info: StatisticsInfo): void;
  /** Who wants to know what there was besides. */
  foreign?(block: ForeignBlock): void;
  problem(problem: Problem): void;
}
