/** One entry of an MPLS label stack (RFC 3032 2.1). */
import { MPLS_ENTRY_BYTES, u32 } from '../constants.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';

export function mplsLayer(layer: Layer, at: number): FieldNode {
  layer.bits('mpls.label', at, 4, 12, 20);
  layer.bits('mpls.exp', at, 4, 9, 3);
  layer.bits('mpls.bottom', at, 4, 8, 1);
  layer.bits('mpls.ttl', at, 4, 0, 8);
  const value = layer.has(at, MPLS_ENTRY_BYTES) ? `label ${u32(layer.bytes, at) >>> 12}` : '';
  return layer.node('mpls', value, at, at + MPLS_ENTRY_BYTES);
}
