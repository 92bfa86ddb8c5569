/** ARP (RFC 826), for any lengths of address. */
import { ARP_FIXED_BYTES, ETHERTYPE, u16 } from '../constants.ts';
import { ARP_OPCODES } from '../names.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';

export function arpLayer(layer: Layer, at: number): FieldNode {
  const { bytes } = layer;
  layer.add('arp.hw.type', at, 2);
  layer.add('arp.proto.type', at + 2, 2);
  layer.add('arp.hw.size', at + 4, 1);
  layer.add('arp.proto.size', at + 5, 1);
  layer.add('arp.opcode', at + 6, 2);
  let until = at + ARP_FIXED_BYTES;
  if (layer.cut) return layer.node('arp', '', at, until);
  const hardware = bytes[at + 4]!;
  const protocol = bytes[at + 5]!;
  const isIpv4 = u16(bytes, at + 2) === ETHERTYPE.ipv4 && protocol === 4;
  for (const side of ['src', 'dst'] as const) {
    if (hardware > 0) layer.add(hardware === 6 ? `arp.${side}.hw_mac` : `arp.${side}.hw`, until, hardware);
    until += hardware;
    if (protocol > 0) layer.add(isIpv4 ? `arp.${side}.proto_ipv4` : `arp.${side}.proto`, until, protocol);
    until += protocol;
  }
  return layer.node('arp', ARP_OPCODES[u16(bytes, at + 6)] ?? '', at, until);
}
