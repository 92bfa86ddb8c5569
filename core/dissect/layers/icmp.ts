/** ICMP (RFC 792), ICMPv6 (RFC 4443, 4861) and IGMP (RFC 2236, 3376). */
import { ICMP_HEADER_BYTES } from '../constants.ts';
import { ICMP_TYPES, ICMPV6_TYPES, IGMP_TYPES } from '../names.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';

const IGMP_V3_REPORT = 0x22;

export function icmpLayer(layer: Layer, at: number): FieldNode {
  const { bytes } = layer;
  layer.add('icmp.type', at, 1);
  layer.add('icmp.code', at + 1, 1);
  layer.add('icmp.checksum', at + 2, 2);
  const type = layer.has(at, 1) ? bytes[at]! : -1;
  if (type === 0 || type === 8) {
    layer.add('icmp.ident', at + 4, 2);
    layer.add('icmp.seq', at + 6, 2);
  } else if (type === 3 && layer.has(at, 2) && bytes[at + 1] === 4) {
    layer.unnamed('Unused', at + 4, 2);
    layer.add('icmp.mtu', at + 6, 2);
  } else if (type === 5) {
    layer.add('icmp.redir_gw', at + 4, 4);
  } else {
    layer.unnamed('Rest of header', at + 4, 4);
  }
  return layer.node('icmp', ICMP_TYPES[type] ?? '', at, at + ICMP_HEADER_BYTES);
}

export function icmpv6Layer(layer: Layer, at: number): FieldNode {
  layer.add('icmpv6.type', at, 1);
  layer.add('icmpv6.code', at + 1, 1);
  layer.add('icmpv6.checksum', at + 2, 2);
  const type = layer.has(at, 1) ? layer.bytes[at]! : -1;
  let until = at + ICMP_HEADER_BYTES;
  if (type === 128 || type === 129) {
    layer.add('icmpv6.echo.identifier', at + 4, 2);
    layer.add('icmpv6.echo.sequence_number', at + 6, 2);
  } else if (type === 2) {
    layer.add('icmpv6.mtu', at + 4, 4);
  } else {
    layer.unnamed('Rest of header', at + 4, 4);
  }
  if (type === 135 || type === 136) {
    const kind = type === 135 ? 'ns' : 'na';
    layer.add(`icmpv6.nd.${kind}.target_address`, until, 16);
    until += 16;
  }
  return layer.node('icmpv6', ICMPV6_TYPES[type] ?? '', at, until);
}

/** The first 8 bytes, which all versions have; sources and group records of version 3 are data. */
export function igmpLayer(layer: Layer, at: number): FieldNode {
  layer.add('igmp.type', at, 1);
  const type = layer.has(at, 1) ? layer.bytes[at]! : -1;
  if (type === IGMP_V3_REPORT) {
    layer.add('igmp.checksum', at + 2, 2);
    layer.add('igmp.num_grp_recs', at + 6, 2);
  } else {
    layer.add('igmp.max_resp', at + 1, 1);
    layer.add('igmp.checksum', at + 2, 2);
    layer.add('igmp.maddr', at + 4, 4);
  }
  return layer.node('igmp', IGMP_TYPES[type] ?? '', at, at + ICMP_HEADER_BYTES);
}
