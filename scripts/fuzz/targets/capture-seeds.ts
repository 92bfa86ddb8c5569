/** Captures to begin with: of every block and extension that there is, in both byte orders. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { BLOCK_SUBTYPE, LINK_KIND, TAP_KIND } from '#core/format/structs.ts';
import { PCAP_MAGIC_MODIFIED, PCAP_MAGIC_US } from '#core/pcapng/blocks.ts';
import { encodeMapSample } from '#core/pcapng/map-sample.ts';
import { anyCapture } from '#core/pcapng/testing/arbitrary-capture.ts';
import { generateCapture, joinChunks } from '#core/pcapng/testing/generate-capture.ts';
import { rawOrder, rawPcap } from '#core/pcapng/testing/raw-blocks.ts';
import { sectionBytes, START_NS, trace, UDP_PACKET, verdict } from '#core/store/testing/scenario.ts';
import { jsonBytes } from './text.ts';
import { EDGE } from '#core/metadata/testing/schemas.ts';

/** A capture ends anywhere: so much of a sample is enough to be changed. */
const SAMPLE_BYTES = 30 * 1024;
const SAMPLES = ['edge', 'vxlan', 'taps', 'shuffle', 'stale'];
const DRAWN = 6;
const SEED = 1;

const samples = SAMPLES.map((name) => {
  const file = path.join(import.meta.dirname, `../../../public/samples/${name}.pcapng`);
  return new Uint8Array(readFileSync(file).subarray(0, SAMPLE_BYTES));
});

const RX = 'netif_receive_skb';
const OPERATION = {
  operation: 1,
  returned: true,
  headChanged: true,
  metaBefore: 8,
  metaAfter: 0,
  macBefore: 64,
  macAfter: 128,
};

/** Every block of Whither's own and every extension of an event. */
const rich = sectionBytes({
  blocks: (w) => {
    w.json(BLOCK_SUBTYPE.host, { kernel: '6.18.44', hostname: 'a', dropReasons: { 2: 'NOT_SPECIFIED' } });
    w.json(BLOCK_SUBTYPE.catalogue, { hooks: [{ id: 3, name: 'x', attached: false, reason: 'no BTF' }] });
    w.json(BLOCK_SUBTYPE.filter, { text: 'udp', sample: 10 });
    w.custom(BLOCK_SUBTYPE.cost, new Uint8Array(120).fill(1));
    w.custom(
      BLOCK_SUBTYPE.mapSample,
      encodeMapSample({
        map: 7,
        change: 'changed',
        cpu: null,
        time: START_NS,
        key: Uint8Array.of(1, 2, 3, 4),
        value: Uint8Array.from(trace(7)),
      }),
    );
    w.custom(BLOCK_SUBTYPE.triggered, new Uint8Array(24).fill(0x41));
    w.gap({ cause: 1, interfaceId: 0, count: 3n, fromNs: START_NS, toNs: START_NS + 9n });
  },
  seen: [
    { hook: RX, id: 1n, us: 0, meta: [...trace(0x1f), ...verdict(1)], comments: ['first'] },
    {
      hook: 'tcx/ingress@first',
      id: 1n,
      us: 1,
      extensions: {
        operations: [OPERATION],
        task: { pid: 1, tgid: 2, comm: 'curl' },
        link: { kind: LINK_KIND.clone, journey: 1n },
        cb: new Uint8Array(48).fill(7),
        beside: { hwtstamp: 5n, vlanProto: 0x8100, skbExtensions: 1 },
        socketCookie: 9n,
        program: { id: 4, kind: 1, verdict: 0 },
      },
    },
    { hook: RX, id: 2n, us: 2, meta: verdict(0), extensions: { tap: { kind: TAP_KIND.area, join: 1, bytes: new Uint8Array(0) } } },
    { hook: 'kfree_skb', id: 1n, us: 3, extensions: { drop: { reason: 2, location: 5n } } },
  ],
}); // oxfmt-ignore

/** A Simple Packet Block and obsolete Packet Blocks behind an interface. */
function plain(littleEndian: boolean): Uint8Array {
  const { u16, u32, block, option } = rawOrder(littleEndian);
  return joinChunks([
    block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)),
    block(1, u16(1), u16(0), u32(64), option(9, Uint8Array.of(0x89)), option(14, new Uint8Array(8)), u32(0)),
    block(3, u32(UDP_PACKET.length), UDP_PACKET),
    block(2, u16(0), u16(4), u32(1), u32(2), u32(UDP_PACKET.length), u32(99), UDP_PACKET, option(2, u32(2)), u32(0)),
    block(5, u32(0), u32(1), u32(2), option(4, new Uint8Array(8)), option(5, new Uint8Array(8)), u32(0)),
  ]);
} // oxfmt-ignore

const record = { seconds: 1, fraction: 2, data: UDP_PACKET, original: UDP_PACKET.length };

/** All are pcapng but the last two. */
export const CAPTURES: readonly Uint8Array[] = [
  joinChunks(generateCapture({ events: 40, seed: 1 })),
  rich,
  plain(true),
  plain(false),
  ...fc.sample(anyCapture, { numRuns: DRAWN, seed: SEED }).map(({ bytes }) => bytes),
  ...samples,
  rawPcap(true, PCAP_MAGIC_US, 1, [record, record]),
  rawPcap(false, PCAP_MAGIC_MODIFIED, 1, [record, record]),
];

/** Bodies of Whither's own blocks. */
export const BODIES: readonly Uint8Array[] = [
  jsonBytes({ hooks: [{ id: 3, name: 'kfree_skb', attached: false, reason: 'no BTF' }] }),
  jsonBytes({
    kernel: '6.18.44',
    hostname: 'a',
    dropReasons: { 2: 'NOT_SPECIFIED' },
    programs: [],
    maps: [],
  }),
  jsonBytes({ text: 'udp', sample: 10, trigger: { condition: 'lost', before: 1, after: 1 } }),
  jsonBytes(EDGE),
  new Uint8Array(64),
];
