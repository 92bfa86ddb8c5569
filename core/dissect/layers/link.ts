/** Ethernet, VLAN tags, 802.3 with LLC and SNAP, Linux cooked captures, NULL and LOOP. */
import { formatMac } from '../addresses.ts';
import {
  ETHERNET_BYTES,
  LLC_SNAP_BYTES,
  MAX_LENGTH_8023,
  NULL_BYTES,
  SLL2_BYTES,
  SLL_BYTES,
  u16,
  u32,
  VLAN_BYTES,
  ETHERTYPE,
} from '../constants.ts';
import type { FieldName } from '../fields.ts';
import { isSnap, nullFamily } from '../flow.ts';
import type { Layer } from '../layer.ts';
import type { FieldNode } from '../types.ts';

export function ethernetLayer(layer: Layer, at: number): FieldNode {
  const { bytes } = layer;
  layer.add('eth.dst', at, 6);
  layer.add('eth.src', at + 6, 6);
  typeOrLength(layer, 'eth.type', 'eth.len', at + 12, 1);
  const value = layer.has(at, 12) ? `${formatMac(bytes, at + 6)} → ${formatMac(bytes, at)}` : '';
  return layer.node('eth', value, at, at + ETHERNET_BYTES);
}

/** The two bytes that are an EtherType, or from `least` to 1500 the length of an LLC frame (802.3). */
function typeOrLength(layer: Layer, type: FieldName, length: FieldName, at: number, least: number): void {
  const value = layer.has(at, 2) ? u16(layer.bytes, at) : MAX_LENGTH_8023 + 1;
  layer.add(value >= least && value <= MAX_LENGTH_8023 ? length : type, at, 2);
}

/**
 * One VLAN tag: priority, drop eligible, id, and the type that follows (IEEE 802.1Q 9.6). `type` is the EtherType that
 * announced it; a provider bridge's (0x88a8) has field names of its own in Wireshark.
 */
export function vlanLayer(layer: Layer, type: number, at: number): FieldNode {
  const protocol = type === ETHERTYPE.qinq ? 'ieee8021ad' : 'vlan';
  layer.bits(`${protocol}.priority`, at, 2, 13, 3);
  layer.bits(`${protocol}.dei`, at, 2, 12, 1);
  layer.bits(`${protocol}.id`, at, 2, 0, 12);
  typeOrLength(layer, `${protocol}.etype`, `${protocol}.len`, at + 2, 0);
  const value = layer.has(at, 2) ? `ID ${u16(layer.bytes, at) & 0xfff}` : '';
  return layer.node(protocol, value, at, at + VLAN_BYTES);
}

/** LLC of an 802.3 frame; what follows is known only behind SNAP with OUI 0 (RFC 1042). */
export function llcLayer(layer: Layer, at: number): FieldNode {
  layer.add('llc.dsap', at, 1);
  layer.add('llc.ssap', at + 1, 1);
  // Cut off behind the three bytes that announce it, SNAP is what was to come.
  const begins =
    layer.has(at, 3) &&
    !layer.has(at, LLC_SNAP_BYTES) &&
    u16(layer.bytes, at) === 0xaaaa &&
    layer.bytes[at + 2] === 3;
  if (!begins && !isSnap(layer.bytes, at, layer.end)) return layer.node('llc', '', at, at + 2);
  layer.add('llc.control', at + 2, 1);
  layer.add('llc.oui', at + 3, 3);
  layer.add('llc.type', at + 6, 2);
  return layer.node('llc', '', at, at + LLC_SNAP_BYTES, 'LLC with SNAP');
}

/** LINKTYPE_LINUX_SLL. @0 u16be packet type, @2 u16be ARPHRD, @4 u16be address length, @6 8 bytes address, @14 u16be protocol. */
export function cookedLayer(layer: Layer, at: number): FieldNode {
  layer.add('sll.pkttype', at, 2);
  layer.add('sll.hatype', at + 2, 2);
  layer.add('sll.halen', at + 4, 2);
  cookedAddress(layer, layer.has(at, 6) ? u16(layer.bytes, at + 4) : 0, at + 6);
  layer.add('sll.etype', at + 14, 2);
  return layer.node('sll', '', at, at + SLL_BYTES, 'Linux cooked capture v1');
}

/**
 * LINKTYPE_LINUX_SLL2. @0 u16be protocol, @2 u16be reserved, @4 u32be ifindex, @8 u16be ARPHRD, @10 u8 packet
 * type, @11 u8 address length, @12 8 bytes address.
 */
export function cooked2Layer(layer: Layer, at: number): FieldNode {
  layer.add('sll.etype', at, 2);
  layer.add('sll.ifindex', at + 4, 4);
  layer.add('sll.hatype', at + 8, 2);
  layer.add('sll.pkttype', at + 10, 1);
  layer.add('sll.halen', at + 11, 1);
  cookedAddress(layer, layer.has(at, 12) ? layer.bytes[at + 11]! : 0, at + 12);
  return layer.node('sll', '', at, at + SLL2_BYTES, 'Linux cooked capture v2');
}

/** 8 bytes are kept for the address, 6 of which a MAC address takes. */
function cookedAddress(layer: Layer, length: number, at: number): void {
  if (length === 6) layer.add('sll.src.eth', at, 6);
  else layer.add('sll.src.other', at, 8);
}

export function nullLayer(layer: Layer, at: number): FieldNode {
  const known = layer.has(at, NULL_BYTES) ? nullFamily(layer.bytes, at) : 0;
  // In whichever byte order makes it small: `nullFamily` says why.
  const big = layer.has(at, NULL_BYTES) ? u32(layer.bytes, at) : 0;
  const value = big <= 0xff ? big : swap32(big);
  layer.add('null.family', at, NULL_BYTES, {
    value,
    text: known === 0 ? value.toString() : `IPv${known} (${value})`,
  });
  return layer.node('null', '', at, at + NULL_BYTES);
}

function swap32(value: number): number {
  return (
    ((value & 0xff) * 0x1_00_00_00 + ((value & 0xff00) << 8) + ((value >>> 8) & 0xff00) + (value >>> 24)) >>>
    0
  );
}
