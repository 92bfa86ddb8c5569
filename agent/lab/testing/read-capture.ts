/** A whole capture as objects, through the same reader as everything else. Small files only. */
import { readFileSync } from 'node:fs';
import { readEvent, type EventFields, type LinkExtension } from '#core/pcapng/event.ts';
import { SECTION_STARTED } from '#core/format/layout.gen.ts';
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { InterfaceInfo, Problem, StatisticsInfo } from '#core/pcapng/types.ts';

export interface SeenPacket {
  readonly interfaceIndex: number;
  /** Name of the hook, as in the catalogue. */
  readonly hook: string;
  readonly journey: bigint;
  /** Unix time, ns. */
  readonly time: bigint;
  readonly event: EventFields;
  readonly metaHex: string;
  readonly link: LinkExtension | null;
  readonly data: Uint8Array;
  readonly originalLength: number;
  readonly dropCount: number;
}

export interface Gap {
  readonly interfaceId: number;
  readonly cause: number;
  readonly count: bigint;
  readonly from: bigint;
  readonly to: bigint;
}

export interface Capture {
  /** Of the run, Unix time in ns. */
  readonly started: bigint;
  readonly interfaces: readonly InterfaceInfo[];
  readonly packets: readonly SeenPacket[];
  readonly statistics: readonly StatisticsInfo[];
  readonly gaps: readonly Gap[];
  /** Bodies of the JSON blocks by subtype. */
  readonly json: ReadonlyMap<number, unknown>;
  readonly problems: readonly Problem[];
}

function readU64(body: Uint8Array, at: number): bigint {
  return new DataView(body.buffer, body.byteOffset, body.byteLength).getBigUint64(at, true);
}

function readGap(body: Uint8Array): Gap {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return {
    interfaceId: view.getUint32(0, true),
    cause: view.getUint8(4),
    count: view.getBigUint64(8, true),
    from: view.getBigUint64(16, true),
    to: view.getBigUint64(24, true),
  };
}

const JSON_SUBTYPES: readonly number[] = [
  BLOCK_SUBTYPE.filter,
  BLOCK_SUBTYPE.catalogue,
  BLOCK_SUBTYPE.schema,
  BLOCK_SUBTYPE.host,
];

export function readCapture(file: string): Capture {
  const interfaces: InterfaceInfo[] = [];
  const packets: SeenPacket[] = [];
  const statistics: StatisticsInfo[] = [];
  const gaps: Gap[] = [];
  const json = new Map<number, unknown>();
  const problems: Problem[] = [];
  let started = 0n;
  const reader = new CaptureReader({
    section: () => undefined,
    interface: (info) => interfaces.push(info),
    packet: (packet) => {
      const event = readEvent(packet.buf, packet.eventStart, packet.eventLength);
      if (event === null) throw new Error(`no event in the packet at ${packet.blockOffset}`);
      packets.push({
        interfaceIndex: packet.interfaceIndex,
        hook: HOOK_BY_ID.get(event.hook)?.name ?? `hook ${event.hook}`,
        time: (BigInt(packet.tsHi) << 32n) | BigInt(packet.tsLo),
        journey: (BigInt(packet.packetIdHi) << 32n) | BigInt(packet.packetIdLo),
        event: { ...event, metadata: event.metadata.slice() },
        metaHex: Buffer.from(event.metadata).toString('hex'),
        link: event.link ?? null,
        data: packet.buf.slice(packet.dataStart, packet.dataStart + packet.dataLength),
        originalLength: packet.originalLength,
        dropCount: packet.dropCount,
      });
    },
    custom: ({ subtype, body }) => {
      if (subtype === BLOCK_SUBTYPE.gap) gaps.push(readGap(body));
      if (subtype === BLOCK_SUBTYPE.section) started = readU64(body, SECTION_STARTED);
      if (JSON_SUBTYPES.includes(subtype)) json.set(subtype, JSON.parse(new TextDecoder().decode(body)));
    },
    statistics: (info) => statistics.push(info),
    problem: (problem) => problems.push(problem),
  });
  reader.push(readFileSync(file));
  reader.end();
  return { started, interfaces, packets, statistics, gaps, json, problems };
}

/** The last statistics of each interface: those written at the end. */
export function finalStatistics(capture: Capture): Map<number, StatisticsInfo> {
  return new Map(capture.statistics.map((info) => [info.interfaceIndex, info]));
}

/** Bodies of the custom blocks of a subtype, in a file that may still be written to. */
export function customBodies(file: string, subtype: number): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  const ignore = (): void => undefined;
  new CaptureReader({
    section: ignore,
    interface: ignore,
    packet: ignore,
    statistics: ignore,
    problem: ignore,
    custom: (block) => {
      if (block.subtype === subtype) bodies.push(block.body.slice());
    },
  }).push(readFileSync(file));
  return bodies;
}
