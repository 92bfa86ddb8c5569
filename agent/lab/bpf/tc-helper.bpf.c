// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* One helper that changes a packet's shape in each program. What it answered is counted: a helper
 * that refused has shown nothing. */

#include "lab.h"

STAMP

EYE(before)
EYE(behind)

enum {
	DONE,
	REFUSED,
	COUNTERS
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

static __always_inline void count(long answer)
{
	__u32 counter = answer ? REFUSED : DONE;
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		__sync_fetch_and_add(value, 1);
}

/* Of packets with a sequence number only, which by then may be out of reach. */
#define HELPER(name, call)                            \
	SEC("tc")                                     \
	int name(struct __sk_buff *skb)               \
	{                                             \
		__u32 sequence = skb_sequence(skb);   \
                                                      \
		if (sequence) {                       \
			count(call);                  \
			NOTE(skb, sequence, "after"); \
		}                                     \
		return TCX_NEXT;                      \
	}

#define SMALL_BYTES	  8
#define BEYOND_BYTES	  400  /* more than any headroom here */
#define TAIL_BEYOND_BYTES 8192 /* more than any tailroom here */

HELPER(room_grow, bpf_skb_adjust_room(skb, SMALL_BYTES, BPF_ADJ_ROOM_MAC, 0))
HELPER(room_beyond, bpf_skb_adjust_room(skb, BEYOND_BYTES, BPF_ADJ_ROOM_MAC, 0))
HELPER(room_shrink, bpf_skb_adjust_room(skb, -SMALL_BYTES, BPF_ADJ_ROOM_MAC, 0))
HELPER(head_grow, bpf_skb_change_head(skb, ETH_HLEN, 0))
HELPER(head_beyond, bpf_skb_change_head(skb, BEYOND_BYTES, 0))
HELPER(proto_6, bpf_skb_change_proto(skb, bpf_htons(ETH_P_IPV6), 0))
HELPER(proto_4, bpf_skb_change_proto(skb, bpf_htons(ETH_P_IP), 0))
HELPER(tail_grow, bpf_skb_change_tail(skb, skb->len + SMALL_BYTES, 0))
HELPER(tail_beyond, bpf_skb_change_tail(skb, skb->len + TAIL_BEYOND_BYTES, 0))
HELPER(tail_shrink, bpf_skb_change_tail(skb, skb->len - SMALL_BYTES, 0))
HELPER(vlan_push, bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), 100))
HELPER(vlan_push_2nd, bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), 200))
HELPER(vlan_pop, bpf_skb_vlan_pop(skb))
HELPER(vlan_pop_2nd, bpf_skb_vlan_pop(skb))
