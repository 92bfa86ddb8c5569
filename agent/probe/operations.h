/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Functions of the kernel that do something to metadata, for BPF and user space:
 * X(function, operation, which argument the sk_buff is).
 * BOTH at entry and exit; ENTRY at the entry alone, for the packet is somebody else's at the exit.
 */
#ifndef WHITHER_OPERATIONS_H
#define WHITHER_OPERATIONS_H

#define WH_OPERATIONS_BOTH(X)                     \
	X(pskb_expand_head, EXPAND_HEAD, 0)       \
	X(skb_vlan_untag, VLAN_UNTAG, 0)          \
	X(skb_vlan_push, VLAN_PUSH, 0)            \
	X(skb_vlan_pop, VLAN_POP, 0)              \
	X(__iptunnel_pull_header, PULL_HEADER, 0) \
	X(skb_scrub_packet, SCRUB, 0)             \
	X(bpf_skb_adjust_room, ADJUST_ROOM, 0)    \
	X(bpf_skb_change_head, CHANGE_HEAD, 0)    \
	X(bpf_skb_change_proto, CHANGE_PROTO, 0)

#define WH_OPERATIONS_ENTRY(X)                  \
	X(neigh_hh_output, NEIGHBOUR_HEADER, 1) \
	X(lwtunnel_xmit, LWTUNNEL, 0)

#endif /* WHITHER_OPERATIONS_H */
