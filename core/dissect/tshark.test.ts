/**
 * Differential test: tshark and core/dissect read the same few thousand drawn packets, and every field must be
 * the same in every occurrence. tshark leaves out most of a header that is cut off, where the tree shows what is
 * there; so of a cut layer tshark's fields must be a beginning of ours, and of every layer before it the same. Of a
 * packet with a damaged byte, what is said of the bytes in front of it must be the same.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatHex, formatIpv4, formatIpv6 } from './addresses.ts';
import { FIELD_NAMES, FIELDS, isFieldName, type FieldName } from './fields.ts';
import { createFlowFields, dissectFlow } from './flow.ts';
import { cut, damaged, PACKETS, whole, type DamagedPacket, type DrawnPacket } from './testing/packets.ts';
import { tsharkFields, tsharkFieldTypes, tsharkVersion } from './testing/tshark.ts';
import { TUNNEL_PACKETS } from './testing/tunnels.ts';
import { dissectTree } from './tree.ts';
import { PROTOCOL, type FieldNode, type FlowFields } from './types.ts';

const SEED = 20261123;
const WHOLE_PACKETS = 200;
const CUT_PACKETS = 120;
const DAMAGED_PACKETS = 100;
const ETHERNET = 1;
const TIMEOUT_MS = 120_000;

/** Fields of which tshark 4.0 says something else, and why. */
const NOT_COMPARED: ReadonlyMap<FieldName, string> = new Map([
  ['data.data', 'payloads have names of their own there'],
  ['ip.src_rt', 'the last source route is ip.dst there'],
]);
/** Fields of which it leaves some out, and why. */
const SHOWN_LESS: ReadonlyMap<FieldName, string> = new Map([
  ['tcp.options.mptcp.checksum', 'shown when 4 bytes are left of the option, not 2'],
  ['proxy.v2.tlv.type', 'the 16 bytes in front of the addresses are taken off the length twice'],
  ['proxy.v2.tlv.length', 'the same'],
  ['proxy.v2.tlv.value', 'the same'],
  ['proxy.v2.tlv.ssl.client', 'the same'],
  ['proxy.v2.tlv.ssl.verify', 'the same'],
]);
/** Fields that it shows or not by a byte behind them, which may be the damaged one. */
const SHOWN_BY_WHAT_FOLLOWS: ReadonlyMap<FieldName, string> = new Map([
  ['tcp.ack_raw', 'not where the header length is too small'],
  ['gre.flags.ack', 'not where the protocol is not PPP'],
]);

const COMPARED = FIELD_NAMES.filter(
  (name) => FIELDS[name].wireshark && FIELDS[name].kind !== 'group' && !NOT_COMPARED.has(name),
);

/** What packets are drawn of: a link type, or what is in an Ethernet frame. */
const SOURCES: readonly { readonly name: string; readonly linkType: number }[] = [
  ...[...PACKETS.keys()].map((linkType) => ({ name: `link type ${linkType}`, linkType })),
  ...[...TUNNEL_PACKETS.keys()].map((name) => ({ name, linkType: ETHERNET })),
];

const version = tsharkVersion();

if (version === null) {
  describe('tshark', () => {
    const missing = 'is not installed, so nothing is compared with it (apt-get install tshark)';
    if (process.env['WHITHER_REQUIRE_KERNEL'] === '1') it(missing, () => expect.fail(missing));
    else it.skip(missing);
  });
}

interface Corpus {
  readonly whole: readonly Compared<DrawnPacket>[];
  readonly cut: readonly Compared<DrawnPacket>[];
  readonly damaged: readonly Compared<DamagedPacket>[];
}

describe.runIf(version !== null)('tshark', () => {
  const corpora = new Map<string, Corpus>();

  beforeAll(() => {
    const draws = SOURCES.map(({ name, linkType }, i) => {
      const packets = TUNNEL_PACKETS.get(name) ?? PACKETS.get(linkType)!;
      // Each draw has its own seed: packets of one flow would be taken for one connection.
      let seed = SEED + 3 * i;
      const sample = <T>(of: fc.Arbitrary<T>, numRuns: number): T[] =>
        fc.sample(of, { numRuns, seed: seed++ });
      return {
        name,
        whole: sample(whole(linkType, packets), WHOLE_PACKETS),
        cut: sample(cut(linkType, packets), CUT_PACKETS),
        damaged: sample(damaged(linkType, packets), DAMAGED_PACKETS),
      };
    });
    const rows = tsharkFields(
      draws.flatMap((draw) => [...draw.whole, ...draw.cut, ...draw.damaged]),
      COMPARED,
    );
    let next = 0;
    const compare = <T extends DrawnPacket>(packets: readonly T[]): Compared<T>[] =>
      packets.map((packet) => comparison(packet, rows[next++] ?? []));
    for (const draw of draws) {
      corpora.set(draw.name, {
        whole: compare(draw.whole),
        cut: compare(draw.cut),
        damaged: compare(draw.damaged),
      });
    }
    expect(rows).toHaveLength(next);
  }, TIMEOUT_MS);

  it('has every field that the catalogue calls its own, of the same kind', () => {
    const types = tsharkFieldTypes();
    for (const name of FIELD_NAMES) {
      const { kind, wireshark } = FIELDS[name];
      const type = types.get(name) ?? 'none';
      if (!wireshark) expect(`${name} ${type}`).toBe(`${name} none`);
      else expect(`${name} ${type}`).toMatch(TYPES[kind]);
    }
  });

  it('is compared in every field, with every value kind', () => {
    const seen = new Set<string>();
    for (const { whole } of corpora.values()) {
      for (const { tshark } of whole) for (const name of Object.keys(tshark)) seen.add(name);
    }
    expect(COMPARED.filter((name) => !seen.has(name) && !SHOWN_LESS.has(name))).toEqual([]);
  });

  describe.each(SOURCES)('$name', ({ name }) => {
    const corpus = (): Corpus => corpora.get(name)!;

    it('shows every field of whole packets as tshark does', () => {
      for (const { packet, tshark, tree } of corpus().whole) {
        const wrong = COMPARED.filter((field) => {
          const ours = tree.complete[field] ?? [];
          const theirs = tshark[field] ?? [];
          return SHOWN_LESS.has(field) ? !isPartOf(theirs, ours) : !isSame(ours, theirs);
        });
        expect(shown(wrong, tree.complete), hexOf(packet)).toEqual(shown(wrong, tshark));
        expect(tree.partial, hexOf(packet)).toEqual({});
      }
    });

    it('shows every field of cut packets that tshark does, and of whole headers no other', () => {
      for (const { packet, tshark, tree } of corpus().cut) {
        const wrong = COMPARED.filter((field) => {
          if (SHOWN_LESS.has(field)) return false;
          const least = tree.complete[field] ?? [];
          const most = [...least, ...(tree.partial[field] ?? [])];
          const theirs = tshark[field] ?? [];
          return (
            !isSame(theirs.slice(0, least.length), least) || !isSame(most.slice(0, theirs.length), theirs)
          );
        });
        expect(shown(wrong, tree.complete), hexOf(packet)).toEqual(shown(wrong, tshark));
      }
    });

    it('shows every field in front of a damaged byte as tshark does', () => {
      for (const { packet, tshark } of corpus().damaged) {
        const before: Values = {};
        gather(dissectTree(packet.bytes, packet.linkType), packet, before, packet.damagedAt);
        setOffloadedLengths([before['ip.len'] ?? []], tshark);
        const wrong = COMPARED.filter((field) => {
          if (SHOWN_LESS.has(field) || SHOWN_BY_WHAT_FOLLOWS.has(field)) return false;
          const ours = before[field] ?? [];
          return !isSame((tshark[field] ?? []).slice(0, ours.length), ours);
        });
        const where = `${hexOf(packet)} damaged at ${packet.damagedAt}`;
        expect(shown(wrong, before), where).toEqual(shown(wrong, tshark));
      }
    });
  });

  // Of a tunnel, tshark's first tag may be an inner one.
  describe.each(SOURCES.filter(({ name }) => !TUNNEL_PACKETS.has(name)))('$name', ({ name, linkType }) => {
    const corpus = (): Corpus => corpora.get(name)!;

    it('finds the flow that tshark does', () => {
      for (const { packet, tshark } of corpus().whole) {
        expect({ packet: hexOf(packet), ...flowOf(packet) }).toEqual({
          packet: hexOf(packet),
          ...flowIn(tshark, flowFields(packet)),
        });
      }
      for (const { packet, tshark } of corpus().cut) {
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
      const seen = new Set(corpus().whole.map(({ packet }) => flowFields(packet).protocol));
      const expected = [
        PROTOCOL.tcp,
        PROTOCOL.udp,
        ...(linkType === 229 ? [] : [PROTOCOL.icmp]),
        ...(linkType === 228 ? [] : [PROTOCOL.icmpv6]),
      ];
      for (const protocol of expected) expect(seen).toContain(protocol);
    });
  });
});

/** tshark's type for each kind of the catalogue; three bits of TCP's flags it has as one boolean. */
const TYPES = {
  uint: /FT_UINT|tcp.flags.res FT_BOOLEAN/,
  bool: /FT_BOOLEAN/,
  ipv4: /FT_IPv4/,
  ipv6: /FT_IPv6/,
  mac: /FT_ETHER/,
  bytes: /FT_BYTES/,
  text: /FT_STRING/,
  group: /FT_NONE|FT_BYTES|protocol/,
};

type Values = Partial<Record<FieldName, string[]>>;
interface Compared<T extends DrawnPacket> {
  readonly packet: T;
  readonly tshark: Values;
  readonly tree: Collected;
}
interface Collected {
  /** Field → values in order, of the layers that are whole; and of the one that is cut off. */
  readonly complete: Values;
  readonly partial: Values;
}

/** How tshark prints bytes that are none. */
const NO_BYTES = ['<none>', '<MISSING>'];

function comparison<T extends DrawnPacket>(packet: T, row: readonly (readonly string[])[]): Compared<T> {
  const tshark: Values = {};
  COMPARED.forEach((field, column) => {
    const values = (row[column] ?? []).filter((value) => !NO_BYTES.includes(value));
    if (values.length > 0) tshark[field] = values.map((value) => theirValue(field, value));
  });
  const tree = collect(packet);
  setOffloadedLengths([tree.complete['ip.len'] ?? [], tree.partial['ip.len'] ?? []], tshark);
  return { packet, tshark, tree };
}

/** A length of 0 (segmentation offload): tshark prints the length it works out, the tree what the header says. */
function setOffloadedLengths(lists: readonly string[][], tshark: Values): void {
  let occurrence = 0;
  for (const list of lists) {
    list.forEach((value, i) => {
      if (value === '0') list[i] = tshark['ip.len']?.[occurrence] ?? '0';
      occurrence++;
    });
  }
}

function collect(packet: DrawnPacket): Collected {
  const collected: Collected = { complete: {}, partial: {} };
  for (const layer of dissectTree(packet.bytes, packet.linkType)) {
    const isCut = layer.children.some(({ label }) => label === 'Cut off');
    gather([layer], packet, isCut ? collected.partial : collected.complete);
  }
  return collected;
}

/**
 * Values of the fields that end at or before byte `until`. Of an option that ends behind it none: tshark looks at its
 * length first. Of options that tshark does not know none: it shows nothing of them.
 */
function gather(
  nodes: readonly FieldNode[],
  packet: DrawnPacket,
  into: Values,
  until = Infinity,
  depth = 0,
): void {
  for (const node of nodes) {
    const { filter, offset, length, children } = node;
    const named = isFieldName(filter);
    const isOption = depth > 0 && named && FIELDS[filter].kind === 'group';
    if (isOption && (offset + length > until || children.some((child) => child.filter === 'ip.opt.value')))
      continue;
    if (named && COMPARED.includes(filter) && offset + length <= until) {
      (into[filter] ??= []).push(ourValue(filter, node, packet));
      // tshark has a hidden ip.version for IPv6.
      if (filter === 'ipv6.version') (into['ip.version'] ??= []).push(ourValue(filter, node, packet));
    }
    gather(children, packet, into, until, depth + 1);
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Of some fields the values, for a message that can be read. */
function shown(fields: readonly FieldName[], values: Values): Values {
  return Object.fromEntries(fields.map((field) => [field, values[field] ?? []]));
}

/** Whether `part` is `all` with some left out. */
function isPartOf(part: readonly string[], all: readonly string[]): boolean {
  let found = 0;
  for (const value of all) if (value === part[found]) found++;
  return found === part.length;
}

/** Numbers as numbers, flags as 0 and 1, addresses as text, bytes in hex. */
function ourValue(field: FieldName, { raw, value, offset, length }: FieldNode, packet: DrawnPacket): string {
  switch (FIELDS[field].kind) {
    case 'uint':
      // Three bits that tshark has as one boolean.
      if (field === 'tcp.flags.res') return raw === 0 ? '0' : '1';
      return String(raw);
    case 'bool':
      return raw === true ? '1' : '0';
    case 'bytes':
      return formatHex(packet.bytes, offset, length);
    case 'ipv4':
    case 'ipv6':
    case 'mac':
    case 'text':
    case 'group':
      return value;
  }
}

function theirValue(field: FieldName, value: string): string {
  switch (FIELDS[field].kind) {
    case 'uint':
      return BigInt(value).toString();
    case 'bool':
      return value === '1' || value === 'True' ? '1' : '0';
    default:
      return value;
  }
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
  const first = (field: FieldName): string | null => tshark[field]?.[0] ?? null;
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
    srcPort: transport === 'none' ? null : first(`${transport}.srcport`),
    dstPort: transport === 'none' ? null : first(`${transport}.dstport`),
    vlan: first('ieee8021ad.id') ?? first('vlan.id'),
    protocol: lastHeader(tshark, fields),
  };
}

/** The next-header value of the outermost packet's last header, from tshark's list of each kind. */
function lastHeader(tshark: Values, fields: FlowFields): string | null {
  let next = tshark[fields.family === 6 ? 'ipv6.nxt' : 'ip.proto']?.[0] ?? null;
  if (fields.family !== 6) return next;
  const kinds = new Map<string | null, FieldName>([
    ['0', 'ipv6.hopopts.nxt'],
    ['43', 'ipv6.routing.nxt'],
    ['44', 'ipv6.fraghdr.nxt'],
    ['51', 'ah.next_header'],
    ['60', 'ipv6.dstopts.nxt'],
  ]);
  const used = new Map<FieldName, number>();
  for (let kind = kinds.get(next); kind !== undefined; kind = kinds.get(next)) {
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
