/**
 * From header to header of one packet, through tags, extension headers and tunnels, to the payload: the one place
 * that knows what follows what. Nothing is allocated; the tree prints what is passed, an anchor looks for one header.
 */
import {
  IPPROTO,
  IPV4_FRAGMENT_OFFSET,
  IPV4_MIN_BYTES,
  IPV6_FRAGMENT_OFFSET,
  LLC_SNAP_BYTES,
  MAX_HEADERS,
  MAX_LENGTH_8023,
  UDP_HEADER_BYTES,
  u16,
} from './constants.ts';
import { nullFamily } from './flow.ts';
import {
  etherTypeHeader,
  HEADER,
  linkHeader,
  mplsHeader,
  nextProtocolHeader,
  payloadHeader,
  portHeader,
  protocolHeader,
  type HeaderKind,
} from './header-kind.ts';
import { headerBytes } from './header-size.ts';

/** Where a walk is: at a header, whose bytes are buf[at .. end) at most. ONE object reused for all packets. */
export interface HeaderWalk {
  kind: HeaderKind;
  /** The EtherType or protocol number that announced it; 0 = none did. */
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
  move(walk, linkHeader(linkType, buf, start, end), start, end);
}

/**
 * Moves `walk` on to what follows its header: HEADER.none when nothing does or the header is cut off, HEADER.data at
 * bytes that no header claims, and also MAX_HEADERS headers deep.
 */
export function nextHeader(walk: HeaderWalk, buf: Uint8Array): void {
  const { kind, number, at, end } = walk;
  const size = headerBytes(kind, number, buf, at, end);
  const from = at + size;
  if (kind === HEADER.ipv4 && size >= 0 && size < IPV4_MIN_BYTES) {
    // A broken header: its first byte is what is known of it.
    move(walk, HEADER.data, at + 1, end);
    return;
  }
  if (size < 0 || from > end) {
    move(walk, HEADER.none, end, end);
    return;
  }
  switch (kind) {
    case HEADER.none:
    case HEADER.data:
    case HEADER.arp:
    case HEADER.sctp:
      move(walk, HEADER.none, from, end);
      break;
    case HEADER.igmp:
    case HEADER.esp:
    case HEADER.proxy:
      move(walk, HEADER.data, from, end);
      break;
    case HEADER.ethernet: {
      const type = u16(buf, at + 12);
      // A header of zeros is no frame of length 0.
      if (type === 0) move(walk, HEADER.data, from, end);
      else byEtherType(walk, type, from, end);
      break;
    }
    case HEADER.linuxSll:
      byEtherType(walk, u16(buf, at + 14), from, end);
      break;
    case HEADER.linuxSll2:
      byEtherType(walk, u16(buf, at), from, end);
      break;
    case HEADER.nullLoop: {
      const family = nullFamily(buf, at);
      move(walk, family === 0 ? HEADER.data : family === 4 ? HEADER.ipv4 : HEADER.ipv6, from, end);
      break;
    }
    case HEADER.vlan:
      byEtherType(walk, u16(buf, at + 2), from, end);
      break;
    case HEADER.llc:
      if (size < LLC_SNAP_BYTES) move(walk, HEADER.data, from, end);
      else byEtherType(walk, u16(buf, at + 6), from, end);
      break;
    case HEADER.ipv4:
      behindIpv4(walk, buf, from);
      break;
    case HEADER.ipv6: {
      // 0 = jumbogram or segmentation offload: the length is not in this header.
      const payload = u16(buf, at + 4);
      byProtocol(walk, buf[at + 6]!, from, payload === 0 ? end : Math.min(end, from + payload));
      break;
    }
    case HEADER.extension: {
      const later = number === IPPROTO.fragment && (u16(buf, at + 2) & IPV6_FRAGMENT_OFFSET) !== 0;
      if (later) move(walk, HEADER.data, from, end);
      else byProtocol(walk, buf[at]!, from, end);
      break;
    }
    case HEADER.tcp:
      move(walk, payloadHeader(buf, from, end), from, end);
      break;
    case HEADER.udp:
      behindUdp(walk, buf, from);
      break;
    case HEADER.icmp:
      move(walk, ICMP_ERRORS.includes(buf[at]!) ? HEADER.ipv4 : HEADER.data, from, end);
      break;
    case HEADER.icmpv6:
      // Types below 128 are errors (RFC 4443 2.1); four of them are defined.
      move(walk, buf[at]! >= 1 && buf[at]! <= 4 ? HEADER.ipv6 : HEADER.data, from, end);
      break;
    case HEADER.gre:
      byTunnelType(walk, u16(buf, at + 2), from, end);
      break;
    case HEADER.vxlan:
      move(walk, HEADER.ethernet, from, end);
      break;
    case HEADER.vxlanGpe:
    case HEADER.nsh:
      move(walk, nextProtocolHeader(buf[at + 3]!), from, end);
      break;
    case HEADER.geneve:
      if (buf[at]! >>> 6 !== 0) move(walk, HEADER.data, from, end);
      else byTunnelType(walk, u16(buf, at + 2), from, end);
      break;
    case HEADER.gue:
      if ((buf[at]! & GUE_CONTROL) !== 0) move(walk, HEADER.data, from, end);
      else byProtocol(walk, buf[at + 1]!, from, end);
      break;
    case HEADER.mpls:
      move(walk, mplsHeader(buf, at, from, end), from, end);
  }
}

/** Errors quote the packet they are about (RFC 792): unreachable, quench, redirect, time exceeded, parameter problem. */
const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12];
/** In the first byte of GUE: a control message, of which nothing is known. */
const GUE_CONTROL = 0x20;
function move(walk: HeaderWalk, kind: HeaderKind, at: number, end: number, number = 0): void {
  walk.count++;
  walk.kind = walk.count > MAX_HEADERS && kind !== HEADER.none ? HEADER.data : kind;
  walk.number = number;
  walk.at = at;
  walk.end = end;
}

/** An EtherType, or up to 1500 the length of an LLC frame. */
function byEtherType(walk: HeaderWalk, type: number, at: number, end: number): void {
  if (type <= MAX_LENGTH_8023) move(walk, HEADER.llc, at, Math.min(end, at + type));
  else move(walk, etherTypeHeader(type), at, end, type);
}

/** In tunnels the same numbers, but no lengths. */
function byTunnelType(walk: HeaderWalk, type: number, at: number, end: number): void {
  move(walk, type <= MAX_LENGTH_8023 ? HEADER.data : etherTypeHeader(type), at, end, type);
}

function byProtocol(walk: HeaderWalk, protocol: number, at: number, end: number): void {
  move(walk, protocolHeader(protocol), at, end, protocol);
}

/** By the total length (0 = segmentation offload); behind a later fragment nothing is known. */
function behindIpv4(walk: HeaderWalk, buf: Uint8Array, from: number): void {
  const { at, end } = walk;
  const total = u16(buf, at + 2);
  const until = total === 0 || at + total < from ? end : Math.min(end, at + total);
  const later = (u16(buf, at + 6) & IPV4_FRAGMENT_OFFSET) !== 0;
  if (later || (total !== 0 && at + total < from)) move(walk, HEADER.data, from, until);
  else byProtocol(walk, buf[at + 9]!, from, until);
}

/** A length of 0 is segmentation offload's; less than the header is broken, and what follows is not known. */
function behindUdp(walk: HeaderWalk, buf: Uint8Array, from: number): void {
  const { at } = walk;
  const stated = u16(buf, at + 4);
  const broken = stated !== 0 && stated < UDP_HEADER_BYTES;
  const end = stated === 0 || broken ? walk.end : Math.min(walk.end, at + stated);
  move(walk, broken ? HEADER.data : portHeader(u16(buf, at + 2), buf, from, end), from, end);
}
