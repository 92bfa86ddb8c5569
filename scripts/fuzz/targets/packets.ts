/** Packets: the flow, the tree, their text, and every place in them that a schema may read. */
import fc from 'fast-check';
import { AnchorFinder } from '#core/dissect/anchor.ts';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { endpoints, packetInfo } from '#core/dissect/info.ts';
import { PACKETS } from '#core/dissect/testing/packets.ts';
import { gueHeaders, TUNNEL_PACKETS } from '#core/dissect/testing/tunnels.ts';
import { dissectTree } from '#core/dissect/tree.ts';
import type { FieldNode } from '#core/dissect/types.ts';
import { fingerprint, PRINT_WORDS } from '#core/diagnosis/fingerprint.ts';
import { decodePart } from '#core/metadata/decode.ts';
import { formatDecoder } from '#core/metadata/formats/formats.ts';
import { GENEVE_OPTIONS } from '#core/metadata/formats/geneve.ts';
import type { PacketAnchor } from '#core/metadata/types.ts';
import { UDP_PACKET } from '#core/store/testing/scenario.ts';
import { holds, type Target } from '../target.ts';

const PACKET_BYTES = 2048;
/** Packets of each kind to begin with. */
const DRAWN = 6;
const SEED = 1;
/** Ethernet, IPv4, UDP. */
const UDP_HEADERS_BYTES = 14 + 20 + 8;
/** Its port of destination. */
const UDP_PORT_AT = 36;
const GUE_PORT = 6080;
const LINK_TYPES = [...PACKETS.keys()];

const ANCHORS: readonly PacketAnchor[] = [
  { kind: 'udp-payload', port: 6081 },
  { kind: 'udp-payload', port: 9000 },
  { kind: 'tcp-payload', port: 61_001 },
  { kind: 'tcp-option', option: 254, magic: 'e2d4' },
  { kind: 'tcp-option', option: 30 },
  { kind: 'ipv4-option', option: 0x9a },
  { kind: 'ipv6-hop-by-hop-option', option: 49 },
  { kind: 'ipv6-destination-option', option: 0x1b },
  { kind: 'geneve-option', optionClass: 0x014b, type: 0x81 },
  { kind: 'geneve-options' },
  { kind: 'nsh-context' },
  { kind: 'nsh-tlvs' },
  { kind: 'srh-tlvs' },
  { kind: 'proxy-tlvs' },
  { kind: 'gue-fields' },
  { kind: 'after-bytes', bytes: '0800' },
];
const finders = ANCHORS.map((anchor) => new AnchorFinder(anchor));

function inside(nodes: readonly FieldNode[], length: number): void {
  for (const { offset, length: bytes, children, value } of nodes) {
    holds(offset >= 0 && bytes >= 0 && offset + bytes <= length, 'a field outside of its packet');
    holds(!/undefined|^NaN$/.test(value), 'a field without words');
    inside(children, length);
  }
}

const drawn = [...PACKETS.values()].map((packets, i) => [i, packets] as const);
/** Ethernet, IPv4 and UDP to port 6080, which says no length: the packet inside of GUE ends where the bytes do. */
const inGue = gueHeaders.map(({ header, inner }) => {
  const outer = UDP_PACKET.slice(0, UDP_HEADERS_BYTES);
  new DataView(outer.buffer).setUint16(UDP_PORT_AT, GUE_PORT);
  return [...outer, ...header, ...inner];
});
const tunnels = [...TUNNEL_PACKETS.values(), inGue].map(
  (packets) => [LINK_TYPES.indexOf(1), packets] as const,
);

const packets: Target = {
  name: 'packets',
  // The first byte says which link type.
  seeds: [...drawn, ...tunnels].flatMap(([link, of]) =>
    fc.sample(of, { numRuns: DRAWN, seed: SEED }).map((packet) => Uint8Array.from([link, ...packet])),
  ),
  maxBytes: PACKET_BYTES,
  run: (input) => {
    const linkType = LINK_TYPES[(input[0] ?? 0) % LINK_TYPES.length]!;
    const length = Math.max(0, input.length - 1);
    const flow = createFlowFields();
    dissectFlow(input, 1, length, linkType, flow);
    fingerprint(input, 1, length, length, flow, new Uint32Array(PRINT_WORDS), 0);
    const said = [packetInfo(input, 1, length, flow), endpoints(input, 1, linkType, flow)];
    for (const finder of finders) {
      if (!finder.find(input, 1, length, linkType)) continue;
      const { start, end } = finder;
      holds(start >= 1 && start <= end && end <= input.length, 'an anchor outside of its packet');
      decodePart(formatDecoder(GENEVE_OPTIONS), input, start, end);
    }
    const tree = dissectTree(input.subarray(1), linkType);
    inside(tree, length);
    return [tree, said];
  },
};

export const PACKET_TARGETS: readonly Target[] = [packets];
