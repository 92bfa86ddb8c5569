/**
 * Packets of every protocol stack that core/dissect knows, drawn by fast-check: for property tests, and for the
 * differential test against tshark. Checksums are random: neither reader verifies them.
 */
import fc from 'fast-check';
import {
  address4,
  address6,
  be16,
  be32,
  body,
  concat,
  octets,
  port,
  u16s,
  u32s,
  u8s,
  zeros,
  type Bytes,
} from './bytes.ts';
import { ipv4Options, ipv6OptionArea, tcpOptions } from './options.ts';

export interface DrawnPacket {
  readonly linkType: number;
  readonly bytes: Uint8Array;
  /** Bytes on the wire; the capture may hold fewer (snap length). */
  readonly originalLength: number;
}

export const tcpWith = (
  payload: fc.Arbitrary<Bytes>,
  flags: fc.Arbitrary<number> = u16s,
): fc.Arbitrary<Bytes> =>
  fc
    .record({
      sport: port,
      dport: port,
      seq: u32s,
      ack: u32s,
      flags,
      window: u16s,
      checksum: u16s,
      urgent: u16s,
      options: tcpOptions,
      body: payload,
    })
    .map((t) =>
      concat(
        be16(t.sport),
        be16(t.dport),
        be32(t.seq),
        be32(t.ack),
        be16(((5 + t.options.length / 4) << 12) | (t.flags & 0xfff)),
        be16(t.window),
        be16(t.checksum),
        be16(t.urgent),
        t.options,
        t.body,
      ),
    );

const tcp = tcpWith(body);

const udpWith = (dport: fc.Arbitrary<number>, payload: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> =>
  fc
    .record({ sport: port, dport, checksum: u16s, body: payload })
    .map((u) => concat(be16(u.sport), be16(u.dport), be16(8 + u.body.length), be16(u.checksum), u.body));
export const udpTo = (dport: number, payload: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> =>
  udpWith(fc.constant(dport), payload);
const udp = udpWith(port, body);

const icmp = fc
  .record({ type: fc.constantFrom(0, 8), checksum: u16s, id: u16s, seq: u16s, body })
  .map((i) => concat([i.type, 0], be16(i.checksum), be16(i.id), be16(i.seq), i.body));

const icmpv6 = fc.oneof(
  fc
    .record({ type: fc.constantFrom(128, 129), checksum: u16s, id: u16s, seq: u16s, body })
    .map((i) => concat([i.type, 0], be16(i.checksum), be16(i.id), be16(i.seq), i.body)),
  fc
    .record({ type: fc.constantFrom(135, 136), checksum: u16s, target: address6 })
    .map((n) => concat([n.type, 0], be16(n.checksum), be32(0), n.target)),
);

const other = fc.tuple(fc.constantFrom(253, 254), body);

export interface Upper {
  readonly protocol: number;
  readonly bytes: Bytes;
}
export const upper = (protocol: number, of: fc.Arbitrary<Bytes>): fc.Arbitrary<Upper> =>
  of.map((bytes) => ({ protocol, bytes }));

export function ipv4Of(above: fc.Arbitrary<Upper>): fc.Arbitrary<Bytes> {
  return fc
    .record({
      above,
      dsfield: u8s,
      id: u16s,
      df: fc.boolean(),
      ttl: u8s,
      checksum: u16s,
      src: address4,
      dst: address4,
      options: ipv4Options,
      // Whole, first fragment, later fragment.
      fragment: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        fc.constant(0x2000),
        fc.integer({ min: 1, max: 0x3fff }),
      ),
      total: fc.oneof({ weight: 8, arbitrary: fc.constant('right' as const) }, fc.constant('zero' as const)),
    })
    .map((p) => {
      const header = 20 + p.options.length;
      return concat(
        [0x40 | (header / 4), p.dsfield],
        be16(p.total === 'zero' ? 0 : header + p.above.bytes.length),
        be16(p.id),
        be16(p.fragment | (p.df ? 0x4000 : 0)),
        [p.ttl, p.above.protocol],
        be16(p.checksum),
        p.src,
        p.dst,
        p.options,
        p.above.bytes,
      );
    });
}

/** One extension header: its own number, and its bytes once the next header's number is known. */
interface Extension {
  readonly kind: number;
  readonly bytes: (next: number) => Bytes;
}
/** A segment routing header (RFC 8754), with TLVs of whole words. */
const segmentTlvs = fc.array(
  fc.oneof(
    octets(4).map((padding) => concat([4, 4], padding)),
    fc.constant<Bytes>([0]),
    octets(8).map((value) => concat([124, 8], value)),
  ),
  { maxLength: 2 },
);
const segmentRouting = fc
  .record({
    segments: fc.array(address6, { minLength: 1, maxLength: 3 }),
    left: fc.nat(2),
    flags: u8s,
    tag: octets(2),
    tlvs: segmentTlvs,
  })
  .map((p): Extension => {
    const tlvs = concat(...p.tlvs);
    const padded = concat(tlvs, zeros((8 - (tlvs.length % 8)) % 8));
    const last = p.segments.length - 1;
    const words = 2 * p.segments.length + padded.length / 8;
    return {
      kind: 43,
      bytes: (next) =>
        concat([next, words, 4, Math.min(p.left, last), last, p.flags], p.tag, ...p.segments, padded),
    };
  });
const extension: fc.Arbitrary<Extension> = fc.oneof(
  fc.record({ kind: fc.constantFrom(0, 60), area: ipv6OptionArea }).map(({ kind, area }): Extension => ({
    kind,
    bytes: (next) => concat([next, (area.length + 2) / 8 - 1], area),
  })),
  segmentRouting,
  fc.record({ id: u32s, more: fc.boolean() }).map(({ id, more }): Extension => ({
    kind: 44,
    bytes: (next) => concat([next, 0, 0, more ? 1 : 0], be32(id)),
  })),
  fc
    .record({ spi: fc.integer({ min: 256, max: 0xffffff }), seq: u32s, icv: octets(12) })
    .map(({ spi, seq, icv }): Extension => ({
      kind: 51,
      bytes: (next) => concat([next, 4, 0, 0], be32(spi), be32(seq), icv),
    })),
);
/** Behind it, the payload is the middle of a packet. */
const laterFragment: fc.Arbitrary<Extension> = fc
  .record({ id: u32s, offset: fc.integer({ min: 1, max: 0x1fff }) })
  .map(({ id, offset }) => ({ kind: 44, bytes: (next) => concat([next, 0], be16(offset << 3), be32(id)) }));

export function ipv6Of(above: fc.Arbitrary<Upper>): fc.Arbitrary<Bytes> {
  const chain = fc
    .tuple(
      fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(extension, { maxLength: 4 })),
      fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.tuple(laterFragment)),
    )
    .map(([headers, last]) => {
      // Hop-by-hop options may only come first, and one fragment header is what a packet has.
      const kinds = new Set<number>();
      const kept = headers.filter(({ kind }) =>
        kind === 44 || kind === 0 ? !kinds.has(kind) && kinds.add(kind) : true,
      );
      kept.sort((a, b) => Number(b.kind === 0) - Number(a.kind === 0));
      return last.length > 0 ? [...kept.filter(({ kind }) => kind !== 44), ...last] : kept;
    });
  return fc
    .record({
      above,
      chain,
      tclass: u8s,
      label: fc.integer({ min: 0, max: 0xfffff }),
      hlim: u8s,
      src: address6,
      dst: address6,
    })
    .map((p) => {
      const numbers = [...p.chain.map(({ kind }) => kind), p.above.protocol];
      const payload = concat(...p.chain.map((header, i) => header.bytes(numbers[i + 1]!)), p.above.bytes);
      return concat(
        be32(((6 << 28) | (p.tclass << 20) | p.label) >>> 0),
        be16(payload.length),
        [numbers[0]!, p.hlim],
        p.src,
        p.dst,
        payload,
      );
    });
}

const others: fc.Arbitrary<Upper> = other.map(([protocol, bytes]) => ({ protocol, bytes }));
const transports = (icmpProtocol: number, icmpBytes: fc.Arbitrary<Bytes>): fc.Arbitrary<Upper> =>
  fc.oneof(
    { weight: 4, arbitrary: upper(6, tcp) },
    { weight: 4, arbitrary: upper(17, udp) },
    { weight: 2, arbitrary: upper(icmpProtocol, icmpBytes) },
    others,
  );

/** ICMP errors quote the start of a packet. Not of TCP: tshark leaves out fields of a quoted TCP header. */
const quoted4 = ipv4Of(fc.oneof(upper(17, udp), upper(1, icmp)));
const error4 = fc
  .record({
    type: fc.constantFrom<Bytes>([3, 1], [3, 3], [3, 4], [5, 1], [11, 0], [12, 0]),
    rest: octets(4),
    packet: quoted4,
  })
  .map(({ type, rest, packet }) =>
    concat(type, [0, 0, type[0] === 5 ? rest[0]! : 0, 0], rest.slice(2), packet),
  );
const quoted6 = ipv6Of(fc.oneof(upper(17, udp), upper(58, icmpv6)));
const error6 = fc
  .record({ type: fc.constantFrom(1, 2, 3, 4), packet: quoted6 })
  .map(({ type, packet }) => concat([type, 0, 0, 0, 0, 0, 5, 0], packet));

export const ipv4 = ipv4Of(
  fc.oneof(
    { weight: 8, arbitrary: transports(1, icmp) },
    upper(1, error4),
    upper(4, ipv4Of(transports(1, icmp))),
    upper(41, ipv6Of(transports(58, icmpv6))),
  ),
);
export const ipv6 = ipv6Of(
  fc.oneof(
    { weight: 8, arbitrary: transports(58, icmpv6) },
    upper(58, error6),
    upper(41, ipv6Of(transports(58, icmpv6))),
  ),
);
const arp = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        opcode: fc.integer({ min: 1, max: 2 }),
        sha: octets(6),
        spa: address4,
        tha: octets(6),
        tpa: address4,
      })
      .map((a) => concat([0, 1, 8, 0, 6, 4], be16(a.opcode), a.sha, a.spa, a.tha, a.tpa)),
  },
  // Neither Ethernet nor IPv4.
  octets(20).map((addresses) => concat([0, 15, 0x12, 0x34, 3, 7, 0, 2], addresses)),
);

interface Typed {
  readonly type: number;
  readonly bytes: Bytes;
}
const network: fc.Arbitrary<Typed> = fc.oneof(
  { weight: 5, arbitrary: ipv4.map((bytes) => ({ type: 0x0800, bytes })) },
  { weight: 5, arbitrary: ipv6.map((bytes) => ({ type: 0x86dd, bytes })) },
  arp.map((bytes) => ({ type: 0x0806, bytes })),
  // The two EtherTypes reserved for local experiments (802.1 OUI extended aside).
  body.map((bytes) => ({ type: 0x88b5, bytes })),
);

/** Tags, outermost first: none, one, QinQ of both kinds, three. */
const tags = fc.oneof(
  { weight: 4, arbitrary: fc.constant<readonly number[]>([]) },
  fc.constantFrom<readonly number[]>(
    [0x8100],
    [0x88a8, 0x8100],
    [0x9100, 0x8100],
    [0x8100, 0x8100],
    [0x88a8],
    [0x88a8, 0x8100, 0x8100],
  ),
);
const snap = network.map(({ type, bytes }): Typed => {
  const llc = concat([0xaa, 0xaa, 3, 0, 0, 0], be16(type), bytes);
  return { type: llc.length, bytes: llc };
});
const tagged = fc
  .record({
    inner: network,
    tags,
    tci: fc.array(u16s, { minLength: 3, maxLength: 3 }),
  })
  .map((p): Typed =>
    p.tags.reduceRight<Typed>(
      (inner, type, i) => ({ type, bytes: concat(be16(p.tci[i]!), be16(inner.type), inner.bytes) }),
      p.inner,
    ),
  );

const taggedSnap = fc
  .tuple(u16s, snap)
  .map(([tci, inner]): Typed => ({ type: 0x8100, bytes: concat(be16(tci), be16(inner.type), inner.bytes) }));

export const ethernet = fc
  .record({
    src: octets(6),
    dst: octets(6),
    frame: fc.oneof({ weight: 8, arbitrary: tagged }, snap, taggedSnap),
    padding: fc.constantFrom(0, 0, 0, 6),
  })
  // Fewer than 4 trailing zero bytes cannot be taken for a checksum, more are padding.
  .map((p) =>
    concat(
      p.dst,
      p.src,
      be16(p.frame.type),
      p.frame.bytes,
      Array.from({ length: p.padding }, () => 0),
    ),
  );

/** An address of 6 bytes, and one that fills its field. */
const cookedAddress = fc.oneof({ weight: 4, arbitrary: fc.constant(6) }, fc.constant(8));
const sll = fc
  .record({ type: fc.integer({ min: 0, max: 4 }), size: cookedAddress, mac: octets(6), frame: tagged })
  .map((p) => concat(be16(p.type), [0, 1, 0, p.size], p.mac, [0, 0], be16(p.frame.type), p.frame.bytes));
const sll2 = fc
  .record({
    type: fc.integer({ min: 0, max: 4 }),
    mac: octets(6),
    ifindex: fc.integer({ min: 1, max: 999 }),
    frame: tagged,
  })
  .map((p) =>
    concat(be16(p.frame.type), [0, 0], be32(p.ifindex), [0, 1, p.type, 6], p.mac, [0, 0], p.frame.bytes),
  );

const raw = fc.oneof(ipv4, ipv6);
const nulls = fc.oneof(
  ipv4.map((bytes) => concat([2, 0, 0, 0], bytes)),
  fc.tuple(fc.constantFrom(24, 28, 30), ipv6).map(([family, bytes]) => concat([family, 0, 0, 0], bytes)),
);
const loops = fc.oneof(
  ipv4.map((bytes) => concat([0, 0, 0, 2], bytes)),
  fc.tuple(fc.constantFrom(24, 28, 30), ipv6).map(([family, bytes]) => concat([0, 0, 0, family], bytes)),
);

/** Link type → packets of it, whole. */
export const PACKETS: ReadonlyMap<number, fc.Arbitrary<Bytes>> = new Map([
  [1, ethernet],
  [113, sll],
  [276, sll2],
  [101, raw],
  [228, ipv4],
  [229, ipv6],
  [0, nulls],
  [108, loops],
]);

const drawn = (linkType: number, bytes: Bytes, keep: number): DrawnPacket => ({
  linkType,
  bytes: Uint8Array.from(bytes.slice(0, keep)),
  originalLength: bytes.length,
});

/** Packets of `linkType`, whole. */
export function whole(linkType: number, packets: fc.Arbitrary<Bytes>): fc.Arbitrary<DrawnPacket> {
  return packets.map((bytes) => drawn(linkType, bytes, bytes.length));
}

/** The same, cut anywhere as by a snap length. */
export function cut(linkType: number, packets: fc.Arbitrary<Bytes>): fc.Arbitrary<DrawnPacket> {
  return fc.tuple(packets, fc.nat()).map(([bytes, at]) => drawn(linkType, bytes, at % (bytes.length + 1)));
}

export interface DamagedPacket extends DrawnPacket {
  /** Offset of the byte that is not what it was. */
  readonly damagedAt: number;
}

/** The same, whole but for one byte. */
export function damaged(linkType: number, packets: fc.Arbitrary<Bytes>): fc.Arbitrary<DamagedPacket> {
  return fc.tuple(packets, fc.nat(), fc.integer({ min: 1, max: 255 })).map(([bytes, at, change]) => {
    const damagedAt = at % bytes.length;
    const changed = bytes.map((byte, i) => (i === damagedAt ? byte ^ change : byte));
    return { ...drawn(linkType, changed, changed.length), damagedAt };
  });
}

/** Whole packets of one link type. */
export function wholePackets(linkType: number): fc.Arbitrary<DrawnPacket> {
  return whole(linkType, PACKETS.get(linkType)!);
}
