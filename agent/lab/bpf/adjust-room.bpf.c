// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* bpf_skb_adjust_room(): room behind the Ethernet header made, then taken away again. */
#include "lab.h"

#define ROOM_BYTES 8

STAMP

EYE(behind)

SEC("tc")
int grow(struct __sk_buff *skb)
{
	__u32 sequence = skb_sequence(skb);

	if (sequence) {
		NOTE(skb, sequence, "before");
		bpf_skb_adjust_room(skb, ROOM_BYTES, BPF_ADJ_ROOM_MAC, 0);
		NOTE(skb, sequence, "grown");
	}
	return TCX_NEXT;
}

SEC("tc")
int shrink(struct __sk_buff *skb)
{
	__u32 sequence = skb_sequence(skb);

	if (sequence) {
		bpf_skb_adjust_room(skb, -ROOM_BYTES, BPF_ADJ_ROOM_MAC, 0);
		NOTE(skb, sequence, "shrunk");
	}
	return TCX_NEXT;
}
