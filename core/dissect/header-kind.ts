/**
 * Which header is announced by which number. Sources, beside those of `flow.ts`: RFC 7348 (VXLAN),
 * draft-ietf-nvo3-vxlan-gpe, 8926 (Geneve), 2784 and 2637 (GRE), 3032, 4023 and 7510 (MPLS), draft-ietf-intarea-gue,
 * 8300 (NSH), 8986 (SRv6), haproxy doc/proxy-protocol.txt.
 */
import { ETHERTYPE, IPPROTO, LINKTYPE, NEXT_PROTOCOL, PROXY_SIGNATURE, UDP_PORT, u32 } from './constants.ts';
import { isExtension, isVlan } from './flow.ts';

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

/** Labels that say what is behind the bottom of the stack: explicit nulls (RFC 3032 2.1). */
const MPLS_IPV4_NULL = 0;
const MPLS_IPV6_NULL = 2;

export function linkHeader(linkType: number, buf: Uint8Array, at: number, end: number): HeaderKind {
  switch (linkType) {
    case LINKTYPE.ethernet:
      return HEADER.ethernet;
    case LINKTYPE.raw:
    case LINKTYPE.raw12:
    case LINKTYPE.raw14:
      return versionHeader(buf, at, end);
    case LINKTYPE.ipv4:
      return HEADER.ipv4;
    case LINKTYPE.ipv6:
      return HEADER.ipv6;
    case LINKTYPE.linuxSll:
      return HEADER.linuxSll;
    case LINKTYPE.linuxSll2:
      return HEADER.linuxSll2;
    case LINKTYPE.null:
    case LINKTYPE.loop:
      return HEADER.nullLoop;
    default:
      return HEADER.data;
  }
}

export function etherTypeHeader(type: number): HeaderKind {
  if (isVlan(type)) return HEADER.vlan;
  switch (type) {
    case ETHERTYPE.ipv4:
      return HEADER.ipv4;
    case ETHERTYPE.ipv6:
      return HEADER.ipv6;
    case ETHERTYPE.arp:
      return HEADER.arp;
    case ETHERTYPE.teb:
      return HEADER.ethernet;
    case ETHERTYPE.mpls:
    case ETHERTYPE.mplsMulticast:
      return HEADER.mpls;
    case ETHERTYPE.nsh:
      return HEADER.nsh;
    default:
      return HEADER.data;
  }
}

export function protocolHeader(protocol: number): HeaderKind {
  if (isExtension(protocol)) return HEADER.extension;
  switch (protocol) {
    case IPPROTO.tcp:
      return HEADER.tcp;
    case IPPROTO.udp:
      return HEADER.udp;
    case IPPROTO.icmp:
      return HEADER.icmp;
    case IPPROTO.icmpv6:
      return HEADER.icmpv6;
    case IPPROTO.igmp:
      return HEADER.igmp;
    case IPPROTO.sctp:
      return HEADER.sctp;
    case IPPROTO.esp:
      return HEADER.esp;
    case IPPROTO.gre:
      return HEADER.gre;
    case IPPROTO.ipv4:
      return HEADER.ipv4;
    case IPPROTO.ipv6:
      return HEADER.ipv6;
    case IPPROTO.mpls:
      return HEADER.mpls;
    case IPPROTO.ethernet:
      return HEADER.ethernet;
    default:
      return HEADER.data;
  }
}

export function nextProtocolHeader(number: number): HeaderKind {
  switch (number) {
    case NEXT_PROTOCOL.ipv4:
      return HEADER.ipv4;
    case NEXT_PROTOCOL.ipv6:
      return HEADER.ipv6;
    case NEXT_PROTOCOL.ethernet:
      return HEADER.ethernet;
    case NEXT_PROTOCOL.nsh:
      return HEADER.nsh;
    case NEXT_PROTOCOL.mpls:
      return HEADER.mpls;
    default:
      return HEADER.data;
  }
}

/** IPv4 or IPv6 by the first four bits, as behind MPLS and in raw captures. */
function versionHeader(buf: Uint8Array, at: number, end: number): HeaderKind {
  const version = at < end ? buf[at]! >>> 4 : 0;
  return version === 4 ? HEADER.ipv4 : version === 6 ? HEADER.ipv6 : HEADER.data;
}

/** Tunnels are known by the destination port alone: the source port of a tunnel is a hash of the inner flow. */
export function portHeader(port: number, buf: Uint8Array, at: number, end: number): HeaderKind {
  switch (port) {
    case UDP_PORT.vxlan:
    case UDP_PORT.vxlanLinux:
      return HEADER.vxlan;
    case UDP_PORT.vxlanGpe:
      return HEADER.vxlanGpe;
    case UDP_PORT.geneve:
      return HEADER.geneve;
    case UDP_PORT.mpls:
      return HEADER.mpls;
    case UDP_PORT.gue:
      // Variant 1 has no header: the first four bits are those of the IP packet itself.
      return at >= end || buf[at]! >>> 6 === 0 ? HEADER.gue : versionHeader(buf, at, end);
    default:
      return payloadHeader(buf, at, end);
  }
}

/** Behind the bottom of the stack the label says what follows, or else the first four bits (RFC 4928). */
export function mplsHeader(buf: Uint8Array, at: number, from: number, end: number): HeaderKind {
  if ((buf[at + 2]! & 1) === 0) return HEADER.mpls;
  const label = u32(buf, at) >>> 12;
  if (label === MPLS_IPV4_NULL) return HEADER.ipv4;
  if (label === MPLS_IPV6_NULL) return HEADER.ipv6;
  return versionHeader(buf, from, end);
}

/** A payload that begins with a PROXY protocol header, or any other. */
export function payloadHeader(buf: Uint8Array, at: number, end: number): HeaderKind {
  if (at + PROXY_SIGNATURE.length > end) return HEADER.data;
  for (let i = 0; i < PROXY_SIGNATURE.length; i++) if (buf[at + i] !== PROXY_SIGNATURE[i]) return HEADER.data;
  return HEADER.proxy;
}
