/**
 * What most packets are, told by three words of them: Ethernet II without tags, IPv4 without options and not a later
 * fragment, and the header of TCP, UDP or ICMP whole. Then every field is at an offset that is known. All
 * others are for `dissectFlow`, which says the same of these, too.
 */
import {
  ETHERNET_BYTES,
  ETHERTYPE,
  ICMP_HEADER_BYTES,
  IPPROTO,
  IPV4_FRAGMENT_OFFSET,
  IPV4_MIN_BYTES,
  TCP_MIN_BYTES,
  UDP_HEADER_BYTES,
} from './constants.ts';

/** Offsets in the packet. Ports and flags as far as the protocol has them. */
export const PLAIN = { src: 26, dst: 30, srcPort: 34, dstPort: 36, tcpFlags: 47 } as const;

/** EtherType, version, length of the header, and the byte that may be anything (DSCP and ECN). */
const SHAPE_AT = 12;
const SHAPE = (ETHERTYPE.ipv4 << 16) | 0x4500;
const SHAPE_MASK = ~0xff;
const TOTAL_LENGTH = 16;
/** Flags and fragment offset, TTL, protocol. */
const FRAGMENT_AT = 20;
const LATER_FRAGMENT = IPV4_FRAGMENT_OFFSET << 16;
const SHORTEST_BYTES = ETHERNET_BYTES + IPV4_MIN_BYTES + UDP_HEADER_BYTES;

/** IP protocol of the packet of `length` bytes at `start`, all of which are in the view; 0 = it is none of these. */
export function plainIpv4(view: DataView, start: number, length: number): number {
  if (length < SHORTEST_BYTES || (view.getInt32(start + SHAPE_AT) & SHAPE_MASK) !== SHAPE) return 0;
  const fragment = view.getInt32(start + FRAGMENT_AT);
  if ((fragment & LATER_FRAGMENT) !== 0) return 0;
  const protocol = fragment & 0xff;
  const need = IPV4_MIN_BYTES + headerBytes(protocol);
  const total = view.getUint16(start + TOTAL_LENGTH);
  if (need === IPV4_MIN_BYTES || length < ETHERNET_BYTES + need || (total !== 0 && total < need)) return 0;
  return protocol;
}

function headerBytes(protocol: number): number {
  if (protocol === IPPROTO.udp) return UDP_HEADER_BYTES;
  if (protocol === IPPROTO.tcp) return TCP_MIN_BYTES;
  return protocol === IPPROTO.icmp ? ICMP_HEADER_BYTES : 0;
}
