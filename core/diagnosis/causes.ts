/**
 * The catalogue of causes: what the kernel does to metadata, and where its source says so. Codes are
 * stored in columns: never renumber, only add. Kernel facts: docs/states.md.
 */

export interface CauseInfo {
  readonly code: number;
  /** In JSON and links. */
  readonly name: string;
  /** The kernel operation, as an engineer would search for it. */
  readonly operation: string;
  /** What it does to metadata, one sentence. */
  readonly text: string;
}

export const CAUSE = {
  /** Nothing to explain. */
  none: 0,
  /** Something happened and none of the rules explains it. */
  unknown: 1,
  /** Up to 6.18 pskb_expand_head() ends with skb_metadata_clear() (net/core/skbuff.c). */
  expandHead: 2,
  /** The same, because a TC program wrote: its prologue unclones (bpf_unclone_prologue, net/core/filter.c), its helpers call skb_cow_head(). */
  expandHeadByProgram: 3,
  /** New skb_shared_info with meta_len 0: skb_copy(), skb_copy_expand(), __pskb_copy(), skb_segment() (net/core/skbuff.c). */
  copy: 4,
  /** skb_reset_mac_header() at an inner header: decapsulation (GRE, VXLAN, MPLS, QinQ); metadata stays where it was. */
  macForward: 5,
  /** The same in front: an outer L2 header was pushed, metadata was not moved before it. */
  macBackward: 6,
  /** neigh_hh_output() copies HH_DATA_MOD (16) bytes for a header of 14 (include/net/neighbour.h). */
  neighbourHeader: 7,
  /** A TC program wrote through data_meta or a dynptr. */
  tcProgram: 8,
  /** An XDP program wrote, having called bpf_xdp_adjust_meta(). */
  xdpProgram: 9,
  /** skb_vlan_untag(): skb_reorder_vlan_header() moves metadata by the 4 bytes of the tag (net/core/skbuff.c). */
  vlanUntag: 10,
  /** A TC helper that moves headers; from 6.19 on skb_data_move() takes the metadata along. */
  helperMoved: 11,
  /** The same up to 6.18, where the helpers leave metadata behind. */
  helperLeft: 12,
  /** From 6.19 on pskb_expand_head() takes the metadata to the new head. */
  expandHeadKept: 13,
  /** bpf_xdp_adjust_head() moves metadata along (net/core/filter.c). */
  adjustHead: 14,
  /** lwtunnel_xmit() clears metadata, from 7.1.5 on (net/core/lwtunnel.c). */
  lwtunnel: 15,
  /** XDP on an skb that is reused sets meta_len only when it is more than 0: the old length survives (drivers/net/veth.c, net/core/dev.c). */
  staleLength: 16,
  /** skb_scrub_packet() does not clear metadata when a packet goes into another network namespace. */
  scrubKept: 17,
  /** skb->mac_header is unset: metadata ends there, so it has no place. */
  macUnset: 18,
  /** The MAC header is nearer to the head than meta_len. */
  macTooNear: 19,
  /** The read faulted. */
  readFault: 20,
  /** An XDP program ran and the skb built from its buffer has no metadata. */
  xdpRemoved: 21,
  /** Headers were pushed over the headroom in which the metadata is. */
  headerPushed: 22,
  /** The driver made an sk_buff of the frame and did not call skb_metadata_set() (drivers/net). */
  driver: 23,
  /** The payload came in another sk_buff, whose metadata did not come along (net/ipv4/tcp_ipv4.c, tcp_input.c); told by links. */
  coalesced: 24,
} as const;
export type CauseCode = (typeof CAUSE)[keyof typeof CAUSE];
/** All codes are below; columns and counters rely on it. */
export const MAX_CAUSES = 32;

type Texts = Readonly<Record<keyof typeof CAUSE, readonly [operation: string, text: string]>>;

const TEXTS: Texts = {
  none: ['', ''],
  unknown: ['unknown', 'nothing that is known of this kernel explains it'],
  expandHead: [
    'pskb_expand_head',
    'up to Linux 6.18 it sets meta_len to 0 when it gives a packet a new head',
  ],
  expandHeadByProgram: [
    'pskb_expand_head for a TC program',
    'a TC program wrote to a packet whose head had to be copied first, which up to Linux 6.18 sets meta_len to 0',
  ],
  copy: ['skb_copy or skb_segment', 'the copy has a new skb_shared_info, where meta_len is 0'],
  macForward: [
    'MAC header moved into the packet (tunnel decapsulation, L2 reset)',
    'metadata ends at the MAC header, which moved on without it',
  ],
  macBackward: [
    'MAC header moved in front (encapsulation)',
    'metadata ends at the MAC header, which was set anew in front of the old one without it',
  ],
  neighbourHeader: [
    'neigh_hh_output',
    'with a cached neighbour it copies 16 bytes for an Ethernet header of 14: two zeros over the end of the metadata',
  ],
  tcProgram: ['a TC program', 'it wrote to the metadata area'],
  xdpProgram: ['an XDP program', 'it wrote to the metadata area'],
  vlanUntag: ['skb_vlan_untag', 'it moves metadata by the 4 bytes of the VLAN tag that it takes out'],
  helperMoved: ['a helper of a TC program (skb_data_move)', 'from Linux 6.19 on it takes metadata along'],
  helperLeft: [
    'a helper of a TC program',
    'up to Linux 6.18 a helper that moves headers leaves metadata where it was',
  ],
  expandHeadKept: ['pskb_expand_head', 'from Linux 6.19 on it takes metadata to the new head'],
  adjustHead: ['bpf_xdp_adjust_head', 'it takes metadata along'],
  lwtunnel: ['lwtunnel_xmit', 'from Linux 7.1.5 on it sets meta_len to 0'],
  staleLength: [
    'XDP program that wrote no metadata',
    'where the skb is reused, meta_len of an earlier hop survives an XDP program that adds none',
  ],
  scrubKept: [
    'skb_scrub_packet',
    'it does not clear metadata: the bytes of one network namespace are readable in the next',
  ],
  macUnset: ['MAC header not set', 'metadata ends at the MAC header, and this packet has none here'],
  macTooNear: [
    'MAC header too near to the head',
    'between the head and the MAC header there is less room than meta_len says',
  ],
  readFault: ['read fault', 'the kernel memory could not be read'],
  xdpRemoved: ['an XDP program', 'the skb that was built after it has no metadata'],
  headerPushed: ['headers pushed over the headroom', 'the packet now begins inside its metadata area'],
  driver: [
    'the driver',
    'it made an sk_buff of the frame and did not hand on the metadata (skb_metadata_set)',
  ],
  coalesced: [
    'TCP coalescing (tcp_add_backlog, tcp_try_coalesce)',
    'TCP joins payload in queues without a look at metadata, and frees what it came in',
  ],
};

export const CAUSES: readonly CauseInfo[] = Object.entries(CAUSE).map(([name, code]) => {
  const [operation, text] = TEXTS[name as keyof typeof CAUSE];
  return { code, name, operation, text };
});

const UNKNOWN_CODE: CauseInfo = { code: -1, name: 'unknown', operation: 'unknown', text: '' };

export function causeInfo(code: number): CauseInfo {
  return CAUSES[code] ?? UNKNOWN_CODE;
}
