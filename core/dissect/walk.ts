/**
 * From header to header of one packet, through tags, extension headers and tunnels, to the payload: the one place
 * that knows what follows what. Nothing is allocated; the tree prints what is passed, an anchor looks for one header.
 *
 * Sources, beside those of `flow.ts`: RFC 7348 (VXLAN), draft-ietf-nvo3-vxlan-gpe, 8926 (Geneve), 2784, 2890 and 2637
 * (GRE), 3032, 4023 and 7510 (MPLS), draft-ietf-intarea-gue, 8300 (NSH), 8986 (SRv6), haproxy doc/proxy-protocol.txt.
 */
import {
  ESP_HEADER_BYTES,
  ETHERNET_BYTES,
  ETHERTYPE,
  ICMP_HEADER_BYTES,
  IPPROTO,
  IPV4_FRAGMENT_OFFSET,
  IPV4_MIN_BYTES,
  IPV6_FRAGMENT_OFFSET,
  IPV6_HEADER_BYTES,
  LINKTYPE,
  LLC_SNAP_BYTES,
  MAX_HEADERS,
  MAX_LENGTH_8023,
  MPLS_ENTRY_BYTES,
  NEXT_PROTOCOL,
  NULL_BYTES,
  PROXY_SIGNATURE,
  SLL2_BYTES,
  SLL_BYTES,
  u16,
  u32,
  UDP_HEADER_BYTES,
  UDP_PORT,
  VLAN_BYTES,
  VXLAN_BYTES,
} from './constants.ts';
import { isExtension, isSnap, isVlan, nullFamily } from './flow.ts';
import {
  arpBytes,
  extensionHeaderBytes,
  geneveBytes,
  greBytes,
  gueBytes,
  ipv4Bytes,
  nshBytes,
  proxyBytes,
  sctpBytes,
  tcpBytes,
} from './header-size.ts';

export const HEADER = {
  /** Nothing more: the packet ends, or the header before is cut off. */
  none: 0,
  /** Bytes that no header claims. */
  data: 1,
  ethernet: 2,
  linuxSll: 3,
  linuxSll2: 4,
  nullLoop: 5,
  vlan: 6,
  llc: 7,
  arp: 8,
  ipv4: 9,
  ipv6: 10,
  /** IPv6 extension header or AH. */
  extension: 11,
  tcp: 12,
  udp: 13,
  icmp: 14,
  icmpv6: 15,
  igmp: 16,
  sctp: 17,
  esp: 18,
  gre: 19,
  vxlan: 20,
  vxlanGpe: 21,
  geneve: 22,
  gue: 23,
  mpls: 24,
  nsh: 25,
  proxy: 26,
} as const;
export type HeaderKind = (typeof HEADER)[keyof typeof HEADER];

/** Where a walk is: at a header, whose bytes are buf[at .. end) at most. ONE object reused for all packets. */
export interface HeaderWalk {
  kind: HeaderKind;
  /** The EtherType that announced a tag, the protocol number of an extension header; else 0. */
  number: number;
  at: number;
  /** By the lengths that the headers outside say, never behind the packet's bytes. */
  end: number;
  /** Headers so far, this one included. */
  count: number;
}

export function createWalk(): HeaderWalk {
  return { kind: HEADER.none, number: 0, at: 0, end: 0, count: 0 };
}

/** Sets `walk` at the first header of the packet buf[start .. start+length), clipped to the buffer; `linkType` is pcap's. */
export function startWalk(
  walk: HeaderWalk,
  buf: Uint8Array,
  start: number,
  length: number,
  linkType: number,
): void {
  const end = Math.min(start + length, buf.length);
  walk.count = 0;
  switch (linkType) {
    case LINKTYPE.ethernet:
      return found(walk, HEADER.ethernet, start, end);
    case LINKTYPE.raw:
    case LINKTYPE.raw12:
    case LINKTYPE.raw14:
      return byVersion(walk, buf, start, end);
    case LINKTYPE.ipv4:
      return found(walk, HEADER.ipv4, start, end);
    case LINKTYPE.ipv6:
      return found(walk, HEADER.ipv6, start, end);
    case LINKTYPE.linuxSll:
      return found(walk, HEADER.linuxSll, start, end);
    case LINKTYPE.linuxSll2:
      return found(walk, HEADER.linuxSll2, start, end);
    case LINKTYPE.null:
    case LINKTYPE.loop:
      return found(walk, HEADER.nullLoop, start, end);
    default:
      return found(walk, HEADER.data, start, end);
  }
}

/** Length in bytes of the header that `walk` is at, by what it says; -1 = cut off before it says so. */
export function headerBytes({ kind, number, at, end }: HeaderWalk, buf: Uint8Array): number {
  switch (kind) {
    case HEADER.none:
      return 0;
    case HEADER.data:
      return Math.max(0, end - at);
    case HEADER.ethernet:
      return ETHERNET_BYTES;
    case HEADER.linuxSll:
      return SLL_BYTES;
    case HEADER.linuxSll2:
      return SLL2_BYTES;
    case HEADER.nullLoop:
      return NULL_BYTES;
    case HEADER.mpls:
      return MPLS_ENTRY_BYTES;
    case HEADER.vlan:
      return VLAN_BYTES;
    case HEADER.llc:
      return isSnap(buf, at, end) ? LLC_SNAP_BYTES : 2;
    case HEADER.arp:
      return arpBytes(buf, at, end);
    case HEADER.ipv4:
      return ipv4Bytes(buf, at, end);
    case HEADER.ipv6:
      return IPV6_HEADER_BYTES;
    case HEADER.extension:
      return extensionHeaderBytes(buf, number, at, end);
    case HEADER.tcp:
      return tcpBytes(buf, at, end);
    case HEADER.udp:
      return UDP_HEADER_BYTES;
    case HEADER.esp:
      return ESP_HEADER_BYTES;
    case HEADER.icmp:
    case HEADER.igmp:
      return ICMP_HEADER_BYTES;
    case HEADER.icmpv6:
      return at < end && (buf[at] === 135 || buf[at] === 136) ? ICMP_HEADER_BYTES + 16 : ICMP_HEADER_BYTES;
    case HEADER.sctp:
      return sctpBytes(buf, at, end);
    case HEADER.gre:
      return greBytes(buf, at, end);
    case HEADER.vxlan:
    case HEADER.vxlanGpe:
      return VXLAN_BYTES;
    case HEADER.geneve:
      return geneveBytes(buf, at, end);
    case HEADER.gue:
      return gueBytes(buf, at, end);
    case HEADER.nsh:
      return nshBytes(buf, at, end);
    case HEADER.proxy:
      return proxyBytes(buf, at, end);
  }
}

/**
 * Moves `walk` on to what follows its header: HEADER.none when nothing does or the header is cut off, HEADER.data at
 * bytes that no header claims, and also MAX_HEADERS headers deep.
 */
export function nextHeader(walk: HeaderWalk, buf: Uint8Array): void {
  const { kind, number, at, end } = walk;
  const size = headerBytes(walk, buf);
  // A broken IPv4 header: its first byte is what is known of it.
  if (kind === HEADER.ipv4 && size >= 0 && size < IPV4_MIN_BYTES)
    return found(walk, HEADER.data, at + 1, end);
  const from = at + size;
  if (size < 0 || from > end) return found(walk, HEADER.none, end, end);
  switch (kind) {
    case HEADER.none:
    case HEADER.data:
    case HEADER.arp:
    case HEADER.sctp:
      return found(walk, HEADER.none, from, end);
    case HEADER.igmp:
    case HEADER.esp:
    case HEADER.proxy:
      return found(walk, HEADER.data, from, end);
    case HEADER.ethernet:
    case HEADER.linuxSll:
      return byEtherType(walk, u16(buf, from - 2), from, end);
    case HEADER.linuxSll2:
      return byEtherType(walk, u16(buf, at), from, end);
    case HEADER.nullLoop: {
      const family = nullFamily(buf, at);
      return found(walk, family === 0 ? HEADER.data : family === 4 ? HEADER.ipv4 : HEADER.ipv6, from, end);
    }
    case HEADER.vlan:
      return byEtherType(walk, u16(buf, at + 2), from, end);
    case HEADER.llc:
      if (size < LLC_SNAP_BYTES) return found(walk, HEADER.data, from, end);
      return byEtherType(walk, u16(buf, at + 6), from, end);
    case HEADER.ipv4:
      return behindIpv4(walk, buf, from);
    case HEADER.ipv6: {
      // 0 = jumbogram or segmentation offload: the length is not in this header.
      const payload = u16(buf, at + 4);
      return byProtocol(walk, buf[at + 6]!, from, payload === 0 ? end : Math.min(end, from + payload));
    }
    case HEADER.extension: {
      const later = number === IPPROTO.fragment && (u16(buf, at + 2) & IPV6_FRAGMENT_OFFSET) !== 0;
      return later ? found(walk, HEADER.data, from, end) : byProtocol(walk, buf[at]!, from, end);
    }
    case HEADER.tcp:
      return found(walk, isProxy(buf, from, end) ? HEADER.proxy : HEADER.data, from, end);
    case HEADER.udp:
      return behindUdp(walk, buf, from);
    case HEADER.icmp:
      return found(walk, ICMP_ERRORS.includes(buf[at]!) ? HEADER.ipv4 : HEADER.data, from, end);
    case HEADER.icmpv6:
      // Types below 128 are errors (RFC 4443 2.1); four of them are defined.
      return found(walk, buf[at]! >= 1 && buf[at]! <= 4 ? HEADER.ipv6 : HEADER.data, from, end);
    case HEADER.gre: {
      const type = u16(buf, at + 2);
      if (type <= MAX_LENGTH_8023) return found(walk, HEADER.data, from, end);
      return byEtherType(walk, type, from, end);
    }
    case HEADER.vxlan:
      return found(walk, HEADER.ethernet, from, end);
    case HEADER.vxlanGpe:
    case HEADER.nsh:
      return byNextProtocol(walk, buf[at + 3]!, from, end);
    case HEADER.geneve: {
      const type = u16(buf, at + 2);
      if (buf[at]! >>> 6 !== 0 || type <= MAX_LENGTH_8023) return found(walk, HEADER.data, from, end);
      return byEtherType(walk, type, from, end);
    }
    case HEADER.gue:
      if ((buf[at]! & GUE_CONTROL) !== 0) return found(walk, HEADER.data, from, end);
      return byProtocol(walk, buf[at + 1]!, from, end);
    case HEADER.mpls:
      return behindMpls(walk, buf, from);
  }
}

/** Errors quote the packet they are about (RFC 792): unreachable, quench, redirect, time exceeded, parameter problem. */
const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12];
/** In the first byte of GUE: a control message, of which nothing is known. */
const GUE_CONTROL = 0x20;

function found(walk: HeaderWalk, kind: HeaderKind, at: number, end: number, number = 0): void {
  walk.count++;
  walk.kind = walk.count > MAX_HEADERS && kind !== HEADER.none ? HEADER.data : kind;
  walk.number = number;
  walk.at = at;
  walk.end = end;
}

function byEtherType(walk: HeaderWalk, type: number, at: number, end: number): void {
  if (type <= MAX_LENGTH_8023) return found(walk, HEADER.llc, at, Math.min(end, at + type));
  if (isVlan(type)) return found(walk, HEADER.vlan, at, end, type);
  switch (type) {
    case ETHERTYPE.ipv4:
      return found(walk, HEADER.ipv4, at, end);
    case ETHERTYPE.ipv6:
      return found(walk, HEADER.ipv6, at, end);
    case ETHERTYPE.arp:
      return found(walk, HEADER.arp, at, end);
    case ETHERTYPE.teb:
      return found(walk, HEADER.ethernet, at, end);
    case ETHERTYPE.mpls:
    case ETHERTYPE.mplsMulticast:
      return found(walk, HEADER.mpls, at, end);
    case ETHERTYPE.nsh:
      return found(walk, HEADER.nsh, at, end);
    default:
      return found(walk, HEADER.data, at, end);
  }
}

function byProtocol(walk: HeaderWalk, protocol: number, at: number, end: number): void {
  if (isExtension(protocol)) return found(walk, HEADER.extension, at, end, protocol);
  switch (protocol) {
    case IPPROTO.tcp:
      return found(walk, HEADER.tcp, at, end);
    case IPPROTO.udp:
      return found(walk, HEADER.udp, at, end);
    case IPPROTO.icmp:
      return found(walk, HEADER.icmp, at, end);
    case IPPROTO.icmpv6:
      return found(walk, HEADER.icmpv6, at, end);
    case IPPROTO.igmp:
      return found(walk, HEADER.igmp, at, end);
    case IPPROTO.sctp:
      return found(walk, HEADER.sctp, at, end);
    case IPPROTO.esp:
      return found(walk, HEADER.esp, at, end);
    case IPPROTO.gre:
      return found(walk, HEADER.gre, at, end);
    case IPPROTO.ipv4:
      return found(walk, HEADER.ipv4, at, end);
    case IPPROTO.ipv6:
      return found(walk, HEADER.ipv6, at, end);
    case IPPROTO.mpls:
      return found(walk, HEADER.mpls, at, end);
    case IPPROTO.ethernet:
      return found(walk, HEADER.ethernet, at, end);
    default:
      return found(walk, HEADER.data, at, end);
  }
}

function byNextProtocol(walk: HeaderWalk, number: number, at: number, end: number): void {
  switch (number) {
    case NEXT_PROTOCOL.ipv4:
      return found(walk, HEADER.ipv4, at, end);
    case NEXT_PROTOCOL.ipv6:
      return found(walk, HEADER.ipv6, at, end);
    case NEXT_PROTOCOL.ethernet:
      return found(walk, HEADER.ethernet, at, end);
    case NEXT_PROTOCOL.nsh:
      return found(walk, HEADER.nsh, at, end);
    case NEXT_PROTOCOL.mpls:
      return found(walk, HEADER.mpls, at, end);
    default:
      return found(walk, HEADER.data, at, end);
  }
}

/** IPv4 or IPv6 by the first four bits, as behind MPLS and in raw captures. */
function byVersion(walk: HeaderWalk, buf: Uint8Array, at: number, end: number): void {
  const version = at < end ? buf[at]! >>> 4 : 0;
  const kind = version === 4 ? HEADER.ipv4 : version === 6 ? HEADER.ipv6 : HEADER.data;
  return found(walk, kind, at, end);
}

/** By the total length (0 = segmentation offload); behind a later fragment nothing is known. */
function behindIpv4(walk: HeaderWalk, buf: Uint8Array, from: number): void {
  const { at, end } = walk;
  const total = u16(buf, at + 2);
  if (total !== 0 && at + total < from) return found(walk, HEADER.data, from, end);
  const until = total === 0 ? end : Math.min(end, at + total);
  if ((u16(buf, at + 6) & IPV4_FRAGMENT_OFFSET) !== 0) return found(walk, HEADER.data, from, until);
  return byProtocol(walk, buf[at + 9]!, from, until);
}

/** Tunnels are known by the destination port alone: the source port of a tunnel is a hash of the inner flow. */
function behindUdp(walk: HeaderWalk, buf: Uint8Array, from: number): void {
  const { at } = walk;
  const stated = u16(buf, at + 4);
  if (stated !== 0 && stated < UDP_HEADER_BYTES) return found(walk, HEADER.data, from, walk.end);
  const end = stated === 0 ? walk.end : Math.min(walk.end, at + stated);
  switch (u16(buf, at + 2)) {
    case UDP_PORT.vxlan:
    case UDP_PORT.vxlanLinux:
      return found(walk, HEADER.vxlan, from, end);
    case UDP_PORT.vxlanGpe:
      return found(walk, HEADER.vxlanGpe, from, end);
    case UDP_PORT.geneve:
      return found(walk, HEADER.geneve, from, end);
    case UDP_PORT.mpls:
      return found(walk, HEADER.mpls, from, end);
    case UDP_PORT.gue:
      // Variant 1 has no header: the first four bits are those of the IP packet itself.
      if (from >= end || buf[from]! >>> 6 === 0) return found(walk, HEADER.gue, from, end);
      return byVersion(walk, buf, from, end);
    default:
      return found(walk, isProxy(buf, from, end) ? HEADER.proxy : HEADER.data, from, end);
  }
}

/** Behind the bottom of the stack the label says what follows, or else the first four bits (RFC 4928). */
function behindMpls(walk: HeaderWalk, buf: Uint8Array, from: number): void {
  const { at, end } = walk;
  if ((buf[at + 2]! & 1) === 0) return found(walk, HEADER.mpls, from, end);
  const label = u32(buf, at) >>> 12;
  if (label === MPLS_IPV4_NULL) return found(walk, HEADER.ipv4, from, end);
  if (label === MPLS_IPV6_NULL) return found(walk, HEADER.ipv6, from, end);
  return byVersion(walk, buf, from, end);
}
const MPLS_IPV4_NULL = 0;
const MPLS_IPV6_NULL = 2;

function isProxy(buf: Uint8Array, at: number, end: number): boolean {
  if (at + PROXY_SIGNATURE.length > end) return false;
  for (let i = 0; i < PROXY_SIGNATURE.length; i++) if (buf[at + i] !== PROXY_SIGNATURE[i]) return false;
  return true;
}
