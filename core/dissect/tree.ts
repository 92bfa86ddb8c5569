/** A packet as a tree of fields, for the bytes pane. One node a layer, outermost first, as Wireshark has them. */
import type { FieldName } from './fields.ts';
import { arpLayer } from './layers/arp.ts';
import { geneveLayer } from './layers/geneve.ts';
import { greLayer } from './layers/gre.ts';
import { gueLayer } from './layers/gue.ts';
import { icmpLayer, icmpv6Layer, igmpLayer } from './layers/icmp.ts';
import { ipv4Layer } from './layers/ipv4.ts';
import { espLayer, extensionLayer, ipv6Layer } from './layers/ipv6.ts';
import { cooked2Layer, cookedLayer, ethernetLayer, llcLayer, nullLayer, vlanLayer } from './layers/link.ts';
import { mplsLayer } from './layers/mpls.ts';
import { nshLayer } from './layers/nsh.ts';
import { proxyLayer } from './layers/proxy.ts';
import { sctpLayer } from './layers/sctp.ts';
import { tcpLayer } from './layers/tcp.ts';
import { udpLayer } from './layers/udp.ts';
import { vxlanGpeLayer, vxlanLayer } from './layers/vxlan.ts';
import { Layer, MAX_TREE_FIELDS, type FieldBudget } from './layer.ts';
import type { FieldNode } from './types.ts';
import { HEADER } from './header-kind.ts';
import { createWalk, nextHeader, startWalk, type HeaderWalk } from './walk.ts';

/**
 * Dissects one packet. `bytes` is the packet and nothing else, `linkType` pcap's; offsets in the nodes are from
 * its start. Tunnels and the packet in an ICMP error are followed. A header that is cut off shows the
 * fields that are there and says so; bytes that no layer claims are `Data`, those behind the length that a header states
 * `Padding`. Never throws; at most MAX_HEADERS layers and MAX_TREE_FIELDS fields.
 */
export function dissectTree(bytes: Uint8Array, linkType: number): FieldNode[] {
  const budget: FieldBudget = { left: MAX_TREE_FIELDS };
  const walk = createWalk();
  const nodes: FieldNode[] = [];
  let end = bytes.length;
  startWalk(walk, bytes, 0, bytes.length, linkType);
  while (walk.kind !== HEADER.none) {
    end = walk.end;
    const node = dissect(walk, new Layer(bytes, walk.end, budget));
    if (node === null) break;
    nodes.push(node);
    nextHeader(walk, bytes);
  }
  const last = nodes.at(-1);
  const covered = last === undefined ? 0 : last.offset + last.length;
  if (covered < end) nodes.push(remainder('Data', covered, end));
  if (end < bytes.length) nodes.push(remainder('Padding', Math.max(covered, end), bytes.length));
  return nodes.filter((node) => node.length > 0 || node.children.length > 0);
}

/** null = no header. */
function dissect({ kind, number, at }: HeaderWalk, layer: Layer): FieldNode | null {
  switch (kind) {
    case HEADER.none:
    case HEADER.data:
      return null;
    case HEADER.ethernet:
      return ethernetLayer(layer, at);
    case HEADER.linuxSll:
      return cookedLayer(layer, at);
    case HEADER.linuxSll2:
      return cooked2Layer(layer, at);
    case HEADER.nullLoop:
      return nullLayer(layer, at);
    case HEADER.vlan:
      return vlanLayer(layer, number, at);
    case HEADER.llc:
      return llcLayer(layer, at);
    case HEADER.arp:
      return arpLayer(layer, at);
    case HEADER.ipv4:
      return ipv4Layer(layer, at);
    case HEADER.ipv6:
      return ipv6Layer(layer, at);
    case HEADER.extension:
      return extensionLayer(layer, number, at);
    case HEADER.tcp:
      return tcpLayer(layer, at);
    case HEADER.udp:
      return udpLayer(layer, at);
    case HEADER.icmp:
      return icmpLayer(layer, at);
    case HEADER.icmpv6:
      return icmpv6Layer(layer, at);
    case HEADER.igmp:
      return igmpLayer(layer, at);
    case HEADER.sctp:
      return sctpLayer(layer, at);
    case HEADER.esp:
      return espLayer(layer, at);
    case HEADER.gre:
      return greLayer(layer, at);
    case HEADER.vxlan:
      return vxlanLayer(layer, at);
    case HEADER.vxlanGpe:
      return vxlanGpeLayer(layer, at);
    case HEADER.geneve:
      return geneveLayer(layer, at);
    case HEADER.gue:
      return gueLayer(layer, at);
    case HEADER.mpls:
      return mplsLayer(layer, at);
    case HEADER.nsh:
      return nshLayer(layer, at);
    case HEADER.proxy:
      return proxyLayer(layer, at);
  }
}

const DATA_FILTER: FieldName = 'data.data';

function remainder(label: 'Data' | 'Padding', from: number, to: number): FieldNode {
  const length = Math.max(0, to - from);
  const value = length === 1 ? '1 byte' : `${length} bytes`;
  const filter = label === 'Data' ? DATA_FILTER : '';
  return { label, filter, value, raw: null, offset: from, length, children: [] };
}
