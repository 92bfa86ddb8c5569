/**
 * A synthetic capture of any size for benches and tests: packets forwarded from eth0 to eth1, each seen
 * at eight hooks, with TLVs in the metadata area. Deterministic in its options. Blocks are laid out once
 * as templates and patched, so that a million events take well under a second.
 */
import { EVENT_SIZE } from '#core/format/layout.gen.ts';
import * as L from '#core/format/layout.gen.ts';
import { HOOK_BY_NAME, type Hook } from '#core/format/hooks.ts';
import { BLOCK_SUBTYPE, META_STATE } from '#core/format/structs.ts';
import type { TlvSchema } from '#core/metadata/types.ts';
import { UNKNOWN_EVENT } from '../event.ts';
import { CaptureWriter } from '../writer.ts';
import { PACKET_KINDS, packetTemplate, type PacketTemplate } from './packet-templates.ts';

export interface GenerateOptions {
  readonly events: number;
  /** Bytes of metadata per event, a multiple of 4 up to 252; default 32. */
  readonly metadata?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Events of one journey; default 8. More than 8 go round the hooks again. */
  readonly journeyHops?: number;
  /** A chunk holds whole blocks up to about this many bytes; default 256 KiB. */
  readonly chunkBytes?: number;
  /** Unix time of the first event. */
  readonly startNs?: bigint;
  /**
   * Where the fourth TLV changes along a journey: at every hop (default; no area is ever seen twice), or once,
   * at the second program of the path, as a tcx program behind an XDP program does it.
   */
  readonly rewrites?: 'every-hop' | 'once';
  /** Types of TLV in the area: 4 (default), or 10 with GENERATED_SCHEMA_10, which take 61 bytes. */
  readonly types?: 4 | 10;
}

/** Hooks that a forwarded packet passes, in order; the first four on eth0, then eth1. */
export const GENERATED_HOOKS: readonly string[] = [
  'netif_receive_skb',
  'tcx/ingress@first',
  'tcx/ingress@last',
  'tcx/egress@first',
  'tcx/egress@last',
  'net_dev_queue',
  'net_dev_start_xmit',
  'consume_skb',
];
const RX_HOOKS = 3;
/** `tcx/ingress@last`, where `rewrites: 'once'` has its change. */
const REWRITE_HOP = 2;
/** Journeys under way at a time: their events interleave as on a busy host. */
const WINDOW = 16;
const DEFAULT_CHUNK_BYTES = 256 * 1024;
/** 2026-11-23T00:00:00Z. */
const DEFAULT_START_NS = 1_795_392_000_000_000_000n;
const NS_BETWEEN_EVENTS = 640;

/** Framing and types of the generated metadata. */
export const GENERATED_SCHEMA: TlvSchema = {
  whither: 2,
  name: 'generated',
  description: 'Metadata of generateCapture',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little', pad: 0 },
  types: [
    { type: 1, name: 'trace_id', kind: 'uint', display: 'hex' },
    {
      type: 2,
      name: 'verdict',
      kind: 'enum',
      names: { '0': 'pass', '1': 'mark', '2': 'sample', '3': 'drop' },
    },
    { type: 3, name: 'client', kind: 'ipv4' },
    { type: 4, name: 'score', kind: 'uint' },
  ],
};

const MORE_TYPES: readonly number[] = [5, 6, 7, 8, 9, 10];
/** The same with six more TLVs of a u32 each behind those. */
export const GENERATED_SCHEMA_10: TlvSchema = {
  ...GENERATED_SCHEMA,
  name: 'generated-10',
  types: [
    ...GENERATED_SCHEMA.types,
    ...MORE_TYPES.map((type) => ({ type, name: `value_${type}`, kind: 'uint' as const })),
  ],
};

/** Offset of each TLV in the area; an area too small for one goes without it. */
const TLV = { traceId: 0, verdict: 10, client: 13, score: 19 } as const;
const TLV_END = { traceId: 10, verdict: 13, client: 19, score: 25 } as const;
/** Of one of MORE_TYPES, header and value. */
const MORE_BYTES = 6;

interface Template {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly packet: PacketTemplate;
  /** Offsets in the block: of the packet id, of the event struct and of its metadata. */
  readonly packetId: number;
  readonly event: number;
  readonly metadata: number;
}

/** Offset of the packet data and sizes of what precedes our struct in the options. */
const EPB_DATA = 28;
const FLAGS_OPTION = 8;
const OPTION_HEAD = 4;
const PACKETID_OPTION = 12;

function hookOf(name: string): Hook {
  const hook = HOOK_BY_NAME.get(name);
  if (hook === undefined) throw new Error(`No hook ${name}`);
  return hook;
}

function template(hop: number, packet: PacketTemplate, metadata: number): Template {
  const hook = hookOf(GENERATED_HOOKS[hop]!);
  const writer = new CaptureWriter();
  const present = metadata > 0;
  writer.enhancedPacket({
    interfaceId: hop,
    time: 0n,
    data: packet.bytes,
    originalLength: packet.originalLength,
    flags: hook.direction,
    packetId: 0n,
    event: {
      ...UNKNOWN_EVENT,
      hook: hook.id,
      metaState: present ? META_STATE.present : META_STATE.none,
      metaLen: metadata,
      metadata: new Uint8Array(metadata),
      macOffset: 256,
      dataOffset: hop === 0 ? 270 : 256,
      networkOffset: 270,
      skbLen: packet.originalLength,
      protocol: packet.ethertype,
      endOffset: 1728,
      skbIif: 2,
    },
  });
  const bytes = writer.take();
  const options = EPB_DATA + ((packet.bytes.length + 3) & ~3);
  const event = options + FLAGS_OPTION + PACKETID_OPTION + OPTION_HEAD + 4;
  return {
    bytes,
    view: new DataView(bytes.buffer),
    packet,
    packetId: options + FLAGS_OPTION + OPTION_HEAD,
    event,
    metadata: event + EVENT_SIZE,
  };
}

/** xorshift32: never 0, period 2^32 - 1. */
function randomSource(seed: number): () => number {
  let x = seed >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

function preamble(startNs: bigint, seed: number, schema: TlvSchema): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader({ hardware: 'generated', os: 'Linux', userAppl: 'whither generate-capture' });
  const run = new Uint8Array(16);
  new DataView(run.buffer).setUint32(0, seed, true);
  writer.section({ run, segment: 0, startedNs: startNs, clockOffsetNs: startNs, clockErrorNs: 0n });
  writer.json(BLOCK_SUBTYPE.schema, schema);
  GENERATED_HOOKS.forEach((name, i) => {
    const [device, ifindex] = i < RX_HOOKS ? ['eth0', 2] : ['eth1', 3];
    const hook = hookOf(name);
    writer.interfaceDescription({
      linkType: hook.linkType,
      snapLen: 256,
      name: `${device}:${name}`,
      whither: { hook: hook.id, ifindex, netns: 4_026_531_840 },
    });
  });
  return writer.take();
}

interface Journey {
  id: number;
  hop: number;
  kind: number;
  flow: number;
}

function patch(
  t: Template,
  journey: Journey,
  timeHi: number,
  timeLo: number,
  metadata: number,
  once: boolean,
): void {
  const { view, packet } = t;
  const { id, flow } = journey;
  view.setUint32(12, timeHi, true);
  view.setUint32(16, timeLo, true);
  view.setUint32(t.packetId, id, true);
  const source = EPB_DATA + packet.sourceOffset;
  view.setUint16(source + packet.addressBytes - 2, flow & 0xffff);
  view.setUint16(EPB_DATA + packet.sourcePortOffset, 1024 + (flow % 60_000));
  view.setUint16(t.event + L.EVENT_CPU, flow & 1, true);
  view.setUint32(t.event + L.EVENT_SKB, (id << 8) >>> 0, true);
  view.setUint32(t.event + L.EVENT_SKB + 4, 0xffff_8881, true);
  view.setUint32(t.event + L.EVENT_HEAD, (id << 11) >>> 0, true);
  view.setUint32(t.event + L.EVENT_HEAD + 4, 0xffff_8882, true);
  view.setUint32(t.event + L.EVENT_HASH, (flow * 0x9e37_79b1) >>> 0, true);
  const m = t.metadata;
  if (metadata >= TLV_END.traceId) {
    view.setUint16(m, 0x0801, true);
    view.setUint32(m + 2, id, true);
    view.setUint32(m + 6, 0x7ace_0000, true);
  }
  if (metadata >= TLV_END.verdict) {
    view.setUint16(m + TLV.verdict, 0x0102, true);
    view.setUint8(m + TLV.verdict + 2, flow & 3);
  }
  if (metadata >= TLV_END.client) {
    view.setUint16(m + TLV.client, 0x0403, true);
    view.setUint32(m + TLV.client + 2, (0xc633_6400 | (flow & 0xff)) >>> 0);
  }
  if (metadata >= TLV_END.score) {
    view.setUint16(m + TLV.score, 0x0404, true);
    view.setUint32(
      m + TLV.score + 2,
      (flow * 7 + (once ? Number(journey.hop >= REWRITE_HOP) : journey.hop)) >>> 0,
      true,
    );
  }
}

function patchMore({ view, metadata: m }: Template, flow: number, metadata: number): void {
  MORE_TYPES.forEach((type, i) => {
    const at = TLV_END.score + i * MORE_BYTES;
    if (at + MORE_BYTES > metadata) return;
    view.setUint16(m + at, type | (4 << 8), true);
    view.setUint32(m + at + 2, flow + type, true);
  });
}

/** The capture as chunks of whole blocks; the first begins with the section header. */
export function* generateChunks(options: GenerateOptions): Generator<Uint8Array> {
  const { events, metadata = 32, seed = 1, journeyHops = GENERATED_HOOKS.length } = options;
  const chunkBytes = options.chunkBytes ?? DEFAULT_CHUNK_BYTES;
  const once = options.rewrites === 'once';
  const startNs = options.startNs ?? DEFAULT_START_NS;
  const random = randomSource(seed);
  const templates = PACKET_KINDS.map((kind) =>
    GENERATED_HOOKS.map((_, hop) => template(hop, packetTemplate(kind), metadata)),
  );
  let nextId = 1;
  const start = (): Journey => {
    const r = random();
    // 4 in 5 UDP over IPv4, the rest spread over the other kinds.
    const kind = r % 5 === 0 ? 1 + ((r >>> 8) % (PACKET_KINDS.length - 1)) : 0;
    return { id: nextId++, hop: 0, kind, flow: (r >>> 12) % 4096 };
  };
  yield preamble(startNs, seed, options.types === 10 ? GENERATED_SCHEMA_10 : GENERATED_SCHEMA);
  const active: Journey[] = [];
  let timeHi = Number(startNs >> 32n);
  let timeLo = Number(startNs & 0xffff_ffffn);
  let chunk = new Uint8Array(chunkBytes);
  let used = 0;
  for (let i = 0; i < events; i++) {
    const slot = i % WINDOW;
    let journey = active[slot];
    if (journey === undefined || journey.hop === journeyHops) active[slot] = journey = start();
    const t = templates[journey.kind]![journey.hop % GENERATED_HOOKS.length]!;
    patch(t, journey, timeHi, timeLo, metadata, once);
    if (options.types === 10) patchMore(t, journey.flow, metadata);
    journey.hop++;
    timeLo += NS_BETWEEN_EVENTS;
    if (timeLo >= 0x1_0000_0000) {
      timeLo -= 0x1_0000_0000;
      timeHi++;
    }
    if (used + t.bytes.length > chunk.length) {
      if (used > 0) yield chunk.subarray(0, used);
      chunk = new Uint8Array(Math.max(chunkBytes, t.bytes.length));
      used = 0;
    }
    chunk.set(t.bytes, used);
    used += t.bytes.length;
  }
  if (used > 0) yield chunk.subarray(0, used);
}

export function generateCapture(options: GenerateOptions): Uint8Array[] {
  return [...generateChunks(options)];
}

/** The chunks as one buffer: small captures only. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(chunks.reduce((sum, c) => sum + c.length, 0));
  let at = 0;
  for (const c of chunks) {
    out.set(c, at);
    at += c.length;
  }
  return out;
}
