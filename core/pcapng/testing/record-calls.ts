/** A sink that keeps everything it is told, as plain values that tests can compare. */
import type { Limits } from '../limits.ts';
import { CaptureReader } from '../reader.ts';
import type {
  CaptureSink,
  InterfaceInfo,
  PacketView,
  Problem,
  SectionInfo,
  StatisticsInfo,
} from '../types.ts';

/** A packet with its bytes copied, offsets made relative to its block. */
export interface RecordedPacket {
  readonly blockOffset: number;
  readonly blockLength: number;
  readonly interfaceIndex: number;
  readonly timeNs: bigint;
  readonly data: string;
  readonly originalLength: number;
  /** null = absent. */
  readonly packetId: bigint | null;
  readonly flags: number;
  readonly dropCount: number;
  readonly queue: number;
  /** Whither's struct and what follows it, '' when absent. */
  readonly event: string;
  readonly options: string;
  readonly littleEndian: boolean;
}

export interface RecordedCustom {
  readonly offset: number;
  readonly section: number;
  readonly version: number;
  readonly subtype: number;
  readonly body: string;
}

export type Call =
  | { readonly call: 'section'; readonly info: SectionInfo }
  | { readonly call: 'interface'; readonly info: InterfaceInfo }
  | { readonly call: 'packet'; readonly packet: RecordedPacket }
  | { readonly call: 'custom'; readonly block: RecordedCustom }
  | { readonly call: 'statistics'; readonly info: StatisticsInfo }
  | { readonly call: 'problem'; readonly problem: Problem };

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function record(p: PacketView): RecordedPacket {
  return {
    blockOffset: p.blockOffset,
    blockLength: p.blockLength,
    interfaceIndex: p.interfaceIndex,
    timeNs: (BigInt(p.tsHi) << 32n) | BigInt(p.tsLo),
    data: hex(p.buf.subarray(p.dataStart, p.dataStart + p.dataLength)),
    originalLength: p.originalLength,
    packetId: p.hasPacketId ? (BigInt(p.packetIdHi) << 32n) | BigInt(p.packetIdLo) : null,
    flags: p.flags,
    dropCount: p.dropCount,
    queue: p.queue,
    event: p.eventStart < 0 ? '' : hex(p.buf.subarray(p.eventStart, p.eventStart + p.eventLength)),
    options: hex(p.buf.subarray(p.optionsStart, p.optionsStart + p.optionsLength)),
    littleEndian: p.littleEndian,
  };
}

export class CallRecorder implements CaptureSink {
  readonly calls: Call[] = [];

  section(info: SectionInfo): void {
    this.calls.push({ call: 'section', info });
  }
  interface(info: InterfaceInfo): void {
    this.calls.push({ call: 'interface', info });
  }
  packet(packet: PacketView): void {
    this.calls.push({ call: 'packet', packet: record(packet) });
  }
  custom({ body, ...rest }: Parameters<CaptureSink['custom']>[0]): void {
    this.calls.push({ call: 'custom', block: { ...rest, body: hex(body) } });
  }
  statistics(info: StatisticsInfo): void {
    this.calls.push({ call: 'statistics', info });
  }
  problem(problem: Problem): void {
    this.calls.push({ call: 'problem', problem });
  }

  get packets(): RecordedPacket[] {
    return this.calls.flatMap((c) => (c.call === 'packet' ? [c.packet] : []));
  }
  get interfaces(): InterfaceInfo[] {
    return this.calls.flatMap((c) => (c.call === 'interface' ? [c.info] : []));
  }
  get sections(): SectionInfo[] {
    return this.calls.flatMap((c) => (c.call === 'section' ? [c.info] : []));
  }
  get customs(): RecordedCustom[] {
    return this.calls.flatMap((c) => (c.call === 'custom' ? [c.block] : []));
  }
  get statisticsCalls(): StatisticsInfo[] {
    return this.calls.flatMap((c) => (c.call === 'statistics' ? [c.info] : []));
  }
  get problems(): Problem[] {
    return this.calls.flatMap((c) => (c.call === 'problem' ? [c.problem] : []));
  }
  /** `code@offset`, with `!` when fatal. */
  get problemCodes(): string[] {
    return this.problems.map((p) => `${p.code}@${p.offset}${p.fatal ? '!' : ''}`);
  }
}

/** Everything the reader says about an input given as these chunks. */
export function readAll(chunks: readonly Uint8Array[], limits: Partial<Limits> = {}): CallRecorder {
  const recorder = new CallRecorder();
  const reader = new CaptureReader(recorder, { limits });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return recorder;
}

/** Cuts `bytes` at these positions (any order, out of range is clamped). Each piece is a buffer of its own. */
export function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const cuts = [0, ...positions.map((p) => p % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.slice(cuts[i], end));
}

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
