/** A packet as a tree of fields, for the bytes pane. One node a layer, outermost first, as Wireshark has them. */
import { ETHERTYPE, IPPROTO, MAX_LENGTH_8023 } from './constants.ts';
import { isExtension, isVlan } from './flow.ts';
import { Layer, MAX_TREE_FIELDS, type FieldBudget, type Next } from './layer.ts';
import { linkLayer, llc, vlanTag, type Step } from './tree-link.ts';
import { arpLayer, extensionLayer, ipv4Layer, ipv6Layer } from './tree-network.ts';
import { icmpLayer, icmpv6Layer, tcpLayer, udpLayer } from './tree-transport.ts';
import type { FieldNode } from './types.ts';

/** Tags, extension headers, tunnels and quoted packets together. What is deeper is shown as data. */
export const MAX_LAYERS = 24;

/**
 * Dissects one packet. `bytes` is the packet and nothing else, `linkType` pcap's; offsets in the nodes are from
 * its start. Tunnels (IP in IP) and the packet in an ICMP error are followed. A header that is cut off shows the
 * fields that are there and says so; bytes that no layer claims are `Data`, those behind the length IP states `Padding`.
 * Never throws; at most MAX_LAYERS layers and MAX_TREE_FIELDS fields.
 */
export function dissectTree(bytes: Uint8Array, linkType: number): FieldNode[] {
  const budget: FieldBudget = { left: MAX_TREE_FIELDS };
  const nodes: FieldNode[] = [];
  let step = linkLayer(bytes, linkType, budget);
  if (step.node !== null) nodes.push(step.node);
  let end = bytes.length;
  for (let layers = 1; step.next !== null; layers++) {
    const { next } = step;
    end = next.end;
    // The header before it is cut off itself, which its own layer says.
    if (next.at > bytes.length) break;
    if (next.at >= next.end && next.by !== 'ethertype' && !expectsBytes(next)) break;
    const layer = layers < MAX_LAYERS ? dissect(bytes, next, budget) : null;
    if (layer === null) {
      nodes.push(plain('Data', 'data.data', next.at, next.end));
      break;
    }
    step = layer;
    if (step.node !== null) nodes.push(step.node);
  }
  const last = nodes.at(-1);
  const covered = last === undefined ? 0 : last.offset + last.length;
  if (covered < end) nodes.push(plain('Data', 'data.data', covered, end));
  if (end < bytes.length) nodes.push(plain('Padding', '', Math.max(covered, end), bytes.length));
  return nodes.filter((node) => node.length > 0 || node.children.length > 0);
}

/** A known transport with no bytes left is a header cut off, which the layer says. */
function expectsBytes(next: Next): boolean {
  return (
    next.by === 'ip' &&
    (next.number === IPPROTO.tcp || next.number === IPPROTO.udp || isExtension(next.number))
  );
}

/** null = nothing is known about what follows. */
function dissect(bytes: Uint8Array, next: Next, budget: FieldBudget): Step | null {
  const layer = new Layer(bytes, next.end, budget);
  switch (next.by) {
    case 'data':
      return null;
    case 'ethertype':
      if (isVlan(next.number)) return vlanTag(layer, next.number, next.at);
      if (next.number === ETHERTYPE.ipv4) return ipv4Layer(layer, next.at);
      if (next.number === ETHERTYPE.ipv6) return ipv6Layer(layer, next.at);
      if (next.number === ETHERTYPE.arp) return arpLayer(layer, next.at);
      return next.number <= MAX_LENGTH_8023 ? llc(layer, next.at) : null;
    case 'ip':
      return ipPayload(layer, next);
  }
}

function ipPayload(layer: Layer, next: Next): Step | null {
  switch (next.number) {
    case IPPROTO.tcp:
      return tcpLayer(layer, next.at);
    case IPPROTO.udp:
      return udpLayer(layer, next.at);
    case IPPROTO.icmp:
      return icmpLayer(layer, next.at);
    case IPPROTO.icmpv6:
      return icmpv6Layer(layer, next.at);
    case IPPROTO.ipv4:
      return ipv4Layer(layer, next.at);
    case IPPROTO.ipv6:
      return ipv6Layer(layer, next.at);
    default:
      return isExtension(next.number) ? extensionLayer(layer, next.number, next.at) : null;
  }
}

function plain(label: string, filter: string, from: number, to: number): FieldNode {
  const length = Math.max(0, to - from);
  const value = length === 1 ? '1 byte' : `${length} bytes`;
  return { label, filter, value, offset: from, length, children: [] };
}
