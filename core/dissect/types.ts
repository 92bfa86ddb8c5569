/** The seam between packet bytes and columns. */

/** What a packet's top protocol is called in lists; index into PROTOCOL_NAMES is what columns store. */
export const PROTOCOL = {
  unknown: 0,
  ethernet: 1,
  arp: 2,
  ipv4: 3,
  ipv6: 4,
  tcp: 5,
  udp: 6,
  icmp: 7,
  icmpv6: 8,
  vlan: 9,
} as const;
export type Protocol = (typeof PROTOCOL)[keyof typeof PROTOCOL];
export const PROTOCOL_NAMES = [
  'unknown',
  'Ethernet',
  'ARP',
  'IPv4',
  'IPv6',
  'TCP',
  'UDP',
  'ICMP',
  'ICMPv6',
  'VLAN',
] as const;

/**
 * Fields of the outermost flow, filled in place by `dissectFlow`: ONE object reused for all packets.
 * Offsets are into the buffer given to it; -1 = not there.
 */
export interface FlowFields {
  protocol: Protocol;
  /** 0 none, 4 or 6: which address family src/dst offsets point at (ARP: 4, its protocol addresses). */
  family: 0 | 4 | 6;
  srcOffset: number;
  dstOffset: number;
  /** -1 = no ports (also: a later fragment). */
  srcPort: number;
  dstPort: number;
  /** IP protocol number of the last header reached; -1 = none. */
  ipProtocol: number;
  /** First VLAN id; -1 = untagged. */
  vlanId: number;
  /** Offsets of headers; -1 = not there. */
  networkOffset: number;
  transportOffset: number;
  payloadOffset: number;
  /** TCP flags byte; 0 otherwise. */
  tcpFlags: number;
  /** A header said more bytes than there are. */
  truncated: boolean;
}

/**
 * A field's value: unsigned number up to 6 bytes, bigint above; an IPv4 or MAC address is its number, an IPv6
 * address its bigint; a flag is a boolean. null for bytes, text and groups: those are the packet's bytes
 * [offset, offset + length).
 */
export type FieldValue = boolean | number | bigint | null;

/** One line of the field tree of the bytes pane. Offsets from the start of the packet's bytes. */
export interface FieldNode {
  readonly label: string;
  /** A name of the catalogue (`fields.ts`), Wireshark's where it has one (`ip.src`); '' = a remark or a reserved field. */
  readonly filter: string;
  /** As printed. */
  readonly value: string;
  readonly raw: FieldValue;
  readonly offset: number;
  readonly length: number;
  readonly children: readonly FieldNode[];
}
