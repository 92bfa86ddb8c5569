/** Field tree: Ethernet, VLAN tags, 802.3 with LLC and SNAP, Linux cooked captures, NULL and LOOP. */
import { formatMac } from './addresses.ts';
import {
  ETHERNET_BYTES,
  ETHERTYPE,
  LINKTYPE,
  LLC_SNAP_BYTES,
  MAX_LENGTH_8023,
  NULL_BYTES,
  SLL2_BYTES,
  SLL_BYTES,
  u16,
  VLAN_BYTES,
} from './constants.ts';
import { isSnap, nullFamily } from './flow.ts';
import { Layer, namedHex, type FieldBudget, type Next } from './layer.ts';
import { ARP_HARDWARE, ETHERTYPE_NAMES, SLL_PACKET_TYPES } from './names.ts';
import type { FieldNode } from './types.ts';

export interface Step {
  readonly node: FieldNode | null;
  readonly next: Next | null;
}

/** The link header of a packet, and what follows it. `bytes` is the packet. */
export function linkLayer(bytes: Uint8Array, linkType: number, budget: FieldBudget): Step {
  const end = bytes.length;
  const layer = new Layer(bytes, end, budget);
  switch (linkType) {
    case LINKTYPE.ethernet:
      return ethernet(layer);
    case LINKTYPE.raw:
    case LINKTYPE.raw12:
    case LINKTYPE.raw14: {
      const version = end > 0 ? bytes[0]! >>> 4 : 0;
      return { node: null, next: version === 4 || version === 6 ? network(version, 0, end) : data(0, end) };
    }
    case LINKTYPE.ipv4:
      return { node: null, next: network(4, 0, end) };
    case LINKTYPE.ipv6:
      return { node: null, next: network(6, 0, end) };
    case LINKTYPE.linuxSll:
      return cooked(layer);
    case LINKTYPE.linuxSll2:
      return cooked2(layer);
    case LINKTYPE.null:
    case LINKTYPE.loop: {
      layer.add('Family', 'null.type', 0, NULL_BYTES, () => {
        const family = nullFamily(bytes, 0);
        return family === 0 ? 'unknown' : `IPv${family}`;
      });
      const family = layer.cut ? 0 : nullFamily(bytes, 0);
      return {
        node: layer.node('Null/Loopback', 'null', '', 0, NULL_BYTES),
        next: family === 0 ? data(NULL_BYTES, end) : network(family, NULL_BYTES, end),
      };
    }
    default:
      return { node: null, next: data(0, end) };
  }
}

function data(at: number, end: number): Next {
  return { by: 'data', number: 0, at, end };
}

function network(version: 4 | 6, at: number, end: number): Next {
  return { by: 'ethertype', number: version === 4 ? ETHERTYPE.ipv4 : ETHERTYPE.ipv6, at, end };
}

function ethernet(layer: Layer): Step {
  const { bytes, end } = layer;
  layer.mac('Destination', 'eth.dst', 0);
  layer.mac('Source', 'eth.src', 6);
  const next = typeOrLength(layer, 'eth', 12, ETHERNET_BYTES);
  const value = end >= 12 ? `${formatMac(bytes, 6)} → ${formatMac(bytes, 0)}` : '';
  return { node: layer.node('Ethernet', 'eth', value, 0, ETHERNET_BYTES), next };
}

const TYPE_FILTERS = {
  eth: { type: 'eth.type', length: 'eth.len' },
  vlan: { type: 'vlan.etype', length: 'vlan.len' },
  // Wireshark 4.0 has no field for what follows a service tag.
  ieee8021ad: { type: '', length: '' },
} as const;

/** The two bytes that are an EtherType, or up to 1500 the length of an LLC frame (802.3). */
function typeOrLength(
  layer: Layer,
  protocol: keyof typeof TYPE_FILTERS,
  at: number,
  behind: number,
): Next | null {
  const { bytes, end } = layer;
  if (at + 2 <= end && u16(bytes, at) <= MAX_LENGTH_8023) {
    const length = u16(bytes, at);
    layer.u16('Length', TYPE_FILTERS[protocol].length, at);
    return { by: 'ethertype', number: length, at: behind, end: Math.min(end, behind + length) };
  }
  layer.add('Type', TYPE_FILTERS[protocol].type, at, 2, () => namedHex(u16(bytes, at), 4, ETHERTYPE_NAMES));
  return layer.cut ? null : { by: 'ethertype', number: u16(bytes, at), at: behind, end };
}

/**
 * One VLAN tag: priority, drop eligible, id, and the type that follows (IEEE 802.1Q 9.6). `type` is the EtherType that
 * announced it; a provider bridge's (0x88a8) has field names of its own in Wireshark.
 */
export function vlanTag(layer: Layer, type: number, at: number): Step {
  const { bytes, end } = layer;
  const service = type === ETHERTYPE.qinq;
  const protocol = service ? 'ieee8021ad' : 'vlan';
  if (at + 2 <= end) {
    const tag = u16(bytes, at);
    layer.add('Priority', `${protocol}.priority`, at, 2, () => (tag >>> 13).toString());
    layer.add('Drop eligible', `${protocol}.dei`, at, 2, () => ((tag >>> 12) & 1).toString());
  }
  layer.add('ID', `${protocol}.id`, at, 2, () => (u16(bytes, at) & 0xfff).toString());
  const next = typeOrLength(layer, protocol, at + 2, at + VLAN_BYTES);
  const value = at + 2 <= end ? `ID ${u16(bytes, at) & 0xfff}` : '';
  return {
    node: layer.node(service ? 'VLAN service tag' : 'VLAN tag', protocol, value, at, at + VLAN_BYTES),
    next,
  };
}

/** LLC of an 802.3 frame; what follows is known only behind SNAP with OUI 0 (RFC 1042). */
export function llc(layer: Layer, at: number): Step {
  const { bytes, end } = layer;
  layer.hex('DSAP', 'llc.dsap', at, 1);
  layer.hex('SSAP', 'llc.ssap', at + 1, 1);
  if (!isSnap(bytes, at, end)) {
    return { node: layer.node('LLC', 'llc', '', at, at + 2), next: data(at + 2, end) };
  }
  layer.hex('Control', 'llc.control', at + 2, 1);
  layer.hex('Organisation', 'llc.oui', at + 3, 3);
  layer.add('Type', 'llc.type', at + 6, 2, () => namedHex(u16(bytes, at + 6), 4, ETHERTYPE_NAMES));
  return {
    node: layer.node('LLC with SNAP', 'llc', '', at, at + LLC_SNAP_BYTES),
    next: { by: 'ethertype', number: u16(bytes, at + 6), at: at + LLC_SNAP_BYTES, end },
  };
}

/** LINKTYPE_LINUX_SLL. @0 u16be packet type, @2 u16be ARPHRD, @4 u16be address length, @6 8 bytes address, @14 u16be protocol. */
function cooked(layer: Layer): Step {
  const { bytes, end } = layer;
  layer.u16('Packet type', 'sll.pkttype', 0, SLL_PACKET_TYPES);
  layer.u16('Hardware type', 'sll.hatype', 2, ARP_HARDWARE);
  layer.u16('Address length', 'sll.halen', 4);
  if (end >= 6 && u16(bytes, 4) === 6) layer.mac('Source', 'sll.src.eth', 6);
  else layer.hex('Source', 'sll.src.other', 6, 8);
  layer.add('Protocol', 'sll.etype', 14, 2, () => namedHex(u16(bytes, 14), 4, ETHERTYPE_NAMES));
  return {
    node: layer.node('Linux cooked capture v1', 'sll', '', 0, SLL_BYTES),
    next: layer.cut ? null : { by: 'ethertype', number: u16(bytes, 14), at: SLL_BYTES, end },
  };
}

/**
 * LINKTYPE_LINUX_SLL2. @0 u16be protocol, @2 u16be reserved, @4 u32be ifindex, @8 u16be ARPHRD, @10 u8 packet
 * type, @11 u8 address length, @12 8 bytes address.
 */
function cooked2(layer: Layer): Step {
  const { bytes, end } = layer;
  layer.add('Protocol', 'sll.etype', 0, 2, () => namedHex(u16(bytes, 0), 4, ETHERTYPE_NAMES));
  layer.u32('Interface index', 'sll.ifindex', 4);
  layer.u16('Hardware type', 'sll.hatype', 8, ARP_HARDWARE);
  layer.u8('Packet type', 'sll.pkttype', 10, SLL_PACKET_TYPES);
  layer.u8('Address length', 'sll.halen', 11);
  if (end >= 12 && bytes[11] === 6) layer.mac('Source', 'sll.src.eth', 12);
  else layer.hex('Source', 'sll.src.other', 12, 8);
  const fits = end >= SLL2_BYTES;
  return {
    node: layer.node('Linux cooked capture v2', 'sll', '', 0, SLL2_BYTES),
    next: fits ? { by: 'ethertype', number: u16(bytes, 0), at: SLL2_BYTES, end } : null,
  };
}
