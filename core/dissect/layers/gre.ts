/** GRE (RFC 2784, 2890; source routes RFC 1701; version 1 RFC 2637). */
import {
  GRE_FLAG,
  GRE_MIN_BYTES,
  GRE_ROUTE_HEADER_BYTES,
  GRE_VERSION_PPTP,
  MAX_GRE_ROUTES,
  u16,
} from '../constants.ts';
import { greBytes } from '../header-size.ts';
import type { Layer } from '../layer.ts';
import { ETHERTYPE_NAMES } from '../names.ts';
import type { FieldNode } from '../types.ts';

/** @0 flags and version, @2 u16be EtherType; then each field that has a flag, in this order. */
export function greLayer(layer: Layer, at: number): FieldNode {
  const { bytes, end } = layer;
  const flags = layer.has(at, 2) ? u16(bytes, at) : 0;
  const pptp = (flags & 7) === GRE_VERSION_PPTP;
  layer.add('gre.flags_and_version', at, 2, { inside: () => flagBits(layer, at, pptp) });
  layer.add('gre.proto', at + 2, 2);
  let next = at + GRE_MIN_BYTES;
  if ((flags & (GRE_FLAG.checksum | GRE_FLAG.routing)) !== 0) {
    layer.add('gre.checksum', next, 2);
    layer.add('gre.offset', next + 2, 2);
    next += 4;
  }
  if ((flags & GRE_FLAG.key) !== 0) {
    if (pptp) {
      layer.add('gre.key.payload_length', next, 2);
      layer.add('gre.key.call_id', next + 2, 2);
    } else {
      layer.add('gre.key', next, 4);
    }
    next += 4;
  }
  if ((flags & GRE_FLAG.sequence) !== 0) {
    layer.add('gre.sequence_number', next, 4);
    next += 4;
  }
  if (pptp && (flags & GRE_FLAG.ack) !== 0) {
    layer.add('gre.ack_number', next, 4);
    next += 4;
  }
  if ((flags & GRE_FLAG.routing) !== 0) routes(layer, next);
  const size = greBytes(bytes, at, end);
  const type = layer.has(at, 4) ? u16(bytes, at + 2) : -1;
  return layer.node('gre', ETHERTYPE_NAMES[type] ?? '', at, size < 0 ? end : at + size);
}

function flagBits(layer: Layer, at: number, pptp: boolean): void {
  layer.bits('gre.flags.checksum', at, 2, 15, 1);
  layer.bits('gre.flags.routing', at, 2, 14, 1);
  layer.bits('gre.flags.key', at, 2, 13, 1);
  layer.bits('gre.flags.sequence_number', at, 2, 12, 1);
  layer.bits('gre.flags.strict_source_route', at, 2, 11, 1);
  layer.bits('gre.flags.recursion_control', at, 2, 8, 3);
  if (pptp) layer.bits('gre.flags.ack', at, 2, 7, 1);
  layer.bits('gre.flags.reserved', at, 2, 3, pptp ? 4 : 5);
  layer.bits('gre.flags.version', at, 2, 0, 3);
}

/** Each: @0 u16be address family, @2 u8 offset, @3 u8 length, information; the last has neither family nor length. */
function routes(layer: Layer, from: number): void {
  const { bytes } = layer;
  let at = from;
  for (let i = 0; i < MAX_GRE_ROUTES && !layer.cut; i++) {
    const start = at;
    const headed = layer.has(at, GRE_ROUTE_HEADER_BYTES);
    const length = headed ? bytes[at + 3]! : 0;
    layer.group('gre.routing', start, GRE_ROUTE_HEADER_BYTES + length, '', () => {
      layer.add('gre.routing.address_family', start, 2);
      layer.add('gre.routing.sre_offset', start + 2, 1);
      layer.add('gre.routing.src_length', start + 3, 1);
      if (length > 0) layer.add('gre.routing.information', start + GRE_ROUTE_HEADER_BYTES, length);
    });
    if (headed && u16(bytes, start) === 0 && length === 0) return;
    at += GRE_ROUTE_HEADER_BYTES + length;
  }
}
