/**
 * The catalogue of observation points. Ids are written into captures: never renumber, only add.
 * Order within a lane is kernel order (domain: net/core/dev.c, net/ipv4/ip_input.c).
 */

export type Lane = 'rx' | 'tx' | 'end';
export type Layer = 'driver' | 'xdp' | 'gro' | 'stack' | 'tc' | 'ip' | 'l4' | 'socket' | 'qdisc' | 'free';

export interface Hook {
  readonly id: number;
  /** As in `eth0:NAME`, and in C as WH_HOOK_<NAME upper-cased, other characters as _>. */
  readonly name: string;
  /** Shorter, for headings on the page. */
  readonly label: string;
  readonly lane: Lane;
  readonly layer: Layer;
  /** Position within the lane; smaller is earlier. */
  readonly order: number;
  /** 1 = LINKTYPE_ETHERNET, 101 = LINKTYPE_RAW (no Ethernet header exists there). */
  readonly linkType: 1 | 101;
  /** epb_flags direction: 1 inbound, 2 outbound, 0 not known. */
  readonly direction: 0 | 1 | 2;
  readonly doc: string;
}

export const HOOKS: readonly Hook[] = [
  {
    id: 1,
    name: 'netif_receive_skb',
    label: 'netif_receive_skb',
    lane: 'rx',
    layer: 'stack',
    order: 300,
    linkType: 1,
    direction: 1,
    doc: 'stack entry; generic XDP has not run yet, native XDP has',
  },
  {
    id: 2,
    name: 'tcx/ingress@first',
    label: 'tcx ingress, first',
    lane: 'rx',
    layer: 'tc',
    order: 400,
    linkType: 1,
    direction: 1,
    doc: 'before every program of the tcx ingress chain',
  },
  {
    id: 3,
    name: 'tcx/ingress@last',
    label: 'tcx ingress, last',
    lane: 'rx',
    layer: 'tc',
    order: 490,
    linkType: 1,
    direction: 1,
    doc: 'after every program of the tcx ingress chain that let the packet pass',
  },
  {
    id: 4,
    name: 'skb_copy_datagram_iovec',
    label: 'socket recv',
    lane: 'rx',
    layer: 'socket',
    order: 900,
    linkType: 1,
    direction: 1,
    doc: 'payload is copied to the receiving process',
  },
  {
    id: 5,
    name: 'tcx/egress@first',
    label: 'tcx egress, first',
    lane: 'tx',
    layer: 'tc',
    order: 400,
    linkType: 1,
    direction: 2,
    doc: 'before every program of the tcx egress chain',
  },
  {
    id: 6,
    name: 'tcx/egress@last',
    label: 'tcx egress, last',
    lane: 'tx',
    layer: 'tc',
    order: 490,
    linkType: 1,
    direction: 2,
    doc: 'after every program of the tcx egress chain that let the packet pass',
  },
  {
    id: 7,
    name: 'net_dev_queue',
    label: 'net_dev_queue',
    lane: 'tx',
    layer: 'qdisc',
    order: 500,
    linkType: 1,
    direction: 2,
    doc: 'handed to the qdisc',
  },
  {
    id: 8,
    name: 'net_dev_start_xmit',
    label: 'net_dev_start_xmit',
    lane: 'tx',
    layer: 'driver',
    order: 700,
    linkType: 1,
    direction: 2,
    doc: 'handed to the driver',
  },
  {
    id: 9,
    name: 'consume_skb',
    label: 'freed',
    lane: 'end',
    layer: 'free',
    order: 950,
    linkType: 1,
    direction: 0,
    doc: 'freed after use',
  },
  {
    id: 10,
    name: 'kfree_skb',
    label: 'dropped',
    lane: 'end',
    layer: 'free',
    order: 960,
    linkType: 1,
    direction: 0,
    doc: 'dropped, with a reason',
  },
];

export const HOOK_BY_ID: ReadonlyMap<number, Hook> = new Map(HOOKS.map((h) => [h.id, h]));
export const HOOK_BY_NAME: ReadonlyMap<string, Hook> = new Map(HOOKS.map((h) => [h.name, h]));
/** Of an event or interface that is not Whither's. */
export const HOOK_NONE = 0;
