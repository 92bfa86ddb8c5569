/** Small captures for tests, written as a list of what happened. */
import { HOOK_BY_NAME } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE, META_STATE, type MetaState } from '#core/format/structs.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { UNKNOWN_EVENT, type EventExtensions, type EventFields } from '#core/pcapng/event.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import { fileSection } from '#core/pcapng/file-section.ts';
import { joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { CaptureWriter } from '#core/pcapng/writer.ts';
import { CaptureStore, type StoreOptions } from '../capture-store.ts';

export const START_NS = 1_795_392_000_000_000_000n;

/** u8 type, u8 length: 1 = trace (u32 hex), 2 = verdict (u8 enum), 3 = client (IPv4). */
export const SCHEMA: MetadataSchema = {
  whither: 2,
  name: 'test',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little', pad: 0 },
  types: [
    { type: 1, name: 'trace', kind: 'uint', display: 'hex' },
    { type: 2, name: 'verdict', kind: 'enum', names: { '0': 'pass', '1': 'drop' } },
    { type: 3, name: 'client', kind: 'ipv4' },
  ],
};

export interface Seen {
  /** Name of a hook; the interface is `eth0:NAME`. */
  readonly hook: string;
  readonly id: bigint;
  /** Microseconds after START_NS. */
  readonly us: number;
  /** Instead of `us`: Unix time. */
  readonly ns?: bigint;
  /** Metadata bytes; absent = none. */
  readonly meta?: readonly number[];
  /** Instead of `meta`: a state without bytes, of an area of 8. */
  readonly state?: MetaState;
  readonly extensions?: EventExtensions;
  /** Other fields of the event, as of UNKNOWN_EVENT but for skb and head. */
  readonly fields?: Partial<EventFields>;
  readonly data?: Uint8Array;
  readonly comments?: readonly string[];
}

export interface Section {
  readonly run?: number;
  readonly segment?: number;
  readonly schema?: MetadataSchema | null;
  readonly seen: readonly Seen[];
  /** More blocks, behind the section block and the schema. */
  readonly blocks?: (writer: CaptureWriter) => void;
}

/** Ethernet, IPv4, UDP 10.0.0.1:4000 → 10.0.0.2:9000, four bytes of payload. */
export const UDP_PACKET = Uint8Array.from(
  [
    '020000000002020000000001',
    '0800',
    '450000200000000040110000',
    '0a0000010a000002',
    '0fa02328000c0000',
    '01020304',
  ]
    .join('')
    .match(/../g)!
    .map((byte) => parseInt(byte, 16)),
);

export function sectionBytes(section: Section): Uint8Array {
  const writer = new CaptureWriter();
  const parts: Uint8Array[] = [];
  const hooks = [...new Set(section.seen.map(({ hook }) => hook))];
  writer.sectionHeader();
  const run = new Uint8Array(16).fill(section.run ?? 1);
  writer.section({
    run,
    segment: section.segment ?? 0,
    startedNs: START_NS,
    clockOffsetNs: 0n,
    clockErrorNs: 0n,
  });
  if (section.schema !== null) writer.json(BLOCK_SUBTYPE.schema, section.schema ?? SCHEMA);
  section.blocks?.(writer);
  for (const name of hooks) {
    const hook = HOOK_BY_NAME.get(name)!.id;
    writer.interfaceDescription({
      linkType: 1,
      name: `eth0:${name}`,
      whither: { hook, ifindex: 2, netns: 7 },
    });
  }
  for (const seen of section.seen) {
    parts.push(writer.take());
    const metadata = Uint8Array.from(seen.meta ?? []);
    const state = seen.state ?? (seen.meta === undefined ? META_STATE.none : META_STATE.present);
    writer.enhancedPacket({
      interfaceId: hooks.indexOf(seen.hook),
      time: seen.ns ?? START_NS + BigInt(seen.us) * 1000n,
      data: seen.data ?? UDP_PACKET,
      packetId: seen.id,
      comments: seen.comments ?? [],
      event: {
        ...UNKNOWN_EVENT,
        hook: HOOK_BY_NAME.get(seen.hook)!.id,
        metaState: state,
        metaLen: state === META_STATE.none ? 0 : metadata.length || 8,
        metadata,
        skb: 0xffff_8881_0000_1000n + seen.id,
        head: 0xffff_8882_0000_2000n,
        mark: 5,
        hash: 6,
        cpu: 1,
        ...seen.fields,
        ...seen.extensions,
      },
    });
  }
  parts.push(writer.take());
  return joinChunks(parts);
}

/** Files as they are opened together: each behind a section that names it. */
export function filesBytes(files: readonly (readonly [name: string, bytes: Uint8Array])[]): Uint8Array {
  return joinChunks(
    files.flatMap(([name, bytes], i) => [fileSection(name, { part: i + 1, of: files.length }), bytes]),
  );
}

export function storeOf(
  bytes: Uint8Array,
  options: StoreOptions = {},
  chunkBytes = bytes.length,
): CaptureStore {
  const store = new CaptureStore(options);
  const reader = new CaptureReader(store);
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  reader.end();
  return store;
}

/** The store of one section in which this was seen. */
export function seen(...events: readonly Seen[]): CaptureStore {
  return storeOf(sectionBytes({ seen: events }));
}

/** TLV bytes. */
export const trace = (value: number): number[] => [1, 4, value & 0xff, (value >> 8) & 0xff, 0, 0];
export const verdict = (value: number): number[] => [2, 1, value];
export const client = (last: number): number[] => [3, 4, 192, 0, 2, last];
