/** What kernel sources, patches and mailing lists let one expect, to be held against the table. */
import { KERNEL_KEEPS, KERNEL_LWTUNNEL_CLEARS } from '#core/diagnosis/kernel-version.ts';
import type { Outcome } from '#core/survival/table.ts';

export interface Claim {
  /** One sentence without a full stop. */
  readonly text: string;
  readonly operations: readonly string[];
  /** Kernel versions that it is about: from, and below. */
  readonly since?: number;
  readonly below?: number;
  readonly outcomes: readonly Outcome[];
}

const CLONED = [
  'TC program writes to the packet, cloned',
  'bpf_skb_adjust_room(), grow by 8, cloned',
  'bpf_skb_adjust_room(), shrink by 8, cloned',
  'bpf_skb_change_head(), 14 bytes, cloned',
  'bpf_skb_change_proto(), IPv4 to IPv6, cloned',
  'bpf_skb_change_proto(), IPv6 to IPv4, cloned',
  'bpf_skb_change_tail(), 8 bytes more, cloned',
  'bpf_skb_change_tail(), 8 bytes less, cloned',
  'bpf_skb_vlan_push(), second tag, cloned',
];
const BEYOND = [
  'bpf_skb_adjust_room(), grow beyond the headroom',
  'bpf_skb_change_head(), beyond the headroom',
  'bpf_skb_change_tail(), beyond the tailroom',
];
const SHAPE = [
  'bpf_skb_adjust_room(), grow by 8',
  'bpf_skb_adjust_room(), shrink by 8',
  'bpf_skb_change_head(), 14 bytes',
  'bpf_skb_change_proto(), IPv4 to IPv6',
  'bpf_skb_change_proto(), IPv6 to IPv4',
  'bpf_skb_vlan_push(), second tag',
];
const LWTUNNEL = [
  'forwarded with an MPLS label pushed (lwtunnel)',
  'forwarded inside segment routing (lwtunnel)',
];

export const CLAIMS: readonly Claim[] = [
  {
    text: 'Up to 6.18 `pskb_expand_head()` clears metadata: on clones, and where there is too little room',
    operations: [...CLONED, ...BEYOND],
    below: KERNEL_KEEPS,
    outcomes: ['lost'],
  },
  {
    text: 'From 6.19 on `pskb_expand_head()` keeps it',
    operations: [...CLONED, ...BEYOND],
    since: KERNEL_KEEPS,
    outcomes: ['survives', 'moved'],
  },
  {
    text: 'Up to 6.18 TC helpers leave metadata in the wrong place',
    operations: SHAPE,
    below: KERNEL_KEEPS,
    outcomes: ['stale', 'lost'],
  },
  {
    text: 'From 6.19 on TC helpers move it along (`skb_data_move()`)',
    operations: SHAPE,
    since: KERNEL_KEEPS,
    outcomes: ['moved'],
  },
  {
    text: 'Up to 6.18 `bpf_skb_change_tail()`, `bpf_skb_vlan_push()` and `bpf_skb_vlan_pop()` lose it or leave it in the wrong place',
    operations: [
      'bpf_skb_change_tail(), 8 bytes more',
      'bpf_skb_change_tail(), 8 bytes less',
      'bpf_skb_vlan_push(), first tag',
      'bpf_skb_vlan_push(), second tag',
      'bpf_skb_vlan_pop(), only tag',
      'bpf_skb_vlan_pop(), outer of two tags',
    ],
    below: KERNEL_KEEPS,
    outcomes: ['stale', 'lost'],
  },
  {
    text: 'Forwarding with a cached neighbour takes the last two bytes (`neigh_hh_output()`)',
    operations: ['forwarded, IPv4, neighbour cached', 'forwarded, IPv6, neighbour cached'],
    outcomes: ['clobbered'],
  },
  {
    text: 'Tunnels that end here leave it behind, on all kernels',
    operations: [
      'VXLAN tunnel ends here',
      'GRE tunnel ends here',
      'GRE tunnel of Ethernet ends here',
      'MPLS label taken off, forwarded',
    ],
    outcomes: ['stale'],
  },
  {
    text: '`skb_vlan_untag()` moves it',
    operations: ['VLAN tag taken out of the packet (skb_vlan_untag)'],
    outcomes: ['moved'],
  },
  {
    text: 'Lightweight tunnels overwrite it before 7.1.5',
    operations: LWTUNNEL,
    below: KERNEL_LWTUNNEL_CLEARS,
    outcomes: ['stale', 'clobbered', 'lost'],
  },
  {
    text: 'Lightweight tunnels clear it from 7.1.5 on',
    operations: LWTUNNEL,
    since: KERNEL_LWTUNNEL_CLEARS,
    outcomes: ['lost'],
  },
  {
    text: 'It crosses into other network namespaces (`skb_scrub_packet()` does not clear it)',
    operations: ['veth pair into another namespace', 'bpf_redirect_peer() into another namespace'],
    outcomes: ['survives'],
  },
  {
    text: 'The length of an earlier hop survives an XDP program on veth that writes none',
    operations: ['veth with an XDP program that writes none'],
    outcomes: ['stale'],
  },
  {
    text: 'Software GSO loses it (`skb_segment()`)',
    operations: ['software GSO on the way out (skb_segment)'],
    outcomes: ['lost'],
  },
  {
    text: 'XDP redirects carry it along',
    operations: ['XDP redirect to another device (devmap)', 'XDP redirect to another CPU (cpumap)'],
    outcomes: ['survives'],
  },
];
