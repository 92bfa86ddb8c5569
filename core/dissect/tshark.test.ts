/**
 * Differential test: tshark and core/dissect read the same few thousand drawn packets, and every field must be
 * the same in every occurrence. tshark leaves out most of a header that is cut off, where the tree shows what is
 * there; so of a cut layer tshark's fields must be a beginning of ours, and of every layer before it the same.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatIpv4, formatIpv6 } from './addresses.ts';
import { createFlowFields, dissectFlow } from './flow.ts';
import { cutPackets, PACKETS, wholePackets, type DrawnPacket } from './testing/packets.ts';
import { tsharkFields, tsharkVersion } from './testing/tshark.ts';
import { dissectTree } from './tree.ts';
import { PROTOCOL, type FieldNode, type FlowFields } from './types.ts';

const SEED = 20261123;
const WHOLE_PACKETS = 300;
const CUT_PACKETS = 200;
const TIMEOUT_MS = 120_000;

const FIELDS = [
  'eth.dst eth.src eth.type eth.len llc.dsap llc.ssap llc.oui llc.type',
  'vlan.priority vlan.dei vlan.id vlan.etype vlan.len ieee8021ad.priority ieee8021ad.dei ieee8021ad.id',
  'sll.pkttype sll.hatype sll.halen sll.src.eth sll.etype sll.ifindex',
  'arp.hw.type arp.proto.type arp.hw.size arp.proto.size arp.opcode',
  'arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4',
  'ip.version ip.hdr_len ip.dsfield ip.dsfield.dscp ip.dsfield.ecn ip.len ip.id ip.flags ip.flags.rb ip.flags.df',
  'ip.flags.mf ip.frag_offset ip.ttl ip.proto ip.checksum ip.src ip.dst ip.opt.type ip.opt.len',
  'ipv6.version ipv6.tclass ipv6.flow ipv6.plen ipv6.nxt ipv6.hlim ipv6.src ipv6.dst ipv6.opt.type ipv6.opt.length',
  'ipv6.hopopts.nxt ipv6.hopopts.len ipv6.dstopts.nxt ipv6.dstopts.len',
  'ipv6.routing.nxt ipv6.routing.len ipv6.routing.type ipv6.routing.segleft',
  'ipv6.fraghdr.nxt ipv6.fraghdr.offset ipv6.fraghdr.more ipv6.fraghdr.ident',
  'ah.next_header ah.length ah.spi ah.sequence ah.icv',
  'tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.hdr_len tcp.flags tcp.flags.res tcp.flags.ae tcp.flags.cwr',
  'tcp.flags.ece tcp.flags.urg tcp.flags.ack tcp.flags.push tcp.flags.reset tcp.flags.syn tcp.flags.fin',
  'tcp.window_size_value tcp.checksum tcp.urgent_pointer tcp.option_kind tcp.option_len',
  'udp.srcport udp.dstport udp.length udp.checksum',
  'icmp.type icmp.code icmp.checksum icmp.ident icmp.seq icmp.mtu icmp.redir_gw',
  'icmpv6.type icmpv6.code icmpv6.checksum icmpv6.echo.identifier icmpv6.echo.sequence_number icmpv6.mtu',
  'icmpv6.nd.ns.target_address icmpv6.nd.na.target_address',
].flatMap((line) => line.split(' '));

const version = tsharkVersion();

if (version === null) {
  describe('tshark', () => {
    const missing = 'is not installed, so nothing is compared with it (apt-get install tshark)';
    if (process.env['WHITHER_REQUIRE_KERNEL'] === '1') it(missing, () => expect.fail(missing));
    else it.skip(missing);
  });
}

describe.runIf(version !== null).each([...PACKETS.keys()])('link type %i', (linkType) => {
  let whole: Compared[] = [];
  let cut: Compared[] = [];

  beforeAll(() => {
    whole = compare(fc.sample(wholePackets(linkType), { numRuns: WHOLE_PACKETS, seed: SEED }));
    cut = compare(fc.sample(cutPackets(linkType), { numRuns: CUT_PACKETS, seed: SEED }));
  }, TIMEOUT_MS);

  it('shows every field of whole packets as tshark does', () => {
    for (const { packet, tshark, tree } of whole) {
      expect({ packet: hexOf(packet), fields: tree.complete }).toEqual({
        packet: hexOf(packet),
        fields: tshark,
      });
      expect(tree.partial).toEqual({});
    }
  });

  it('shows every field of cut packets that tshark does, and of whole headers no other', () => {
    for (const { packet, tshark, tree } of cut) {
      for (const field of FIELDS) {
        const least = tree.complete[field] ?? [];
        const most = [...least, ...(tree.partial[field] ?? [])];
        const theirs = tshark[field] ?? [];
        const where = `${field} of ${hexOf(packet)}`;
        expect(theirs.slice(0, least.length), where).toEqual(least);
        expect(most.slice(0, theirs.length), where).toEqual(theirs);
      }
    }
  });

  it('finds the flow that tshark does', () => {
    for (const { packet, tshark } of whole) {
      expect({ packet: hexOf(packet), ...flowOf(packet) }).toEqual({
        packet: hexOf(packet),
        ...flowIn(tshark, flowFields(packet)),
      });
    }
    for (const { packet, tshark } of cut) {
      const fields = flowFields(packet);
      const theirs = flowIn(tshark, fields);
      const ours = flowOf(packet);
      for (const key of FLOW_KEYS) {
        // Of a cut header either reader may show more; of how far the chain of headers goes, too.
        const open = ours[key] === null || theirs[key] === null || key === 'protocol';
        if (fields.truncated && open) continue;
        expect({ packet: hexOf(packet), [key]: ours[key] }).toEqual({
          packet: hexOf(packet),
          [key]: theirs[key],
        });
      }
    }
  });

  it('draws packets of every protocol', () => {
    const seen = new Set(whole.map(({ packet }) => flowFields(packet).protocol));
    const expected = [
      PROTOCOL.tcp,
      PROTOCOL.udp,
      ...(linkType === 229 ? [] : [PROTOCOL.icmp]),
      ...(linkType === 228 ? [] : [PROTOCOL.icmpv6]),
    ];
    for (const protocol of expected) expect(seen).toContain(protocol);
  });
});

type Values = Record<string, string[]>;
interface Compared {
  readonly packet: DrawnPacket;
  readonly tshark: Values;
  readonly tree: Collected;
}
interface Collected {
  /** Field → values in order, of the layers that are whole; and of the one that is cut off. */
  readonly complete: Values;
  readonly partial: Values;
}

function compare(packets: readonly DrawnPacket[]): Compared[] {
  const rows = tsharkFields(packets, FIELDS);
  expect(rows).toHaveLength(packets.length);
  return packets.map((packet, i) => {
    const tshark: Values = {};
    FIELDS.forEach((field, column) => {
      const values = rows[i]?.[column] ?? [];
      if (values.length > 0) tshark[field] = values.map((value) => normal(field, value));
    });
    const tree = collect(dissectTree(packet.bytes, packet.linkType));
    // A length of 0 (segmentation offload): tshark prints the length it works out, the tree what the header says.
    const whole = tree.complete['ip.len'] ?? [];
    const cut = tree.partial['ip.len'] ?? [];
    [...whole, ...cut].forEach((value, k) => {
      if (value !== '0') return;
      const computed = tshark['ip.len']?.[k] ?? '0';
      if (k < whole.length) whole[k] = computed;
      else cut[k - whole.length] = computed;
    });
    return { packet, tshark, tree };
  });
}

function collect(nodes: readonly FieldNode[]): Collected {
  const collected: Collected = { complete: {}, partial: {} };
  for (const layer of nodes) {
    const cut = layer.children.some(({ label }) => label === 'Cut off');
    gather(layer.children, cut ? collected.partial : collected.complete);
  }
  return collected;
}

function gather(nodes: readonly FieldNode[], into: Values): void {
  for (const { filter, value, children } of nodes) {
    if (FIELDS.includes(filter)) (into[filter] ??= []).push(normal(filter, value));
    // tshark has a hidden ip.version for IPv6.
    if (filter === 'ipv6.version') (into['ip.version'] ??= []).push(normal(filter, value));
    gather(children, into);
  }
}

/** `TCP (6)`, `0x0006` and `6` are the same number; bytes and addresses stay text. */
function normal(field: string, value: string): string {
  const text = /\(([^()]+)\)$/.exec(value)?.[1] ?? value;
  if (field === 'ah.icv' || !/^(?:0x[0-9a-f]+|[0-9]+)$/.test(text)) return text;
  // Three bits that tshark has as one boolean.
  if (field === 'tcp.flags.res') return text === '0' ? '0' : '1';
  return BigInt(text).toString();
}

interface FlowTexts {
  readonly src: string | null;
  readonly dst: string | null;
  readonly srcPort: string | null;
  readonly dstPort: string | null;
  readonly vlan: string | null;
  readonly protocol: string | null;
}

const FLOW_KEYS = ['src', 'dst', 'srcPort', 'dstPort', 'vlan', 'protocol'] as const;

function flowFields({ bytes, linkType }: DrawnPacket): FlowFields {
  // Not at 0: an offset from the packet instead of the buffer would go unnoticed.
  const buf = new Uint8Array(bytes.length + 9).fill(0x45);
  buf.set(bytes, 5);
  const fields = createFlowFields();
  dissectFlow(buf, 5, bytes.length, linkType, fields);
  return fields;
}

function flowOf(packet: DrawnPacket): FlowTexts {
  const fields = flowFields(packet);
  const address = (offset: number): string | null => {
    if (fields.family === 0) return null;
    return fields.family === 4 ? formatIpv4(packet.bytes, offset - 5) : formatIpv6(packet.bytes, offset - 5);
  };
  const number = (value: number): string | null => (value < 0 ? null : value.toString());
  return {
    src: address(fields.srcOffset),
    dst: address(fields.dstOffset),
    srcPort: number(fields.srcPort),
    dstPort: number(fields.dstPort),
    vlan: number(fields.vlanId),
    protocol: number(fields.ipProtocol),
  };
}

/** The same out of tshark's fields: the first occurrence is the outermost. */
function flowIn(tshark: Values, fields: FlowFields): FlowTexts {
  const first = (field: string): string | null => tshark[field]?.[0] ?? null;
  const arp = fields.protocol === PROTOCOL.arp;
  const network = fields.family === 6 ? 'ipv6' : 'ip';
  const address = (side: 'src' | 'dst'): string | null =>
    first(arp ? `arp.${side}.proto_ipv4` : `${network}.${side}`);
  // Ports that only a quoted or tunnelled packet has are not the flow's.
  const transport =
    fields.protocol === PROTOCOL.tcp ? 'tcp' : fields.protocol === PROTOCOL.udp ? 'udp' : 'none';
  return {
    src: address('src'),
    dst: address('dst'),
    srcPort: first(`${transport}.srcport`),
    dstPort: first(`${transport}.dstport`),
    vlan: first('ieee8021ad.id') ?? first('vlan.id'),
    protocol: lastHeader(tshark, fields),
  };
}

/** The next-header value of the outermost packet's last header, from tshark's list of each kind. */
function lastHeader(tshark: Values, fields: FlowFields): string | null {
  let next = tshark[fields.family === 6 ? 'ipv6.nxt' : 'ip.proto']?.[0] ?? null;
  if (fields.family !== 6) return next;
  const kinds = new Map([
    ['0', 'ipv6.hopopts.nxt'],
    ['43', 'ipv6.routing.nxt'],
    ['44', 'ipv6.fraghdr.nxt'],
    ['51', 'ah.next_header'],
    ['60', 'ipv6.dstopts.nxt'],
  ]);
  const used = new Map<string, number>();
  for (let kind = kinds.get(next ?? ''); kind !== undefined; kind = kinds.get(next)) {
    const at = used.get(kind) ?? 0;
    used.set(kind, at + 1);
    const value = tshark[kind]?.[at];
    if (value === undefined) break;
    next = value;
    if (kind === 'ipv6.fraghdr.nxt' && tshark['ipv6.fraghdr.offset']?.[0] !== '0') break;
  }
  return next;
}

function hexOf({ bytes }: DrawnPacket): string {
  return Buffer.from(bytes).toString('hex');
}
