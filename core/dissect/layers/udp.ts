/** UDP (RFC 768). */
import { u16, UDP_HEADER_BYTES } from '../constants.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';

export function udpLayer(layer: Layer, at: number): FieldNode {
  layer.add('udp.srcport', at, 2);
  layer.add('udp.dstport', at + 2, 2);
  layer.add('udp.length', at + 4, 2);
  layer.add('udp.checksum', at + 6, 2);
  return layer.node('udp', portsText(layer, at), at, at + UDP_HEADER_BYTES);
}

/** `4000 → 53`, of every transport that begins with two ports. */
export function portsText(layer: Layer, at: number): string {
  return layer.has(at, 4) ? `${u16(layer.bytes, at)} → ${u16(layer.bytes, at + 2)}` : '';
}
