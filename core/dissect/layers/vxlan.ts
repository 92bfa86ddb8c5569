/** VXLAN (RFC 7348, with Linux's group policy: draft-smith-vxlan-group-policy) and VXLAN-GPE. */
import { u32, VXLAN_BYTES } from '../constants.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';

export function vxlanLayer(layer: Layer, at: number): FieldNode {
  layer.add('vxlan.flags', at, 2, {
    inside: () => {
      layer.bits('vxlan.flag_g', at, 2, 15, 1);
      layer.bits('vxlan.flag_i', at, 2, 11, 1);
      layer.bits('vxlan.flag_d', at, 2, 6, 1);
      layer.bits('vxlan.flag_a', at, 2, 3, 1);
    },
  });
  layer.add('vxlan.gbp', at + 2, 2);
  layer.add('vxlan.vni', at + 4, 3);
  layer.unnamed('Reserved', at + 7, 1);
  return layer.node('vxlan', vniText(layer, at + 4), at, at + VXLAN_BYTES);
}

/** draft-ietf-nvo3-vxlan-gpe 3.1: the reserved bits of VXLAN say version and next protocol. */
export function vxlanGpeLayer(layer: Layer, at: number): FieldNode {
  layer.add('vxlan.flags', at, 1, {
    inside: () => {
      layer.bits('vxlan.ver', at, 1, 4, 2);
      layer.bits('vxlan.i_bit', at, 1, 3, 1);
      layer.bits('vxlan.p_bit', at, 1, 2, 1);
      layer.bits('vxlan.o_bit', at, 1, 0, 1);
    },
  });
  layer.unnamed('Reserved', at + 1, 2);
  layer.add('vxlan.next_proto', at + 3, 1);
  layer.add('vxlan.vni', at + 4, 3);
  layer.unnamed('Reserved', at + 7, 1);
  return layer.node('vxlan', vniText(layer, at + 4), at, at + VXLAN_BYTES, 'VXLAN-GPE');
}

/** Of 24 bits at `at` and a byte behind them. */
export function vniText(layer: Layer, at: number): string {
  return layer.has(at, 4) ? `VNI ${u32(layer.bytes, at) >>> 8}` : '';
}
