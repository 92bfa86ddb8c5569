/**
 * How long a header says it is. Each takes the bytes, the header's offset and the end of the bytes it may use, and
 * gives its length in bytes, which may be more than there are; -1 = cut off before it says so. No allocation.
 */
import {
  ARP_FIXED_BYTES,
  ESP_HEADER_BYTES,
  ETHERNET_BYTES,
  GENEVE_MIN_BYTES,
  GRE_FLAG,
  GRE_MIN_BYTES,
  GRE_ROUTE_HEADER_BYTES,
  GRE_VERSION_PPTP,
  GUE_MIN_BYTES,
  ICMP_HEADER_BYTES,
  IPPROTO,
  IPV4_MIN_BYTES,
  IPV6_HEADER_BYTES,
  LLC_SNAP_BYTES,
  MAX_GRE_ROUTES,
  MPLS_ENTRY_BYTES,
  NSH_MD,
  NSH_MD1_BYTES,
  NSH_MIN_BYTES,
  NULL_BYTES,
  PROXY_MIN_BYTES,
  SCTP_CHUNK_HEADER_BYTES,
  SCTP_HEADER_BYTES,
  SLL2_BYTES,
  SLL_BYTES,
  TCP_MIN_BYTES,
  UDP_HEADER_BYTES,
  VLAN_BYTES,
  VXLAN_BYTES,
  u16,
} from './constants.ts';
import { extensionBytes, isSnap } from './flow.ts';
import { HEADER, type HeaderKind } from './header-kind.ts';

/**
 * Length in bytes of the header of `kind` at `at`, by what it says; -1 = cut off before it says so. `number` as in the
 * walk.
 */
export function headerBytes(
  kind: HeaderKind,
  number: number,
  buf: Uint8Array,
  at: number,
  end: number,
): number {
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

/** Hardware and protocol addresses have the lengths that the header says (RFC 826). */
export function arpBytes(buf: Uint8Array, at: number, end: number): number {
  if (at + ARP_FIXED_BYTES > end) return -1;
  return ARP_FIXED_BYTES + 2 * (buf[at + 4]! + buf[at + 5]!);
}

/** Less than IPV4_MIN_BYTES = a broken header, of which nothing but that is known. */
export function ipv4Bytes(buf: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1;
  const stated = (buf[at]! & 0xf) << 2;
  return stated >= IPV4_MIN_BYTES && at + IPV4_MIN_BYTES > end ? -1 : stated;
}

/** A header that says it is shorter than every header is has the least length (RFC 9293 3.1). */
export function tcpBytes(buf: Uint8Array, at: number, end: number): number {
  if (at + TCP_MIN_BYTES > end) return -1;
  return Math.max(TCP_MIN_BYTES, (buf[at + 12]! >>> 4) << 2);
}

/** Of an IPv6 extension header of kind `kind`, and AH. */
export function extensionHeaderBytes(buf: Uint8Array, kind: number, at: number, end: number): number {
  if (kind === IPPROTO.fragment) return 8;
  return at + 2 > end ? -1 : extensionBytes(buf, kind, at);
}

/** RFC 8926 3.4: options in words of 4 bytes. */
export function geneveBytes(buf: Uint8Array, at: number, end: number): number {
  return at >= end ? -1 : GENEVE_MIN_BYTES + ((buf[at]! & 0x3f) << 2);
}

/** RFC 2784, 2890, 1701 (source routes, until one without address family and length) and 2637 (version 1). */
export function greBytes(buf: Uint8Array, at: number, end: number): number {
  if (at + GRE_MIN_BYTES > end) return -1;
  const flags = u16(buf, at);
  let size = GRE_MIN_BYTES;
  if ((flags & (GRE_FLAG.checksum | GRE_FLAG.routing)) !== 0) size += 4;
  if ((flags & GRE_FLAG.key) !== 0) size += 4;
  if ((flags & GRE_FLAG.sequence) !== 0) size += 4;
  if ((flags & 7) === GRE_VERSION_PPTP && (flags & GRE_FLAG.ack) !== 0) size += 4;
  if ((flags & GRE_FLAG.routing) === 0) return size;
  for (let routes = 0; routes < MAX_GRE_ROUTES; routes++) {
    const route = at + size;
    if (route + GRE_ROUTE_HEADER_BYTES > end) return -1;
    size += GRE_ROUTE_HEADER_BYTES + buf[route + 3]!;
    if (u16(buf, route) === 0 && buf[route + 3] === 0) return size;
  }
  return size;
}

/** draft-ietf-intarea-gue 3.1: optional fields in words of 4 bytes. */
export function gueBytes(buf: Uint8Array, at: number, end: number): number {
  return at >= end ? -1 : GUE_MIN_BYTES + ((buf[at]! & 0x1f) << 2);
}

/** RFC 8300 2.2: the whole header in words of 4 bytes, which metadata type 1 fixes. */
export function nshBytes(buf: Uint8Array, at: number, end: number): number {
  if (at + NSH_MIN_BYTES > end) return -1;
  if ((buf[at + 2]! & 0xf) === NSH_MD.fixed) return NSH_MD1_BYTES;
  return Math.max(NSH_MIN_BYTES, (buf[at + 1]! & 0x3f) << 2);
}

/** Of a PROXY protocol v2 header: addresses and TLVs behind the first 16 bytes. */
export function proxyBytes(buf: Uint8Array, at: number, end: number): number {
  return at + PROXY_MIN_BYTES > end ? -1 : PROXY_MIN_BYTES + u16(buf, at + 14);
}

/** The common header and every chunk whose head is there, each padded to 4 bytes (RFC 9260 3.2). */
export function sctpBytes(buf: Uint8Array, at: number, end: number): number {
  let next = at + SCTP_HEADER_BYTES;
  while (next + SCTP_CHUNK_HEADER_BYTES <= end) {
    const stated = u16(buf, next + 2);
    if (stated < SCTP_CHUNK_HEADER_BYTES) break;
    next += (stated + 3) & ~3;
  }
  return next - at;
}

/** Bytes of the addresses behind the first 16 of a PROXY protocol v2 header at `at`, which are there: by family. */
export function proxyAddressBytes(buf: Uint8Array, at: number): number {
  switch (buf[at + 13]! >>> 4) {
    case 1:
      return 12;
    case 2:
      return 36;
    case 3:
      return 216;
    default:
      return 0;
  }
}
