/** Names of protocol numbers, as packet viewers print them. Not every one: a number without a name is shown as a number. */

/** https://www.iana.org/assignments/protocol-numbers */
export const IP_PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  0: 'IPv6 hop-by-hop options',
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4 in IP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6 in IP',
  43: 'IPv6 routing',
  44: 'IPv6 fragment',
  46: 'RSVP',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  59: 'no next header',
  60: 'IPv6 destination options',
  88: 'EIGRP',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  115: 'L2TP',
  132: 'SCTP',
  136: 'UDPlite',
  137: 'MPLS in IP',
  143: 'Ethernet',
};

export const ETHERTYPE_NAMES: Readonly<Record<number, string>> = {
  0x0800: 'IPv4',
  0x0806: 'ARP',
  0x6558: 'transparent Ethernet bridging',
  0x8035: 'RARP',
  0x8100: '802.1Q VLAN',
  0x86dd: 'IPv6',
  0x8847: 'MPLS',
  0x8848: 'MPLS multicast',
  0x8863: 'PPPoE discovery',
  0x8864: 'PPPoE session',
  0x88a8: '802.1ad provider bridge',
  0x88cc: 'LLDP',
  0x88e5: 'MACsec',
  0x88f7: 'PTP',
  0x894f: 'NSH',
  0x9100: 'QinQ',
};

/** https://www.iana.org/assignments/icmp-parameters */
export const ICMP_TYPES: Readonly<Record<number, string>> = {
  0: 'Echo reply',
  3: 'Destination unreachable',
  4: 'Source quench',
  5: 'Redirect',
  8: 'Echo request',
  9: 'Router advertisement',
  10: 'Router solicitation',
  11: 'Time exceeded',
  12: 'Parameter problem',
  13: 'Timestamp request',
  14: 'Timestamp reply',
};

/** https://www.iana.org/assignments/icmpv6-parameters */
export const ICMPV6_TYPES: Readonly<Record<number, string>> = {
  1: 'Destination unreachable',
  2: 'Packet too big',
  3: 'Time exceeded',
  4: 'Parameter problem',
  128: 'Echo request',
  129: 'Echo reply',
  130: 'Multicast listener query',
  131: 'Multicast listener report',
  132: 'Multicast listener done',
  133: 'Router solicitation',
  134: 'Router advertisement',
  135: 'Neighbor solicitation',
  136: 'Neighbor advertisement',
  137: 'Redirect',
  143: 'Multicast listener report v2',
};

export const ARP_OPCODES: Readonly<Record<number, string>> = {
  1: 'request',
  2: 'reply',
  3: 'RARP request',
  4: 'RARP reply',
};

/** https://www.iana.org/assignments/arp-parameters, hardware types. */
export const ARP_HARDWARE: Readonly<Record<number, string>> = { 1: 'Ethernet', 6: 'IEEE 802' };

/** sll.pkttype: linux/if_packet.h PACKET_*. */
export const SLL_PACKET_TYPES: Readonly<Record<number, string>> = {
  0: 'to us',
  1: 'broadcast',
  2: 'multicast',
  3: 'to another host',
  4: 'sent by us',
};

/** https://www.iana.org/assignments/igmp-type-numbers */
export const IGMP_TYPES: Readonly<Record<number, string>> = {
  0x11: 'Membership query',
  0x12: 'Version 1 membership report',
  0x16: 'Version 2 membership report',
  0x17: 'Leave group',
  0x22: 'Version 3 membership report',
};

/** https://www.iana.org/assignments/sctp-parameters, chunk types. */
export const SCTP_CHUNK_TYPES: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'INIT',
  2: 'INIT ACK',
  3: 'SACK',
  4: 'HEARTBEAT',
  5: 'HEARTBEAT ACK',
  6: 'ABORT',
  7: 'SHUTDOWN',
  8: 'SHUTDOWN ACK',
  9: 'ERROR',
  10: 'COOKIE ECHO',
  11: 'COOKIE ACK',
  14: 'SHUTDOWN COMPLETE',
};

/** Reserved labels (RFC 3032 2.1, RFC 6790). */
export const MPLS_LABELS: Readonly<Record<number, string>> = {
  0: 'IPv4 explicit null',
  1: 'router alert',
  2: 'IPv6 explicit null',
  3: 'implicit null',
  7: 'entropy label indicator',
  13: 'generic associated channel',
};

/** Of NSH and VXLAN-GPE: NEXT_PROTOCOL. */
export const NEXT_PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'IPv4',
  2: 'IPv6',
  3: 'Ethernet',
  4: 'NSH',
  5: 'MPLS',
};
