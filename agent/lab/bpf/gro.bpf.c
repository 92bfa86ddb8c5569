// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* TCP segments stamped all alike, or each with a number of its own; behind GRO it is counted what
 * came out. */
#include <linux/in.h>
#include <linux/ip.h>

#include "lab.h"

enum {
	STAMPED,
	PACKETS,
	SEGMENTS,
	COUNTERS
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

static __always_inline __u64 count(__u32 counter, __u64 by)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	return value ? __sync_fetch_and_add(value, by) + by : 0;
}

static __always_inline bool is_tcp(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);

	return (void *)(ip + 1) <= end && eth->h_proto == bpf_htons(ETH_P_IP) &&
	       ip->protocol == IPPROTO_TCP;
}

SEC("xdp")
int stamp_alike(struct xdp_md *ctx)
{
	if (!is_tcp((void *)(long)ctx->data, (void *)(long)ctx->data_end))
		return XDP_PASS;
	count(STAMPED, 1);
	return stamp_packet(ctx, STAMP_TRACE);
}

SEC("xdp")
int stamp_each(struct xdp_md *ctx)
{
	if (!is_tcp((void *)(long)ctx->data, (void *)(long)ctx->data_end))
		return XDP_PASS;
	return stamp_packet(ctx, STAMP_TRACE | (__u32)count(STAMPED, 1));
}

SEC("tc")
int behind_gro(struct __sk_buff *skb)
{
	if (is_tcp((void *)(long)skb->data, (void *)(long)skb->data_end)) {
		count(PACKETS, 1);
		count(SEGMENTS, skb->gso_segs > 1 ? skb->gso_segs : 1);
	}
	return TCX_NEXT;
}
