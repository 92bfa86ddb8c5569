/** IPv6 (RFC 8200) with its extension headers, AH (RFC 4302) and ESP (RFC 4303). */
import { formatIpv6 } from '../addresses.ts';
import { ESP_HEADER_BYTES, IPPROTO, IPV6_HEADER_BYTES, u16 } from '../constants.ts';
import { extensionHeaderBytes } from '../header-size.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';
import { ipv6Options } from './ipv6-options.ts';
import { segmentRouting } from './segment-routing.ts';

const ROUTING_TYPE_SEGMENTS = 4;

export function ipv6Layer(layer: Layer, at: number): FieldNode {
  const { bytes } = layer;
  layer.bits('ipv6.version', at, 1, 4, 4);
  if (layer.has(at, 1) && bytes[at]! >>> 4 !== 6) layer.note('Bad version', 'this is no IPv6 header', at, 1);
  layer.bits('ipv6.tclass', at, 2, 4, 8, {
    inside: () => {
      layer.bits('ipv6.tclass.dscp', at, 2, 6, 6);
      layer.bits('ipv6.tclass.ecn', at, 2, 4, 2);
    },
  });
  layer.bits('ipv6.flow', at, 4, 0, 20);
  layer.add('ipv6.plen', at + 4, 2);
  layer.add('ipv6.nxt', at + 6, 1);
  layer.add('ipv6.hlim', at + 7, 1);
  layer.add('ipv6.src', at + 8, 16);
  layer.add('ipv6.dst', at + 24, 16);
  const fits = layer.has(at, IPV6_HEADER_BYTES);
  const value = fits ? `${formatIpv6(bytes, at + 8)} → ${formatIpv6(bytes, at + 24)}` : '';
  return layer.node('ipv6', value, at, at + IPV6_HEADER_BYTES);
}

/** One extension header of kind `kind`, which `isExtension` knows. */
export function extensionLayer(layer: Layer, kind: number, at: number): FieldNode {
  const { bytes, end } = layer;
  const size = Math.max(8, extensionHeaderBytes(bytes, kind, at, end));
  switch (kind) {
    case IPPROTO.fragment: {
      layer.add('ipv6.fraghdr.nxt', at, 1);
      const units = layer.has(at, 4) ? u16(bytes, at + 2) >>> 3 : 0;
      layer.bits('ipv6.fraghdr.offset', at + 2, 2, 3, 13, { text: printFragmentOffset(units) });
      layer.bits('ipv6.fraghdr.more', at + 3, 1, 0, 1);
      layer.add('ipv6.fraghdr.ident', at + 4, 4);
      return layer.node('ipv6.fraghdr', '', at, at + size);
    }
    case IPPROTO.ah:
      layer.add('ah.next_header', at, 1);
      layer.add('ah.length', at + 1, 1);
      layer.add('ah.spi', at + 4, 4);
      layer.add('ah.sequence', at + 8, 4);
      if (size > 12) layer.add('ah.icv', at + 12, size - 12);
      return layer.node('ah', '', at, at + size);
    case IPPROTO.routing:
      return routing(layer, at, size);
    case IPPROTO.hopByHop:
      layer.add('ipv6.hopopts.nxt', at, 1);
      layer.add('ipv6.hopopts.len', at + 1, 1);
      ipv6Options(layer, at + 2, at + size);
      return layer.node('ipv6.hopopts', '', at, at + size);
    default:
      layer.add('ipv6.dstopts.nxt', at, 1);
      layer.add('ipv6.dstopts.len', at + 1, 1);
      ipv6Options(layer, at + 2, at + size);
      return layer.node('ipv6.dstopts', '', at, at + size);
  }
}

function routing(layer: Layer, at: number, size: number): FieldNode {
  layer.add('ipv6.routing.nxt', at, 1);
  layer.add('ipv6.routing.len', at + 1, 1);
  layer.add('ipv6.routing.type', at + 2, 1);
  layer.add('ipv6.routing.segleft', at + 3, 1);
  if (!layer.cut && layer.bytes[at + 2] === ROUTING_TYPE_SEGMENTS) {
    segmentRouting(layer, at + 4, at + size);
    return layer.node('ipv6.routing', 'segment routing', at, at + size);
  }
  layer.unnamed('Data', at + 4, size - 4);
  return layer.node('ipv6.routing', '', at, at + size);
}

export function espLayer(layer: Layer, at: number): FieldNode {
  layer.add('esp.spi', at, 4);
  layer.add('esp.sequence', at + 4, 4);
  return layer.node('esp', '', at, at + ESP_HEADER_BYTES);
}

/** The field counts units of 8 bytes, and its filter compares those. */
export function printFragmentOffset(units: number): string {
  return `${units * 8} bytes (${units})`;
}
