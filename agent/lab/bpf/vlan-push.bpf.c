// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* bpf_skb_vlan_push() once, which only sets skb->vlan_tci, and a second time, which puts the first
 * tag into the packet. */
#include "lab.h"

STAMP

EYE(behind)

EYE(look)

SEC("tc")
int push_first(struct __sk_buff *skb)
{
	__u32 sequence = skb_sequence(skb);

	if (sequence) {
		NOTE(skb, sequence, "before");
		bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), 100);
		NOTE(skb, sequence, "once");
	}
	return TCX_NEXT;
}

SEC("tc")
int push_second(struct __sk_buff *skb)
{
	__u32 sequence = skb_sequence(skb);

	if (sequence) {
		bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), 200);
		NOTE(skb, sequence, "twice");
	}
	return TCX_NEXT;
}
