/** Packets in packets, and headers with TLVs, drawn by fast-check: all in an Ethernet frame. Each kind by its name. */
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
import { ethernet, ipv4, ipv4Of, ipv6, ipv6Of, tcpWith, udpTo, upper } from './packets.ts';

const u24 = (n: number): Bytes => [(n >> 16) & 0xff, (n >> 8) & 0xff, n & 0xff];
const u24s = fc.integer({ min: 0, max: 0xffffff });

/** A packet and the EtherType that announces it. */
interface Typed {
  readonly type: number;
  readonly bytes: Bytes;
}
const typed = (type: number, of: fc.Arbitrary<Bytes>): fc.Arbitrary<Typed> =>
  of.map((bytes) => ({ type, bytes }));

const frame = (of: fc.Arbitrary<Typed>): fc.Arbitrary<Bytes> =>
  fc.tuple(octets(12), of).map(([macs, { type, bytes }]) => concat(macs, be16(type), bytes));
/** In IPv4 or IPv6. */
const inIp = (protocol: number, of: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> =>
  frame(fc.oneof(typed(0x0800, ipv4Of(upper(protocol, of))), typed(0x86dd, ipv6Of(upper(protocol, of)))));
const inUdp = (dport: number, of: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> => inIp(17, udpTo(dport, of));

/** A label stack: no reserved label above the bottom but the explicit nulls, which say what follows. */
const mpls = fc
  .record({
    above: fc.array(fc.record({ label: fc.integer({ min: 1000, max: 99_999 }), rest: u16s }), {
      maxLength: 3,
    }),
    inner: fc.oneof(
      ipv4.map((bytes) => ({ bytes, null: 0 })),
      ipv6.map((bytes) => ({ bytes, null: 2 })),
    ),
    explicit: fc.boolean(),
    label: fc.integer({ min: 1000, max: 99_999 }),
    exp: fc.integer({ min: 0, max: 7 }),
    ttl: u8s,
  })
  .map((p) =>
    concat(
      ...p.above.map(({ label, rest }) => be32(((label << 12) | ((rest & 7) << 9) | (rest >> 8)) >>> 0)),
      be32((((p.explicit ? p.inner.null : p.label) << 12) | (p.exp << 9) | 0x100 | p.ttl) >>> 0),
      p.inner.bytes,
    ),
  );

const nshTlvs = fc
  .array(
    fc
      .tuple(u16s, u8s, fc.integer({ min: 0, max: 9 }))
      .chain(([tlvClass, type, length]) =>
        octets(length).map((value) =>
          concat(be16(tlvClass), [type, length], value, zeros((4 - (length % 4)) % 4)),
        ),
      ),
    { maxLength: 3 },
  )
  .map((tlvs) => concat(...tlvs));
const nsh = fc
  .record({
    metadata: fc.oneof(
      octets(16).map((context) => ({ type: 1, bytes: context })),
      nshTlvs.map((tlvs) => ({ type: 2, bytes: tlvs })),
    ),
    inner: fc.oneof(
      ipv4.map((bytes) => ({ next: 1, bytes })),
      ipv6.map((bytes) => ({ next: 2, bytes })),
      ethernet.map((bytes) => ({ next: 3, bytes })),
      mpls.map((bytes) => ({ next: 5, bytes })),
    ),
    ttl: fc.integer({ min: 0, max: 63 }),
    flags: fc.integer({ min: 0, max: 3 }),
    spi: u24s,
    si: u8s,
  })
  .map((p) =>
    concat(
      be16((p.flags << 12) | (p.ttl << 6) | (2 + p.metadata.bytes.length / 4)),
      [p.metadata.type, p.inner.next],
      u24(p.spi),
      [p.si],
      p.metadata.bytes,
      p.inner.bytes,
    ),
  );

const vxlan = fc
  .tuple(fc.constantFrom(0x0800, 0x8800, 0x8848), u16s, u24s, ethernet)
  .map(([flags, gbp, vni, inner]) => concat(be16(flags), be16(gbp), u24(vni), [0], inner));

const vxlanGpe = fc
  .tuple(
    u24s,
    fc.oneof(
      ipv4.map((bytes) => ({ next: 1, bytes })),
      ipv6.map((bytes) => ({ next: 2, bytes })),
      ethernet.map((bytes) => ({ next: 3, bytes })),
      nsh.map((bytes) => ({ next: 4, bytes })),
      mpls.map((bytes) => ({ next: 5, bytes })),
    ),
  )
  .map(([vni, { next, bytes }]) => concat([0x0c, 0, 0, next], u24(vni), [0], bytes));

const encapsulated = fc.oneof(
  typed(0x6558, ethernet),
  typed(0x0800, ipv4),
  typed(0x86dd, ipv6),
  typed(0x8847, mpls),
  typed(0x894f, nsh),
);

/** Of classes that Wireshark has no dissector for: Cilium's, and those for experiments. */
const geneveOption = fc
  .tuple(fc.constantFrom(0x014b, 0xff00, 0xffff), u8s, fc.integer({ min: 0, max: 6 }))
  .chain(([optionClass, type, words]) =>
    octets(4 * words).map((data) => concat(be16(optionClass), [type, words], data)),
  );
const geneve = fc
  .record({
    options: fc.array(geneveOption, { maxLength: 4 }).map((options) => concat(...options)),
    flags: fc.constantFrom(0, 0x40, 0x80),
    vni: u24s,
    inner: encapsulated,
  })
  .map((p) =>
    concat([p.options.length / 4, p.flags], be16(p.inner.type), u24(p.vni), [0], p.options, p.inner.bytes),
  );

const greRoutes = fc
  .array(fc.array(address4, { minLength: 1, maxLength: 2 }), { maxLength: 2 })
  .map((routes) =>
    concat(...routes.map((hops) => concat(be16(0x0800), [0, 4 * hops.length], ...hops)), zeros(4)),
  );
const gre = fc
  .record({
    flags: fc.constantFrom(0, 0x8000, 0x2000, 0x1000, 0xb000, 0x3000, 0x4000, 0xf000),
    checksum: u16s,
    key: u32s,
    sequence: u32s,
    routes: greRoutes,
    inner: encapsulated,
  })
  .map((p) =>
    concat(
      be16(p.flags),
      be16(p.inner.type),
      (p.flags & 0xc000) === 0 ? [] : concat(be16(p.checksum), [0, 0]),
      (p.flags & 0x2000) === 0 ? [] : be32(p.key),
      (p.flags & 0x1000) === 0 ? [] : be32(p.sequence),
      (p.flags & 0x4000) === 0 ? [] : p.routes,
      p.inner.bytes,
    ),
  );
/** Version 1 (PPTP); what it carries is PPP, which is data here. */
const grePptp = fc
  .tuple(fc.constantFrom(0x2001, 0x3001, 0x3081, 0x2081), u16s, u32s, u32s)
  .map(([flags, call, sequence, ack]) =>
    concat(
      be16(flags),
      be16(0x880b),
      be16(0),
      be16(call),
      (flags & 0x1000) === 0 ? [] : be32(sequence),
      (flags & 0x80) === 0 ? [] : be32(ack),
    ),
  );

const proxyTlv = fc
  .tuple(fc.constantFrom(1, 2, 3, 4, 5, 0x30, 0xe0, 0xf0), fc.integer({ min: 1, max: 8 }))
  .chain(([type, length]) => octets(length).map((value) => concat([type, 0, length], value)));
/** Client, verify, and TLVs of their own, none of them text. */
const proxySsl = fc.tuple(octets(5), proxyTlv).map(([head, tlv]) => {
  const value = concat(head, tlv);
  return concat([0x20, 0, value.length], value);
});
const proxyAddresses = fc.oneof(
  octets(216).map((paths) => ({ family: 0x31, bytes: paths })),
  fc
    .tuple(fc.constantFrom(0x11, 0x12), address4, address4, u16s, u16s)
    .map(([family, src, dst, sport, dport]) => ({
      family,
      bytes: concat(src, dst, be16(sport), be16(dport)),
    })),
  fc
    .tuple(fc.constantFrom(0x21, 0x22), address6, address6, u16s, u16s)
    .map(([family, src, dst, sport, dport]) => ({
      family,
      bytes: concat(src, dst, be16(sport), be16(dport)),
    })),
);
const proxy = fc
  .tuple(
    proxyAddresses,
    fc.array(fc.oneof({ weight: 4, arbitrary: proxyTlv }, proxySsl), { maxLength: 5 }),
    fc.constantFrom(0x20, 0x21),
    body,
  )
  .map(([addresses, tlvs, command, payload]) => {
    const tail = concat(addresses.bytes, ...tlvs);
    return concat(
      [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a],
      [command, addresses.family],
      be16(tail.length),
      tail,
      payload,
    );
  });

const sctpChunk = fc
  .tuple(fc.constantFrom(11, 0x3e), u8s, fc.integer({ min: 0, max: 5 }))
  .chain(([type, flags, length]) =>
    octets(type === 11 ? 0 : length).map((value) =>
      concat([type, flags], be16(4 + value.length), value, zeros((4 - (value.length % 4)) % 4)),
    ),
  );
const sctp = fc
  .tuple(port, port, u32s, u32s, fc.array(sctpChunk, { minLength: 1, maxLength: 3 }))
  .map(([sport, dport, tag, checksum, chunks]) =>
    concat(be16(sport), be16(dport), be32(tag), be32(checksum), ...chunks),
  );

const igmp = fc.oneof(
  fc
    .tuple(fc.constantFrom(0x16, 0x17), u8s, u16s, address4)
    .map(([type, time, checksum, group]) => concat([type, time], be16(checksum), group)),
  u16s.map((checksum) => concat([0x22, 0], be16(checksum), [0, 0, 0, 0])),
);

/** GUE, which tshark does not know: variant 0 with optional fields, and variant 1, which is the packet itself. */
const gueInner = fc.oneof(
  ipv4.map((bytes) => ({ protocol: 4, bytes })),
  ipv6.map((bytes) => ({ protocol: 41, bytes })),
);
export const gueHeaders = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 3 }), u16s, u32s, gueInner).map(([words, flags, fields, inner]) => ({
    header: concat(
      [words, inner.protocol],
      be16(flags),
      ...Array.from({ length: words }, () => be32(fields)),
    ),
    inner: inner.bytes,
  })),
  gueInner.map((inner) => ({ header: [] as Bytes, inner: inner.bytes })),
);

/** By the name of what is in them; whole, and as tshark dissects them. */
export const TUNNEL_PACKETS: ReadonlyMap<string, fc.Arbitrary<Bytes>> = new Map([
  ['VXLAN', inUdp(4789, vxlan)],
  ["VXLAN on Linux's port", inUdp(8472, vxlan)],
  ['VXLAN-GPE', inUdp(4790, vxlanGpe)],
  ['Geneve', inUdp(6081, geneve)],
  ['GRE', inIp(47, fc.oneof({ weight: 4, arbitrary: gre }, grePptp))],
  ['MPLS', fc.oneof(frame(typed(0x8847, mpls)), inUdp(6635, mpls), inIp(137, mpls))],
  ['NSH', frame(typed(0x894f, nsh))],
  ['IP in IP', fc.oneof(inIp(4, ipv4), inIp(41, ipv6), inIp(143, ethernet))],
  ['PROXY', fc.oneof(inIp(6, tcpWith(proxy, fc.constant(0x18))), inUdp(61_000, proxy))],
  ['SCTP, IGMP and ESP', fc.oneof(inIp(132, sctp), inIp(2, igmp), inIp(50, octets(24)))],
]);
