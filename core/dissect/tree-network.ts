/** Field tree: ARP, IPv4 with options and fragments, IPv6 with extension headers. */
import { formatHex, formatIpv4, formatIpv6, formatMac } from './addresses.ts';
import {
  ARP_FIXED_BYTES,
  ETHERTYPE,
  IPPROTO,
  IPV4_FRAGMENT_OFFSET,
  IPV4_MIN_BYTES,
  IPV6_FRAGMENT_OFFSET,
  IPV6_HEADER_BYTES,
  u16,
  u32,
} from './constants.ts';
import { extensionBytes } from './flow.ts';
import { namedHex, type Layer, type Next } from './layer.ts';
import { ARP_HARDWARE, ARP_OPCODES, ETHERTYPE_NAMES, IP_PROTOCOL_NAMES } from './names.ts';
import type { Step } from './tree-link.ts';

export function arpLayer(layer: Layer, at: number): Step {
  const { bytes, end } = layer;
  layer.u16('Hardware type', 'arp.hw.type', at, ARP_HARDWARE);
  layer.add('Protocol type', 'arp.proto.type', at + 2, 2, () =>
    namedHex(u16(bytes, at + 2), 4, ETHERTYPE_NAMES),
  );
  layer.u8('Hardware size', 'arp.hw.size', at + 4);
  layer.u8('Protocol size', 'arp.proto.size', at + 5);
  layer.u16('Opcode', 'arp.opcode', at + 6, ARP_OPCODES);
  let until = at + ARP_FIXED_BYTES;
  if (!layer.cut) {
    const hardware = bytes[at + 4]!;
    const protocol = bytes[at + 5]!;
    const isIpv4 = u16(bytes, at + 2) === ETHERTYPE.ipv4 && protocol === 4;
    for (const side of ['src', 'dst'] as const) {
      const name = side === 'src' ? 'Sender' : 'Target';
      if (hardware > 0) {
        layer.add(
          `${name} hardware address`,
          hardware === 6 ? `arp.${side}.hw_mac` : `arp.${side}.hw`,
          until,
          hardware,
          () => (hardware === 6 ? formatMac(bytes, until) : `${hardware} bytes`),
        );
      }
      until += hardware;
      const address = until;
      if (protocol > 0) {
        layer.add(
          `${name} protocol address`,
          isIpv4 ? `arp.${side}.proto_ipv4` : `arp.${side}.proto`,
          address,
          protocol,
          () => (isIpv4 ? formatIpv4(bytes, address) : `${protocol} bytes`),
        );
      }
      until += protocol;
    }
  }
  const opcode = at + ARP_FIXED_BYTES <= end ? (ARP_OPCODES[u16(bytes, at + 6)] ?? '') : '';
  return { node: layer.node('ARP', 'arp', opcode, at, until), next: null };
}

export function ipv4Layer(layer: Layer, at: number): Step {
  const { bytes, end } = layer;
  layer.add('Version', 'ip.version', at, 1, () => (bytes[at]! >>> 4).toString());
  layer.add('Header length', 'ip.hdr_len', at, 1, () => `${(bytes[at]! & 0xf) * 4}`);
  const headerBytes = at < end ? (bytes[at]! & 0xf) * 4 : IPV4_MIN_BYTES;
  if (headerBytes < IPV4_MIN_BYTES) {
    layer.note(
      'Bad header length',
      `${headerBytes}, less than the ${IPV4_MIN_BYTES} bytes every header has`,
      at,
      1,
    );
    return { node: layer.node('IPv4', 'ip', '', at, at + 1), next: data(at + 1, end) };
  }
  if (at + 2 <= end) {
    const field = bytes[at + 1]!;
    const children = layer.bits(field, at + 1, 1, [
      ['DSCP', 'ip.dsfield.dscp', 2, 6],
      ['ECN', 'ip.dsfield.ecn', 0, 2],
    ]);
    layer.add('Differentiated services', 'ip.dsfield', at + 1, 1, () => namedHex(field, 2), children);
  }
  layer.u16('Total length', 'ip.len', at + 2);
  layer.hex('Identification', 'ip.id', at + 4, 2);
  if (at + 7 <= end) {
    const flags = bytes[at + 6]! >>> 5;
    const children = layer.bits(flags, at + 6, 1, [
      ['Reserved', 'ip.flags.rb', 2, 1],
      ["Don't fragment", 'ip.flags.df', 1, 1],
      ['More fragments', 'ip.flags.mf', 0, 1],
    ]);
    layer.add('Flags', 'ip.flags', at + 6, 1, () => namedHex(flags, 2), children);
  }
  layer.add('Fragment offset', 'ip.frag_offset', at + 6, 2, () =>
    printFragmentOffset(u16(bytes, at + 6) & IPV4_FRAGMENT_OFFSET),
  );
  layer.u8('Time to live', 'ip.ttl', at + 8);
  layer.u8('Protocol', 'ip.proto', at + 9, IP_PROTOCOL_NAMES);
  layer.hex('Header checksum', 'ip.checksum', at + 10, 2);
  layer.ipv4('Source', 'ip.src', at + 12);
  layer.ipv4('Destination', 'ip.dst', at + 16);
  options(layer, at + IPV4_MIN_BYTES, at + headerBytes, 'ip.opt.type', 'ip.opt.len');
  const value = at + 20 <= end ? `${formatIpv4(bytes, at + 12)} → ${formatIpv4(bytes, at + 16)}` : '';
  const node = layer.node('IPv4', 'ip', value, at, at + headerBytes);
  return { node, next: layer.cut ? null : behindIpv4(bytes, at, headerBytes, end) };
}

/** What an IPv4 header says follows it: by the total length (0 = segmentation offload), none behind a fragment. */
function behindIpv4(bytes: Uint8Array, at: number, headerBytes: number, end: number): Next {
  const total = u16(bytes, at + 2);
  const from = at + headerBytes;
  if (total !== 0 && total < headerBytes) return data(from, end);
  const until = total === 0 ? end : Math.min(end, at + total);
  if ((u16(bytes, at + 6) & IPV4_FRAGMENT_OFFSET) !== 0) return data(from, until);
  return { by: 'ip', number: bytes[at + 9]!, at: from, end: until };
}

/** Options of IPv4 (RFC 791) and TCP (RFC 9293): 0 ends, 1 is one byte, others have a length with their header. */
export function options(
  layer: Layer,
  from: number,
  until: number,
  typeFilter: string,
  lengthFilter: string,
): void {
  const { bytes, end } = layer;
  let at = from;
  while (at < until) {
    if (at >= end) {
      layer.add('Option', typeFilter, at, 1, () => '');
      return;
    }
    const kind = bytes[at]!;
    if (!layer.add('Option', typeFilter, at, 1, () => kind.toString())) return;
    if (kind === 0) return;
    if (kind === 1) {
      at++;
      continue;
    }
    if (at + 1 >= until) return;
    if (!layer.u8('Option length', lengthFilter, at + 1)) return;
    const size = bytes[at + 1]!;
    if (size < 2 || at + size > until) {
      layer.note('Bad option length', size.toString(), at + 1, 1);
      return;
    }
    if (size > 2) layer.hex('Option value', '', at + 2, size - 2);
    at += size;
  }
}

export function ipv6Layer(layer: Layer, at: number): Step {
  const { bytes, end } = layer;
  layer.add('Version', 'ipv6.version', at, 1, () => (bytes[at]! >>> 4).toString());
  layer.add('Traffic class', 'ipv6.tclass', at, 2, () => namedHex((u16(bytes, at) >>> 4) & 0xff, 2));
  layer.add('Flow label', 'ipv6.flow', at, 4, () => namedHex(u32(bytes, at) & 0xfffff, 5));
  layer.u16('Payload length', 'ipv6.plen', at + 4);
  layer.u8('Next header', 'ipv6.nxt', at + 6, IP_PROTOCOL_NAMES);
  layer.u8('Hop limit', 'ipv6.hlim', at + 7);
  layer.ipv6('Source', 'ipv6.src', at + 8);
  layer.ipv6('Destination', 'ipv6.dst', at + 24);
  const from = at + IPV6_HEADER_BYTES;
  const value = from <= end ? `${formatIpv6(bytes, at + 8)} → ${formatIpv6(bytes, at + 24)}` : '';
  const node = layer.node('IPv6', 'ipv6', value, at, from);
  if (layer.cut) return { node, next: null };
  // 0 = jumbogram or segmentation offload: the length is not in this header.
  const payload = u16(bytes, at + 4);
  const until = payload === 0 ? end : Math.min(end, from + payload);
  return { node, next: { by: 'ip', number: bytes[at + 6]!, at: from, end: until } };
}

const EXTENSIONS: Readonly<Record<number, readonly [label: string, filter: string]>> = {
  [IPPROTO.hopByHop]: ['IPv6 hop-by-hop options', 'ipv6.hopopts'],
  [IPPROTO.routing]: ['IPv6 routing header', 'ipv6.routing'],
  [IPPROTO.fragment]: ['IPv6 fragment header', 'ipv6.fraghdr'],
  [IPPROTO.destination]: ['IPv6 destination options', 'ipv6.dstopts'],
  [IPPROTO.ah]: ['Authentication header', 'ah'],
};

/** One extension header (RFC 8200 4, AH: RFC 4302) of kind `kind`, which `isExtension` knows. */
export function extensionLayer(layer: Layer, kind: number, at: number): Step {
  const { bytes, end } = layer;
  const [label, filter] = EXTENSIONS[kind]!;
  layer.u8('Next header', kind === IPPROTO.ah ? 'ah.next_header' : `${filter}.nxt`, at, IP_PROTOCOL_NAMES);
  const size = at + 2 <= end ? extensionBytes(bytes, kind, at) : 8;
  switch (kind) {
    case IPPROTO.fragment:
      layer.add('Offset', 'ipv6.fraghdr.offset', at + 2, 2, () =>
        printFragmentOffset(u16(bytes, at + 2) >>> 3),
      );
      layer.add('More fragments', 'ipv6.fraghdr.more', at + 3, 1, () => (bytes[at + 3]! & 1).toString());
      layer.hex('Identification', 'ipv6.fraghdr.ident', at + 4, 4);
      break;
    case IPPROTO.ah:
      layer.u8('Length', 'ah.length', at + 1);
      layer.hex('SPI', 'ah.spi', at + 4, 4);
      layer.u32('Sequence', 'ah.sequence', at + 8);
      if (size > 12)
        layer.add('ICV', 'ah.icv', at + 12, size - 12, () => formatHex(bytes, at + 12, size - 12));
      break;
    case IPPROTO.routing:
      layer.u8('Length', 'ipv6.routing.len', at + 1);
      layer.u8('Type', 'ipv6.routing.type', at + 2);
      layer.u8('Segments left', 'ipv6.routing.segleft', at + 3);
      layer.hex('Data', '', at + 4, size - 4);
      break;
    default:
      layer.u8('Length', `${filter}.len`, at + 1);
      ipv6Options(layer, at + 2, at + size);
  }
  const node = layer.node(label, filter, '', at, at + size);
  if (layer.cut || at + size > end) return { node, next: null };
  const later = kind === IPPROTO.fragment && (u16(bytes, at + 2) & IPV6_FRAGMENT_OFFSET) !== 0;
  const next: Next = later ? data(at + size, end) : { by: 'ip', number: bytes[at]!, at: at + size, end };
  return { node, next };
}

/** RFC 8200 4.2: Pad1 is one zero byte, every other option type, length of the value, value. */
function ipv6Options(layer: Layer, from: number, until: number): void {
  const { bytes } = layer;
  let at = from;
  while (at < until) {
    if (!layer.u8('Option', 'ipv6.opt.type', at)) return;
    if (bytes[at] === 0) {
      at++;
      continue;
    }
    if (at + 1 >= until || !layer.u8('Option length', 'ipv6.opt.length', at + 1)) return;
    const size = bytes[at + 1]!;
    if (at + 2 + size > until) {
      layer.note('Bad option length', size.toString(), at + 1, 1);
      return;
    }
    if (size > 0) layer.hex('Option value', '', at + 2, size);
    at += 2 + size;
  }
}

function data(at: number, end: number): Next {
  return { by: 'data', number: 0, at, end };
}

/** The field counts units of 8 bytes, and its filter compares those. */
function printFragmentOffset(units: number): string {
  return `${units * 8} bytes (${units})`;
}
