/** Field tree: TCP, UDP, ICMP and ICMPv6 with the packet an error message quotes. */
import { ETHERTYPE, ICMP_HEADER_BYTES, TCP_MIN_BYTES, u16, UDP_HEADER_BYTES } from './constants.ts';
import { tcpFlagNames } from './info.ts';
import { namedHex, type Layer, type Next } from './layer.ts';
import { ICMP_TYPES, ICMPV6_TYPES } from './names.ts';
import { options } from './tree-network.ts';
import type { Step } from './tree-link.ts';

function data(at: number, end: number): Next {
  return { by: 'data', number: 0, at, end };
}

export function tcpLayer(layer: Layer, at: number): Step {
  const { bytes, end } = layer;
  layer.u16('Source port', 'tcp.srcport', at);
  layer.u16('Destination port', 'tcp.dstport', at + 2);
  layer.u32('Sequence number', 'tcp.seq_raw', at + 4);
  layer.u32('Acknowledgment number', 'tcp.ack_raw', at + 8);
  layer.add('Header length', 'tcp.hdr_len', at + 12, 1, () => ((bytes[at + 12]! >>> 4) * 4).toString());
  if (at + 14 <= end) {
    const flags = u16(bytes, at + 12) & 0xfff;
    const children = layer.bits(flags, at + 12, 2, [
      ['Reserved', 'tcp.flags.res', 9, 3],
      ['Accurate ECN', 'tcp.flags.ae', 8, 1],
      ['Congestion window reduced', 'tcp.flags.cwr', 7, 1],
      ['ECN echo', 'tcp.flags.ece', 6, 1],
      ['Urgent', 'tcp.flags.urg', 5, 1],
      ['Acknowledgment', 'tcp.flags.ack', 4, 1],
      ['Push', 'tcp.flags.push', 3, 1],
      ['Reset', 'tcp.flags.reset', 2, 1],
      ['Syn', 'tcp.flags.syn', 1, 1],
      ['Fin', 'tcp.flags.fin', 0, 1],
    ]);
    const text = `${tcpFlagNames(flags & 0xff)} (${namedHex(flags, 4)})`;
    layer.add('Flags', 'tcp.flags', at + 12, 2, () => text, children);
  } else {
    layer.hex('Flags', 'tcp.flags', at + 12, 2);
  }
  layer.u16('Window', 'tcp.window_size_value', at + 14);
  layer.hex('Checksum', 'tcp.checksum', at + 16, 2);
  layer.u16('Urgent pointer', 'tcp.urgent_pointer', at + 18);
  const fits = at + TCP_MIN_BYTES <= end;
  const headerBytes = fits ? (bytes[at + 12]! >>> 4) * 4 : TCP_MIN_BYTES;
  if (headerBytes < TCP_MIN_BYTES) {
    layer.note(
      'Bad header length',
      `${headerBytes}, less than the ${TCP_MIN_BYTES} bytes every header has`,
      at + 12,
      1,
    );
  }
  options(layer, at + TCP_MIN_BYTES, at + headerBytes, 'tcp.option_kind', 'tcp.option_len');
  const until = at + Math.max(headerBytes, TCP_MIN_BYTES);
  const node = layer.node('TCP', 'tcp', portsText(layer, at), at, until);
  return { node, next: layer.cut ? null : data(until, end) };
}

export function udpLayer(layer: Layer, at: number): Step {
  layer.u16('Source port', 'udp.srcport', at);
  layer.u16('Destination port', 'udp.dstport', at + 2);
  layer.u16('Length', 'udp.length', at + 4);
  layer.hex('Checksum', 'udp.checksum', at + 6, 2);
  const until = at + UDP_HEADER_BYTES;
  const node = layer.node('UDP', 'udp', portsText(layer, at), at, until);
  return { node, next: layer.cut ? null : data(until, layer.end) };
}

function portsText({ bytes, end }: Layer, at: number): string {
  return at + 4 <= end ? `${u16(bytes, at)} → ${u16(bytes, at + 2)}` : '';
}

/** Errors quote the packet they are about (RFC 792): unreachable, quench, redirect, time exceeded, parameter problem. */
const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12];

export function icmpLayer(layer: Layer, at: number): Step {
  const { bytes, end } = layer;
  layer.u8('Type', 'icmp.type', at, ICMP_TYPES);
  layer.u8('Code', 'icmp.code', at + 1);
  layer.hex('Checksum', 'icmp.checksum', at + 2, 2);
  const type = at < end ? bytes[at]! : -1;
  if (type === 0 || type === 8) {
    layer.u16('Identifier', 'icmp.ident', at + 4);
    layer.u16('Sequence number', 'icmp.seq', at + 6);
  } else if (type === 3 && at + 1 < end && bytes[at + 1] === 4) {
    layer.hex('Unused', '', at + 4, 2);
    layer.u16('MTU of the next hop', 'icmp.mtu', at + 6);
  } else if (type === 5) {
    layer.ipv4('Gateway', 'icmp.redir_gw', at + 4);
  } else {
    layer.hex('Rest of header', '', at + 4, 4);
  }
  const until = at + ICMP_HEADER_BYTES;
  const node = layer.node('ICMP', 'icmp', ICMP_TYPES[type] ?? '', at, until);
  return { node, next: behindIcmp(layer, until, ICMP_ERRORS.includes(type), ETHERTYPE.ipv4) };
}

export function icmpv6Layer(layer: Layer, at: number): Step {
  const { bytes, end } = layer;
  layer.u8('Type', 'icmpv6.type', at, ICMPV6_TYPES);
  layer.u8('Code', 'icmpv6.code', at + 1);
  layer.hex('Checksum', 'icmpv6.checksum', at + 2, 2);
  const type = at < end ? bytes[at]! : -1;
  let until = at + ICMP_HEADER_BYTES;
  if (type === 128 || type === 129) {
    layer.hex('Identifier', 'icmpv6.echo.identifier', at + 4, 2);
    layer.u16('Sequence number', 'icmpv6.echo.sequence_number', at + 6);
  } else if (type === 2) {
    layer.u32('MTU', 'icmpv6.mtu', at + 4);
  } else {
    layer.hex('Rest of header', '', at + 4, 4);
  }
  if (type === 135 || type === 136) {
    const kind = type === 135 ? 'ns' : 'na';
    layer.ipv6('Target address', `icmpv6.nd.${kind}.target_address`, until);
    until += 16;
  }
  const node = layer.node('ICMPv6', 'icmpv6', ICMPV6_TYPES[type] ?? '', at, until);
  // Types below 128 are errors (RFC 4443 2.1); four of them are defined.
  return { node, next: behindIcmp(layer, until, type >= 1 && type <= 4, ETHERTYPE.ipv6) };
}

function behindIcmp(layer: Layer, at: number, quotes: boolean, etherType: number): Next | null {
  if (layer.cut) return null;
  if (!quotes) return data(at, layer.end);
  return { by: 'ethertype', number: etherType, at, end: layer.end };
}
