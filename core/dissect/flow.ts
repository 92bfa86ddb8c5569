/**
 * The hot path: one packet's bytes in, its flow out, nothing allocated. Fields follow the outermost
 * packet: a tunnel's inner flow is not looked into. `tree.ts` shows everything, for one packet.
 *
 * Sources: IEEE 802.3 and 802.1Q, RFC 791 (IPv4), 8200 (IPv6), 4302 (AH), 826 (ARP), 9293 (TCP), 768 (UDP),
 * 792 and 4443 (ICMP), tcpdump's link type pages (cooked captures).
 */
import {
  ARP_FIXED_BYTES,
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
  MAX_EXTENSION_HEADERS,
  MAX_LENGTH_8023,
  MAX_VLAN_TAGS,
  NULL_BYTES,
  NULL_FAMILIES_IPV6,
  NULL_FAMILY_IPV4,
  SLL2_BYTES,
  SLL_BYTES,
  TCP_MIN_BYTES,
  u16,
  u32,
  UDP_HEADER_BYTES,
  VLAN_BYTES,
} from './constants.ts';
import { PROTOCOL, type FlowFields } from './types.ts';

export function createFlowFields(): FlowFields {
  return {
    protocol: PROTOCOL.unknown,
    family: 0,
    srcOffset: -1,
    dstOffset: -1,
    srcPort: -1,
    dstPort: -1,
    ipProtocol: -1,
    vlanId: -1,
    networkOffset: -1,
    transportOffset: -1,
    payloadOffset: -1,
    tcpFlags: 0,
    truncated: false,
  };
}

/**
 * Dissects the packet buf[start .. start+length), clipped to the buffer, into `out`, every field of which
 * is set anew. `linkType` is pcap's; an unknown one gives PROTOCOL.unknown. Never throws.
 *
 * `truncated` is set when the chain of headers is cut off, not when only the payload is (snap length).
 */
export function dissectFlow(
  buf: Uint8Array,
  start: number,
  length: number,
  linkType: number,
  out: FlowFields,
): void {
  out.protocol = PROTOCOL.unknown;
  out.family = 0;
  out.srcOffset = -1;
  out.dstOffset = -1;
  out.srcPort = -1;
  out.dstPort = -1;
  out.ipProtocol = -1;
  out.vlanId = -1;
  out.networkOffset = -1;
  out.transportOffset = -1;
  out.payloadOffset = -1;
  out.tcpFlags = 0;
  out.truncated = false;
  const end = Math.min(start + length, buf.length);

  switch (linkType) {
    case LINKTYPE.ethernet:
      out.protocol = PROTOCOL.ethernet;
      if (start + ETHERNET_BYTES > end) out.truncated = true;
      else etherType(buf, u16(buf, start + 12), start + ETHERNET_BYTES, end, out);
      return;
    case LINKTYPE.raw:
    case LINKTYPE.raw12:
    case LINKTYPE.raw14:
      if (start >= end) out.truncated = true;
      else if (buf[start]! >>> 4 === 4) ipv4(buf, start, end, out);
      else if (buf[start]! >>> 4 === 6) ipv6(buf, start, end, out);
      return;
    case LINKTYPE.ipv4:
      ipv4(buf, start, end, out);
      return;
    case LINKTYPE.ipv6:
      ipv6(buf, start, end, out);
      return;
    case LINKTYPE.linuxSll:
      if (start + SLL_BYTES > end) out.truncated = true;
      else etherType(buf, u16(buf, start + 14), start + SLL_BYTES, end, out);
      return;
    case LINKTYPE.linuxSll2:
      if (start + SLL2_BYTES > end) out.truncated = true;
      else etherType(buf, u16(buf, start), start + SLL2_BYTES, end, out);
      return;
    case LINKTYPE.null:
    case LINKTYPE.loop:
      if (start + NULL_BYTES > end) {
        out.truncated = true;
      } else {
        const family = nullFamily(buf, start);
        if (family === 4) ipv4(buf, start + NULL_BYTES, end, out);
        else if (family === 6) ipv6(buf, start + NULL_BYTES, end, out);
      }
  }
}

/**
 * 4, 6 or 0 from the address family in front of a LINKTYPE_NULL or _LOOP packet. LOOP is big-endian, NULL
 * in the order of the host that wrote it, which no header tells: families are small, so both are tried.
 */
export function nullFamily(buf: Uint8Array, at: number): 0 | 4 | 6 {
  const big = u32(buf, at);
  const family = big <= 0xff ? big : buf[at]! | (buf[at + 1]! << 8) | (buf[at + 2]! << 16);
  if (big > 0xff && buf[at + 3] !== 0) return 0;
  if (family === NULL_FAMILY_IPV4) return 4;
  return NULL_FAMILIES_IPV6.includes(family) ? 6 : 0;
}

export function isVlan(type: number): boolean {
  return type === ETHERTYPE.vlan || type === ETHERTYPE.qinq || type === ETHERTYPE.qinqOld;
}

/** LLC with SNAP and OUI 0: an EtherType follows (RFC 1042). */
export function isSnap(buf: Uint8Array, at: number, end: number): boolean {
  return at + LLC_SNAP_BYTES <= end && u32(buf, at) === 0xaaaa0300 && u16(buf, at + 4) === 0;
}

function etherType(buf: Uint8Array, type: number, at: number, end: number, out: FlowFields): void {
  for (let tags = 0; isVlan(type) && tags < MAX_VLAN_TAGS; tags++) {
    out.protocol = PROTOCOL.vlan;
    if (tags === 0 && at + 2 <= end) out.vlanId = u16(buf, at) & 0xfff;
    if (at + VLAN_BYTES > end) {
      out.truncated = true;
      return;
    }
    type = u16(buf, at + 2);
    at += VLAN_BYTES;
  }
  if (type <= MAX_LENGTH_8023) {
    end = Math.min(end, at + type);
    if (!isSnap(buf, at, end)) return;
    type = u16(buf, at + 6);
    at += LLC_SNAP_BYTES;
  }
  if (type === ETHERTYPE.ipv4) ipv4(buf, at, end, out);
  else if (type === ETHERTYPE.ipv6) ipv6(buf, at, end, out);
  else if (type === ETHERTYPE.arp) arp(buf, at, end, out);
}

function arp(buf: Uint8Array, at: number, end: number, out: FlowFields): void {
  out.protocol = PROTOCOL.arp;
  out.networkOffset = at;
  if (at + ARP_FIXED_BYTES > end) {
    out.truncated = true;
    return;
  }
  const hardware = buf[at + 4]!;
  const protocol = buf[at + 5]!;
  const sender = at + ARP_FIXED_BYTES + hardware;
  const target = sender + protocol + hardware;
  if (target + protocol > end) {
    out.truncated = true;
  } else if (u16(buf, at + 2) === ETHERTYPE.ipv4 && protocol === 4) {
    out.family = 4;
    out.srcOffset = sender;
    out.dstOffset = target;
  }
}

function ipv4(buf: Uint8Array, at: number, end: number, out: FlowFields): void {
  out.protocol = PROTOCOL.ipv4;
  out.networkOffset = at;
  if (at + IPV4_MIN_BYTES > end) {
    out.truncated = true;
    return;
  }
  const headerBytes = (buf[at]! & 0xf) << 2;
  if (headerBytes < IPV4_MIN_BYTES) return;
  out.family = 4;
  out.srcOffset = at + 12;
  out.dstOffset = at + 16;
  const protocol = buf[at + 9]!;
  out.ipProtocol = protocol;
  if (at + headerBytes > end) {
    out.truncated = true;
    return;
  }
  // 0 = segmentation offload: the length is not known to the header, and everything belongs to it.
  const totalBytes = u16(buf, at + 2);
  if (totalBytes !== 0) {
    if (totalBytes < headerBytes) return;
    end = Math.min(end, at + totalBytes);
  }
  if ((u16(buf, at + 6) & IPV4_FRAGMENT_OFFSET) !== 0) return;
  if (protocol === IPPROTO.ah) extensions(buf, protocol, at + headerBytes, end, out);
  else transport(buf, protocol, at + headerBytes, end, out);
}

function ipv6(buf: Uint8Array, at: number, end: number, out: FlowFields): void {
  out.protocol = PROTOCOL.ipv6;
  out.networkOffset = at;
  if (at + IPV6_HEADER_BYTES > end) {
    out.truncated = true;
    return;
  }
  out.family = 6;
  out.srcOffset = at + 8;
  out.dstOffset = at + 24;
  const payloadBytes = u16(buf, at + 4);
  // 0 = jumbogram or segmentation offload (BIG TCP): everything belongs to it.
  if (payloadBytes !== 0) end = Math.min(end, at + IPV6_HEADER_BYTES + payloadBytes);
  const next = buf[at + 6]!;
  out.ipProtocol = next;
  extensions(buf, next, at + IPV6_HEADER_BYTES, end, out);
}

/** Extension headers from `at`, the first of kind `next`, and the transport header behind them. */
function extensions(buf: Uint8Array, next: number, at: number, end: number, out: FlowFields): void {
  for (let headers = 0; isExtension(next); headers++) {
    if (headers === MAX_EXTENSION_HEADERS) return;
    if (at + 8 > end) {
      out.truncated = true;
      return;
    }
    const kind = next;
    next = buf[at]!;
    out.ipProtocol = next;
    // A later fragment: what follows is the middle of something.
    if (kind === IPPROTO.fragment && (u16(buf, at + 2) & IPV6_FRAGMENT_OFFSET) !== 0) return;
    at += extensionBytes(buf, kind, at);
    if (at > end) {
      out.truncated = true;
      return;
    }
  }
  transport(buf, next, at, end, out);
}

export function isExtension(next: number): boolean {
  return (
    next === IPPROTO.hopByHop ||
    next === IPPROTO.routing ||
    next === IPPROTO.fragment ||
    next === IPPROTO.destination ||
    next === IPPROTO.ah
  );
}

/** Length of the extension header of `kind` at `at`: 8-byte units less one, AH 4-byte units less two (RFC 4302 2.2). */
export function extensionBytes(buf: Uint8Array, kind: number, at: number): number {
  if (kind === IPPROTO.fragment) return 8;
  if (kind === IPPROTO.ah) return (buf[at + 1]! + 2) << 2;
  return (buf[at + 1]! + 1) << 3;
}

function transport(buf: Uint8Array, protocol: number, at: number, end: number, out: FlowFields): void {
  switch (protocol) {
    case IPPROTO.tcp: {
      out.protocol = PROTOCOL.tcp;
      out.transportOffset = at;
      ports(buf, at, end, out);
      if (at + TCP_MIN_BYTES > end) {
        out.truncated = true;
        return;
      }
      out.tcpFlags = buf[at + 13]!;
      const headerBytes = (buf[at + 12]! >>> 4) << 2;
      if (headerBytes < TCP_MIN_BYTES) return;
      payload(at + headerBytes, end, out);
      return;
    }
    case IPPROTO.udp:
      out.protocol = PROTOCOL.udp;
      out.transportOffset = at;
      ports(buf, at, end, out);
      payload(at + UDP_HEADER_BYTES, end, out);
      return;
    case IPPROTO.icmp:
    case IPPROTO.icmpv6:
      out.protocol = protocol === IPPROTO.icmp ? PROTOCOL.icmp : PROTOCOL.icmpv6;
      out.transportOffset = at;
      payload(at + ICMP_HEADER_BYTES, end, out);
  }
}

function ports(buf: Uint8Array, at: number, end: number, out: FlowFields): void {
  if (at + 4 > end) return;
  out.srcPort = u16(buf, at);
  out.dstPort = u16(buf, at + 2);
}

function payload(at: number, end: number, out: FlowFields): void {
  if (at > end) out.truncated = true;
  else out.payloadOffset = at;
}
