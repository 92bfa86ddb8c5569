/** Numbers of the protocols, where each is assigned, and the bounds of how far a packet is followed. */

/** pcap link types (https://www.tcpdump.org/linktypes.html). */
export const LINKTYPE = {
  null: 0,
  ethernet: 1,
  /** DLT_RAW of some systems, written raw into old files. */
  raw12: 12,
  raw14: 14,
  raw: 101,
  loop: 108,
  linuxSll: 113,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;

/** IEEE 802 EtherTypes; a smaller number than MIN_ETHERTYPE up to MAX_LENGTH_8023 is an 802.3 length. */
export const ETHERTYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  qinq: 0x88a8,
  qinqOld: 0x9100,
  /** Transparent Ethernet bridging: an Ethernet frame in GRE or Geneve. */
  teb: 0x6558,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  nsh: 0x894f,
} as const;
export const MAX_LENGTH_8023 = 1500;

/** IANA protocol numbers (IPv4 protocol, IPv6 next header). */
export const IPPROTO = {
  hopByHop: 0,
  icmp: 1,
  igmp: 2,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  none: 59,
  destination: 60,
  sctp: 132,
  mpls: 137,
  /** SRv6 L2 services (RFC 8986 9.1). */
  ethernet: 143,
} as const;

/** Destination ports by which tunnels over UDP are known (IANA; 8472 is Linux's default for VXLAN). */
export const UDP_PORT = {
  vxlan: 4789,
  vxlanGpe: 4790,
  gue: 6080,
  geneve: 6081,
  mpls: 6635,
  vxlanLinux: 8472,
} as const;

/** Next protocol of NSH (RFC 8300 2.2) and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe 3.2). */
export const NEXT_PROTOCOL = { ipv4: 1, ipv6: 2, ethernet: 3, nsh: 4, mpls: 5 } as const;

export const GRE_FLAG = {
  checksum: 0x8000,
  routing: 0x4000,
  key: 0x2000,
  sequence: 0x1000,
  /** Version 1 only (RFC 2637 4.1). */
  ack: 0x0080,
} as const;
export const GRE_VERSION_PPTP = 1;

/** NSH metadata types (RFC 8300 2.2). */
export const NSH_MD = { fixed: 1, variable: 2 } as const;

export const ETHERNET_BYTES = 14;
export const VLAN_BYTES = 4;
/** DSAP, SSAP, control, OUI, type. */
export const LLC_SNAP_BYTES = 8;
export const SLL_BYTES = 16;
export const SLL2_BYTES = 20;
/** The address family in front of a LINKTYPE_NULL or _LOOP packet. */
export const NULL_BYTES = 4;
export const IPV4_MIN_BYTES = 20;
export const IPV6_HEADER_BYTES = 40;
export const TCP_MIN_BYTES = 20;
export const UDP_HEADER_BYTES = 8;
/** Type, code, checksum and the four bytes that belong to the message. */
export const ICMP_HEADER_BYTES = 8;
/** Hardware and protocol type and length, opcode: what comes before the addresses. */
export const ARP_FIXED_BYTES = 8;

/** SPI and sequence number; the rest is encrypted. */
export const ESP_HEADER_BYTES = 8;
export const SCTP_HEADER_BYTES = 12;
/** Type, flags and length. */
export const SCTP_CHUNK_HEADER_BYTES = 4;
export const VXLAN_BYTES = 8;
/** Without options. */
export const GENEVE_MIN_BYTES = 8;
export const GENEVE_OPTION_HEADER_BYTES = 4;
/** Flags, version and protocol; every other field of GRE has a flag of its own. */
export const GRE_MIN_BYTES = 4;
/** Address family, offset and length in front of each source route of GRE (RFC 1701). */
export const GRE_ROUTE_HEADER_BYTES = 4;
export const GUE_MIN_BYTES = 4;
export const MPLS_ENTRY_BYTES = 4;
/** Base header and service path header. */
export const NSH_MIN_BYTES = 8;
/** The whole of a header with metadata type 1. */
export const NSH_MD1_BYTES = 24;
export const NSH_TLV_HEADER_BYTES = 4;
/** Next header to tag; segments follow (RFC 8754 2). */
export const SRH_FIXED_BYTES = 8;
export const PROXY_MIN_BYTES = 16;
export const PROXY_TLV_HEADER_BYTES = 3;

/** The 12 bytes that begin a PROXY protocol v2 header (haproxy doc/proxy-protocol.txt 2.2). */
export const PROXY_SIGNATURE: readonly number[] = [
  0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
];

/** More VLAN tags than this are not followed: two is QinQ, more is an attack on the reader. */
export const MAX_VLAN_TAGS = 4;
/** RFC 8200 knows of at most seven extension headers in a row (destination options twice). */
export const MAX_EXTENSION_HEADERS = 8;
/**
 * Headers of one packet that are followed, tags, extension headers, MPLS labels and tunnels together. What is
 * deeper is data.
 */
export const MAX_HEADERS = 24;
/** Source routes of one GRE header that are followed: no packet has room for more useful ones. */
export const MAX_GRE_ROUTES = 16;

export const IPV4_MORE_FRAGMENTS = 0x2000;
export const IPV4_FRAGMENT_OFFSET = 0x1fff;
/** Of the IPv6 fragment header's offset field (RFC 8200 4.5), in bytes already. */
export const IPV6_FRAGMENT_OFFSET = 0xfff8;

export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;

/** IPv6 in LINKTYPE_NULL: NetBSD and OpenBSD, FreeBSD, macOS, Linux. IPv4 is 2 everywhere. */
export const NULL_FAMILIES_IPV6: readonly number[] = [24, 28, 30, 10];
export const NULL_FAMILY_IPV4 = 2;

/** Big-endian 16 bits; the caller has checked that they are there. */
export function u16(buf: Uint8Array, at: number): number {
  return (buf[at]! << 8) | buf[at + 1]!;
}

/** Big-endian 32 bits, unsigned. */
export function u32(buf: Uint8Array, at: number): number {
  return ((buf[at]! << 24) | (buf[at + 1]! << 16) | (buf[at + 2]! << 8) | buf[at + 3]!) >>> 0;
}
