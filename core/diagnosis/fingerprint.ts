/**
 * What stays the same about a packet on its way through hosts: enough of it to know it again where the
 * kernel gave it a new sk_buff. Addresses, ports, IP id, TCP sequence and acknowledgement numbers, ICMP id
 * and sequence, UDP length, the first bytes of payload; not TTL, DSCP, MAC addresses or checksums, which
 * routers and offloads change (a UDP checksum is filled in only by the last device that can). And the
 * same of the packet inside of VXLAN, GENEVE, GRE and IP-in-IP.
 *
 * A fingerprint is two numbers of 32 bits; 0 = none, because the headers are cut off or not known.
 */
import { ARP_FIXED_BYTES, IPPROTO, IPV6_HEADER_BYTES, LINKTYPE, u16, u32 } from '#core/dissect/constants.ts';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { PROTOCOL, type FlowFields } from '#core/dissect/types.ts';

/** Words of a print. */
export const PRINT = {
  /** Protocol, addresses and ports. */
  flow: 0,
  /** What tells the packets of a flow apart. */
  packet: 1,
  innerFlow: 2,
  innerPacket: 3,
  /** TCP: sequence number, and bytes of payload as on the wire, without padding. 0 otherwise. */
  sequence: 4,
  payload: 5,
  /** TCP: bytes of the packet from its first to the end of that payload. 0 otherwise. */
  length: 6,
} as const;
export const PRINT_SHIFT = 3;
export const PRINT_WORDS = 1 << PRINT_SHIFT;

/** Of the payload; all of them must have been captured. */
const PAYLOAD_BYTES = 16;
const VXLAN_PORTS: readonly number[] = [4789, 8472];
const IPPROTO_GRE = 47;
const GENEVE_PORT = 6081;
const VXLAN_BYTES = 8;
const TRANSPARENT_ETHERNET = 0x6558;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** RFC 2784, 2890: checksum, key and sequence number are there when their bits are set, 4 bytes each. */
const GRE_OPTIONS: readonly number[] = [0x8000, 0x2000, 0x1000];

const inner = createFlowFields();

/**
 * Prints the packet buf[start .. start + length) of which `flow` is the dissection into words
 * out[at .. at + PRINT_WORDS), all of which are set. `wireLength` is its length before capture. Never throws.
 */
export function fingerprint(
  buf: Uint8Array,
  start: number,
  length: number,
  wireLength: number,
  flow: FlowFields,
  out: Uint32Array,
  at: number,
): void {
  const end = Math.min(start + length, buf.length);
  out[at + PRINT.flow] = flowHash(buf, flow, end);
  out[at + PRINT.packet] = out[at + PRINT.flow] === 0 ? 0 : packetHash(buf, flow, end, start + wireLength);
  out[at + PRINT.innerFlow] = 0;
  out[at + PRINT.innerPacket] = 0;
  const tcp = flow.protocol === PROTOCOL.tcp && flow.transportOffset + 8 <= end;
  out[at + PRINT.sequence] = tcp ? u32(buf, flow.transportOffset + 4) : 0;
  const ends = tcp && flow.payloadOffset >= 0 ? packetEnd(buf, flow, start + wireLength) : 0;
  out[at + PRINT.payload] = Math.max(0, ends - flow.payloadOffset);
  out[at + PRINT.length] = Math.max(0, ends - start);
  if (!dissectInner(buf, flow, end)) return;
  out[at + PRINT.innerFlow] = flowHash(buf, inner, end);
  out[at + PRINT.innerPacket] =
    out[at + PRINT.innerFlow] === 0 ? 0 : packetHash(buf, inner, end, start + wireLength);
}

/**
 * Where an IP packet ends whose frame ends at `wireEnd`: Ethernet pads short ones, and padding is no payload. A stated
 * length of 0 is segmentation offload.
 */
function packetEnd(buf: Uint8Array, flow: FlowFields, wireEnd: number): number {
  const net = flow.networkOffset;
  const stated = u16(buf, flow.family === 4 ? net + 2 : net + 4);
  if (stated === 0) return wireEnd;
  return Math.min(wireEnd, flow.family === 4 ? net + stated : net + IPV6_HEADER_BYTES + stated);
}

/** Dissects the packet that a tunnel carries into `inner`; false when this is no tunnel that is known. */
function dissectInner(buf: Uint8Array, flow: FlowFields, end: number): boolean {
  const { payloadOffset, transportOffset, networkOffset } = flow;
  if (flow.protocol === PROTOCOL.udp && payloadOffset >= 0 && payloadOffset + VXLAN_BYTES <= end) {
    if (VXLAN_PORTS.includes(flow.dstPort)) return inside(buf, payloadOffset + VXLAN_BYTES, end, true);
    if (flow.dstPort !== GENEVE_PORT) return false;
    const options = (buf[payloadOffset]! & 0x3f) << 2;
    return insideOf(buf, u16(buf, payloadOffset + 2), payloadOffset + VXLAN_BYTES + options, end);
  }
  if (transportOffset >= 0 || networkOffset < 0 || flow.family === 0) return false;
  const at = flow.family === 4 ? networkOffset + ((buf[networkOffset]! & 0xf) << 2) : networkOffset + 40;
  if (at + 4 > end) return false;
  switch (flow.ipProtocol) {
    case IPPROTO.ipv4:
    case IPPROTO.ipv6:
      return inside(buf, at, end, false);
    case IPPROTO_GRE: {
      const bits = u16(buf, at);
      const options = GRE_OPTIONS.reduce((bytes, bit) => bytes + ((bits & bit) === 0 ? 0 : 4), 0);
      return insideOf(buf, u16(buf, at + 2), at + 4 + options, end);
    }
    default:
      return false;
  }
}

function insideOf(buf: Uint8Array, etherType: number, at: number, end: number): boolean {
  if (etherType === TRANSPARENT_ETHERNET) return inside(buf, at, end, true);
  return (etherType === ETHERTYPE_IPV4 || etherType === ETHERTYPE_IPV6) && inside(buf, at, end, false);
}

function inside(buf: Uint8Array, at: number, end: number, ethernet: boolean): boolean {
  if (at >= end) return false;
  dissectFlow(buf, at, end - at, ethernet ? LINKTYPE.ethernet : LINKTYPE.raw, inner);
  return true;
}

function flowHash(buf: Uint8Array, flow: FlowFields, end: number): number {
  if (flow.family === 0 || flow.srcOffset < 0) return 0;
  const bytes = flow.family === 4 ? 4 : 16;
  if (flow.srcOffset + bytes > end || flow.dstOffset + bytes > end) return 0;
  let h = mix(flow.family, flow.protocol === PROTOCOL.arp ? PROTOCOL.arp : flow.ipProtocol);
  for (let i = 0; i < bytes; i += 4) {
    h = mix(h, u32(buf, flow.srcOffset + i));
    h = mix(h, u32(buf, flow.dstOffset + i));
  }
  if (flow.srcPort >= 0) h = mix(h, (flow.srcPort << 16) | flow.dstPort);
  return finish(h);
}

/** `wireEnd`: where the packet would end had it been captured whole. */
function packetHash(buf: Uint8Array, flow: FlowFields, end: number, wireEnd: number): number {
  const { networkOffset: net, transportOffset: l4 } = flow;
  if (flow.protocol === PROTOCOL.arp) {
    return net + ARP_FIXED_BYTES > end ? 0 : finish(mix(1, u16(buf, net + 6)));
  }
  // IPv4 id and fragment offset; IPv6 has none, and its flow label is the same for all packets of a flow.
  let h = flow.family === 4 ? mix(mix(4, u16(buf, net + 4)), u16(buf, net + 6) & 0x1fff) : 6;
  if (l4 < 0) return finish(mix(h, flow.family === 4 ? u16(buf, net + 2) : u16(buf, net + 4)));
  switch (flow.ipProtocol) {
    case IPPROTO.tcp:
      if (l4 + 14 > end) return 0;
      h = mix(mix(h, u32(buf, l4 + 4)), u32(buf, l4 + 8));
      return finish(mix(h, buf[l4 + 13]!));
    case IPPROTO.udp: {
      if (l4 + 8 > end) return 0;
      const length = u16(buf, l4 + 4);
      return payloadHash(buf, mix(h, length), l4 + 8, end, Math.min(wireEnd, l4 + Math.max(8, length)));
    }
    default:
      // ICMP: type, code, and behind the checksum id and sequence number.
      if (l4 + 8 > end) return 0;
      return payloadHash(buf, mix(mix(h, u16(buf, l4)), u32(buf, l4 + 4)), l4 + 8, end, wireEnd);
  }
}

function payloadHash(buf: Uint8Array, h: number, at: number, end: number, wireEnd: number): number {
  const stop = Math.min(at + PAYLOAD_BYTES, wireEnd);
  if (stop > end) return 0;
  let i = at;
  for (; i + 4 <= stop; i += 4) h = mix(h, u32(buf, i));
  for (; i < stop; i++) h = mix(h, buf[i]!);
  return finish(h);
}

/** A step of MurmurHash3 (public domain, Austin Appleby). */
function mix(h: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  h ^= Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** 1 to 2^32 - 1. */
function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0 || 1;
}
