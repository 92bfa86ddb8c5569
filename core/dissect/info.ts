/** Text of a packet for the list: who to whom, and one line of what it says, as packet viewers have it. */
import { formatIpv4, formatIpv6, formatMac } from './addresses.ts';
import {
  ARP_FIXED_BYTES,
  ETHERNET_BYTES,
  ICMP_HEADER_BYTES,
  IPV4_FRAGMENT_OFFSET,
  IPV4_MORE_FRAGMENTS,
  LINKTYPE,
  TCP_FLAG,
  TCP_MIN_BYTES,
  u16,
  u32,
  UDP_HEADER_BYTES,
} from './constants.ts';
import { ICMP_TYPES, ICMPV6_TYPES, IP_PROTOCOL_NAMES } from './names.ts';
import { PROTOCOL, type FlowFields } from './types.ts';

export interface Endpoints {
  readonly source: string;
  readonly destination: string;
}

/**
 * `10.0.0.1:4000` → `10.0.0.2:9000`, `[2001:db8::1]:4000` for IPv6 with a port, addresses alone where there are
 * no ports, MAC addresses where there is no network layer, '' where there is nothing.
 * `fields` are those that `dissectFlow` filled for this packet, `start` and `linkType` what it was given.
 */
export function endpoints(buf: Uint8Array, start: number, linkType: number, fields: FlowFields): Endpoints {
  if (fields.family !== 0) {
    return {
      source: endpoint(buf, fields.family, fields.srcOffset, fields.srcPort),
      destination: endpoint(buf, fields.family, fields.dstOffset, fields.dstPort),
    };
  }
  if (linkType === LINKTYPE.ethernet && start + ETHERNET_BYTES <= buf.length && fields.protocol !== 0) {
    return { source: formatMac(buf, start + 6), destination: formatMac(buf, start) };
  }
  return { source: '', destination: '' };
}

function endpoint(buf: Uint8Array, family: 4 | 6, at: number, port: number): string {
  if (family === 4) return port < 0 ? formatIpv4(buf, at) : `${formatIpv4(buf, at)}:${port}`;
  return port < 0 ? formatIpv6(buf, at) : `[${formatIpv6(buf, at)}]:${port}`;
}

/**
 * One line: `49152 → 9000 [SYN] Seq=0 Win=64240 Len=0`, `Echo request id=0x0001 seq=1`, `Who has 10.0.0.1? Tell 10.0.0.2`.
 * The packet is buf[start .. start+length); numbers are those in the header, none is relative to a stream.
 */
export function packetInfo(buf: Uint8Array, start: number, length: number, fields: FlowFields): string {
  const end = Math.min(start + length, buf.length);
  switch (fields.protocol) {
    case PROTOCOL.tcp:
      return tcpInfo(buf, end, fields);
    case PROTOCOL.udp:
      return udpInfo(buf, end, fields);
    case PROTOCOL.icmp:
      return icmpInfo(buf, end, fields.transportOffset, ICMP_TYPES, 0, 8);
    case PROTOCOL.icmpv6:
      return icmpInfo(buf, end, fields.transportOffset, ICMPV6_TYPES, 129, 128);
    case PROTOCOL.arp:
      return arpInfo(buf, end, fields);
    case PROTOCOL.ipv4:
      return ipv4Info(buf, end, fields);
    case PROTOCOL.ipv6:
      return fields.truncated ? CUT : protocolName(fields.ipProtocol);
    case PROTOCOL.ethernet:
    case PROTOCOL.vlan:
      return fields.truncated ? CUT : etherTypeInfo(buf, start, end, fields);
    case PROTOCOL.unknown:
      return fields.truncated ? CUT : '';
  }
}

const CUT = 'headers cut off';

function tcpInfo(buf: Uint8Array, end: number, fields: FlowFields): string {
  if (fields.srcPort < 0) return CUT;
  const portsText = `${fields.srcPort} → ${fields.dstPort}`;
  const at = fields.transportOffset;
  if (at + TCP_MIN_BYTES > end) return `${portsText} (${CUT})`;
  const ack = (fields.tcpFlags & TCP_FLAG.ack) === 0 ? '' : ` Ack=${u32(buf, at + 8)}`;
  const parts = `${portsText} [${tcpFlagNames(fields.tcpFlags)}] Seq=${u32(buf, at + 4)}${ack} Win=${u16(buf, at + 14)}`;
  const size = payloadBytes(buf, end, fields);
  return size < 0 ? parts : `${parts} Len=${size}`;
}

/** `SYN, ACK`; `none` for 0. */
export function tcpFlagNames(flags: number): string {
  const names: string[] = [];
  for (const [name, bit] of Object.entries(TCP_FLAG)) {
    if ((flags & bit) !== 0) names.push(name.toUpperCase());
  }
  return names.length === 0 ? 'none' : names.join(', ');
}

/** Bytes of payload by the IP header, also those that the snap length cut; -1 = not known. */
function payloadBytes(buf: Uint8Array, end: number, fields: FlowFields): number {
  if (fields.payloadOffset < 0) return -1;
  const at = fields.networkOffset;
  const stated = fields.family === 4 ? u16(buf, at + 2) : u16(buf, at + 4);
  if (stated === 0) return end - fields.payloadOffset;
  return at + stated + (fields.family === 4 ? 0 : 40) - fields.payloadOffset;
}

function udpInfo(buf: Uint8Array, end: number, fields: FlowFields): string {
  if (fields.srcPort < 0) return CUT;
  const portsText = `${fields.srcPort} → ${fields.dstPort}`;
  if (fields.transportOffset + UDP_HEADER_BYTES > end) return `${portsText} (${CUT})`;
  const stated = u16(buf, fields.transportOffset + 4);
  if (stated === 0) return `${portsText} Len=${payloadBytes(buf, end, fields)}`;
  if (stated < UDP_HEADER_BYTES) return `${portsText} bad length ${stated}`;
  return `${portsText} Len=${stated - UDP_HEADER_BYTES}`;
}

function icmpInfo(
  buf: Uint8Array,
  end: number,
  at: number,
  names: Readonly<Record<number, string>>,
  reply: number,
  request: number,
): string {
  if (at + 2 > end) return CUT;
  const type = buf[at]!;
  const name = names[type] ?? `Type ${type}`;
  if (type === reply || type === request) {
    if (at + ICMP_HEADER_BYTES > end) return name;
    const id = u16(buf, at + 4)
      .toString(16)
      .padStart(4, '0');
    return `${name} id=0x${id} seq=${u16(buf, at + 6)}`;
  }
  const target = names === ICMPV6_TYPES && (type === 135 || type === 136) && at + 24 <= end;
  if (target) return `${name} ${type === 135 ? 'for' : 'of'} ${formatIpv6(buf, at + 8)}`;
  return buf[at + 1] === 0 ? name : `${name} (code ${buf[at + 1]!})`;
}

function arpInfo(buf: Uint8Array, end: number, fields: FlowFields): string {
  const at = fields.networkOffset;
  if (at + ARP_FIXED_BYTES > end) return CUT;
  const opcode = u16(buf, at + 6);
  if (fields.family === 0) return fields.truncated ? CUT : `opcode ${opcode}`;
  const sender = formatIpv4(buf, fields.srcOffset);
  const target = formatIpv4(buf, fields.dstOffset);
  const hardware = fields.srcOffset - at - ARP_FIXED_BYTES;
  if (opcode === 1)
    return sender === target ? `ARP announcement for ${sender}` : `Who has ${target}? Tell ${sender}`;
  if (opcode === 2 && hardware === 6) return `${sender} is at ${formatMac(buf, at + ARP_FIXED_BYTES)}`;
  return `opcode ${opcode}, ${sender} → ${target}`;
}

function ipv4Info(buf: Uint8Array, end: number, fields: FlowFields): string {
  const at = fields.networkOffset;
  if (at + 8 > end || fields.family === 0) return fields.truncated ? CUT : 'bad header length';
  const fragment = u16(buf, at + 6);
  const name = protocolName(fields.ipProtocol);
  if ((fragment & IPV4_FRAGMENT_OFFSET) !== 0 || (fragment & IPV4_MORE_FRAGMENTS) !== 0) {
    const id = u16(buf, at + 4)
      .toString(16)
      .padStart(4, '0');
    return `Fragment of ${name}, offset ${(fragment & IPV4_FRAGMENT_OFFSET) * 8}, id=0x${id}`;
  }
  return fields.truncated ? CUT : name;
}

function protocolName(protocol: number): string {
  return IP_PROTOCOL_NAMES[protocol] ?? `IP protocol ${protocol}`;
}

function etherTypeInfo(buf: Uint8Array, start: number, end: number, fields: FlowFields): string {
  const at = start + (fields.protocol === PROTOCOL.vlan ? ETHERNET_BYTES + 2 : ETHERNET_BYTES - 2);
  if (at + 2 > end) return '';
  const type = u16(buf, at);
  return type <= 1500 ? `802.3 frame, ${type} bytes` : `EtherType 0x${type.toString(16).padStart(4, '0')}`;
}
