/** Options of IPv4, IPv6 and TCP as drawn packets carry them: areas of whole words, every option well formed. */
import fc from 'fast-check';
import {
  address4,
  address6,
  be16,
  be32,
  concat,
  octets,
  u16s,
  u32s,
  u8s,
  zeros,
  type Bytes,
} from './bytes.ts';

/** Of two in one packet, tshark gives up on the connection that it makes up from them. */
const MPTCP = 30;

/** Kind, length of the whole option, value. */
const inclusive = (kind: number, value: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> =>
  value.map((bytes) => concat([kind, bytes.length + 2], bytes));
const anyOf = (...lengths: number[]): fc.Arbitrary<Bytes> => fc.constantFrom(...lengths).chain(octets);

/** The low half of the first byte is version or flags, the high half the subtype. */
const mptcp = (subtype: number, rest: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> =>
  inclusive(
    MPTCP,
    rest.map(([first = 0, ...others]) => concat([(subtype << 4) | (first & 0xf)], others)),
  );
const dss = fc.record({ flags: fc.integer({ min: 0, max: 31 }), checksum: fc.boolean() }).chain((p) => {
  const ack = (p.flags & 1) === 0 ? 0 : (p.flags & 2) === 0 ? 4 : 8;
  const map = (p.flags & 4) === 0 ? 0 : ((p.flags & 8) === 0 ? 4 : 8) + 6 + (p.checksum ? 2 : 0);
  return octets(ack + map).map((rest) => concat([0x20, p.flags], rest));
});
const mptcpOption = fc.oneof(
  mptcp(
    0,
    octets(10).map((b) => concat([1, ...b.slice(1)])),
  ),
  mptcp(
    0,
    octets(18).map((b) => concat([1, ...b.slice(1)])),
  ),
  mptcp(1, octets(10)),
  mptcp(1, octets(14)),
  mptcp(1, octets(22)),
  { weight: 4, arbitrary: inclusive(MPTCP, dss) },
  mptcp(
    3,
    anyOf(14, 16).map((b) => [0, ...b.slice(1)]),
  ),
  mptcp(
    3,
    anyOf(6, 8).map((b) => [1, ...b.slice(1)]),
  ),
  mptcp(
    3,
    anyOf(26, 28).map((b) => [0, ...b.slice(1)]),
  ),
  mptcp(8, octets(2)),
  mptcp(4, anyOf(2, 3, 5)),
  mptcp(5, anyOf(1, 2)),
  mptcp(6, octets(10)),
  mptcp(7, octets(10)),
);

const tcpOption = fc.oneof(
  fc.constant<Bytes>([1]),
  inclusive(2, octets(2)),
  inclusive(
    3,
    fc.integer({ min: 0, max: 14 }).map((shift) => [shift]),
  ),
  inclusive(4, octets(0)),
  inclusive(5, anyOf(8, 16, 24)),
  inclusive(6, octets(4)),
  inclusive(8, octets(8)),
  inclusive(19, octets(16)),
  inclusive(28, octets(2)),
  inclusive(29, anyOf(14, 18)),
  inclusive(34, anyOf(4, 8, 16)),
  inclusive(172, anyOf(3, 6, 9)),
  inclusive(174, anyOf(3, 6, 9)),
  // Katran's, which Wireshark does not know.
  inclusive(183, octets(4)),
  inclusive(253, octets(8)),
  inclusive(254, octets(4)),
  inclusive(
    254,
    octets(8).map((cookie) => concat([0xf9, 0x89], cookie)),
  ),
  { weight: 6, arbitrary: mptcpOption },
);

/** What fits into `room` bytes, filled up to whole words. */
function area(options: readonly Bytes[], room: number, filler: (missing: number) => Bytes): Bytes {
  const kept: Bytes[] = [];
  let left = room;
  for (const option of options) {
    const second = option[0] === MPTCP && kept.some(([kind]) => kind === MPTCP);
    if (option.length > left || second) continue;
    kept.push(option);
    left -= option.length;
  }
  const bytes = concat(...kept);
  return concat(bytes, filler((4 - (bytes.length % 4)) % 4));
}

const NOPS = (missing: number): Bytes => Array.from({ length: missing }, () => 1);
/**
 * An end-of-options byte is the last one: tshark goes on reading behind it where RFC 791 and 9293 say that
 * padding follows.
 */
const NOPS_AND_END = (missing: number): Bytes => NOPS(missing).map((nop, i) => (i === missing - 1 ? 0 : nop));

const filled = (option: fc.Arbitrary<Bytes>, most: number): fc.Arbitrary<Bytes> =>
  fc
    .tuple(fc.array(option, { maxLength: most }), fc.constantFrom(NOPS, NOPS_AND_END))
    .map(([options, filler]) => area(options, 40, filler));

const none = fc.constant<Bytes>([]);
export const tcpOptions = fc.oneof(none, filled(tcpOption, 4));

const route = (kind: number): fc.Arbitrary<Bytes> =>
  fc
    .tuple(fc.array(address4, { minLength: 1, maxLength: 3 }), fc.nat(3))
    .map(([hops, at]) => concat([kind, 3 + 4 * hops.length, 4 + 4 * Math.min(at, hops.length)], ...hops));
const timestamps = fc.oneof(
  fc.array(u32s, { minLength: 1, maxLength: 3 }).map((times) => concat([5, 0], ...times.map(be32))),
  fc
    .array(fc.tuple(address4, u32s), { minLength: 1, maxLength: 2 })
    .map((stamps) => concat([5, 1], ...stamps.map(([hop, time]) => concat(hop, be32(time))))),
);
/**
 * Those that have fields in tshark, and one that it does not know. No source routes: tshark takes their last address
 * for ip.dst, where the tree shows the header's.
 */
const ipv4Option = fc.oneof(
  fc.constant<Bytes>([1]),
  inclusive(0x94, fc.constant<Bytes>([0, 0])),
  inclusive(0x88, octets(2)),
  inclusive(11, octets(2)),
  inclusive(12, octets(2)),
  inclusive(0x44, timestamps),
  route(7),
  // Cilium's service address, of which tshark shows nothing.
  inclusive(0x9a, octets(6)),
);
export const ipv4Options = fc.oneof({ weight: 2, arbitrary: none }, filled(ipv4Option, 3));

/** Type, length of the value, value. */
const exclusive = (type: number, value: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> =>
  value.map((bytes) => concat([type, bytes.length], bytes));

const calipso = fc
  .tuple(u32s, fc.integer({ min: 0, max: 2 }), u8s, u16s)
  .chain(([domain, words, level, checksum]) =>
    octets(4 * words).map((bitmap) => concat(be32(domain), [words, level], be16(checksum), bitmap)),
  );

/** Bytes of the data that bit n of the trace type asks for. */
const IOAM_BIT_BYTES = [4, 4, 4, 4, 4, 4, 4, 4, 8, 8, 8, 4, 4, 4];
/** A trace of bits 0 to 13 (RFC 9197 4.4.2), with what nodes wrote and what is free. */
const ioam = fc
  .record({
    bits: fc.uniqueArray(fc.integer({ min: 0, max: 13 }), { minLength: 1, maxLength: 4 }),
    namespace: u16s,
    nodes: fc.integer({ min: 0, max: 2 }),
    free: fc.integer({ min: 0, max: 2 }),
    flags: fc.integer({ min: 0, max: 15 }),
    opaque: fc.boolean(),
  })
  .chain((p) => {
    const bits = p.bits.reduce((all, bit) => all | (1 << (23 - bit)), 0);
    const size = p.bits.reduce((sum, bit) => sum + IOAM_BIT_BYTES[bit]!, 0);
    const words = size / 4;
    const tail = p.opaque ? fc.tuple(fc.integer({ min: 0, max: 2 }), octets(3)) : fc.constant(null);
    const node = fc
      .tuple(octets(size), tail)
      .chain(([data, opaque]) =>
        opaque === null
          ? fc.constant(data)
          : octets(4 * opaque[0]).map((state) => concat(data, [opaque[0]], opaque[1], state)),
      );
    return fc.array(node, { minLength: p.nodes, maxLength: p.nodes }).map((nodes) => {
      const type = bits | (p.opaque ? 2 : 0);
      const head = (words << 11) | (p.flags << 7) | (p.free * words);
      return concat(
        [0, 0],
        be16(p.namespace),
        be16(head),
        [(type >> 16) & 0xff, (type >> 8) & 0xff, type & 0xff, 0],
        zeros(4 * p.free * words),
        ...nodes,
      );
    });
  })
  .filter((bytes) => bytes.length <= 200);

const ipv6Option = fc.oneof(
  fc.constant<Bytes>([0]),
  exclusive(1, anyOf(0, 1, 4)),
  exclusive(4, octets(1)),
  exclusive(5, octets(2)),
  exclusive(7, calipso),
  exclusive(0x30, octets(4)),
  exclusive(0xc2, octets(4)),
  exclusive(0x31, ioam),
  exclusive(0xc9, address6),
  exclusive(0x1e, octets(3)),
  // Cilium's service address, which tshark does not know.
  exclusive(0x1b, octets(6)),
);

/**
 * Behind next header and length, up to a multiple of 8 bytes. tshark calls a Pad1 in the last byte of a packet
 * malformed, so PadN is the last option here.
 */
export const ipv6OptionArea = fc.array(ipv6Option, { maxLength: 4 }).map((options) => {
  const bytes = concat(...options);
  const missing = (8 - ((bytes.length + 2 + 2) % 8)) % 8;
  return concat(bytes, [1, missing], zeros(missing));
});
