/** GUE, variant 0 (draft-ietf-intarea-gue 3); variant 1 has no header. Wireshark has no dissector of it. */
import { GUE_MIN_BYTES, u16 } from '../constants.ts';
import { gueBytes } from '../header-size.ts';
import type { Layer } from '../layer.ts';
import { IP_PROTOCOL_NAMES } from '../names.ts';
import type { FieldNode } from '../types.ts';

/** @0 2 bits variant, control flag, 5 bits words of optional fields, @1 u8 protocol or control type, @2 u16be flags. */
export function gueLayer(layer: Layer, at: number): FieldNode {
  const { bytes, end } = layer;
  layer.bits('gue.variant', at, 1, 6, 2);
  layer.bits('gue.control', at, 1, 5, 1);
  const size = Math.max(GUE_MIN_BYTES, gueBytes(bytes, at, end));
  layer.bits('gue.hlen', at, 1, 0, 5, { value: size - GUE_MIN_BYTES });
  const control = layer.has(at, 1) && (u16(bytes, at) & 0x2000) !== 0;
  layer.add(control ? 'gue.ctype' : 'gue.proto', at + 1, 1);
  layer.add('gue.flags', at + 2, 2);
  if (size > GUE_MIN_BYTES) layer.add('gue.fields', at + GUE_MIN_BYTES, size - GUE_MIN_BYTES);
  const name = layer.has(at, 2) && !control ? (IP_PROTOCOL_NAMES[bytes[at + 1]!] ?? '') : '';
  return layer.node('gue', name, at, at + size);
}
