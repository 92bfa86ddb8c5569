// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Repeats the number of a numbered UDP packet in its metadata. Others pass without, so that GRO
 * merges the TCP ones: it keeps packets apart whose metadata differs. */
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "numbered.h"

/* Where UDP begins, 0 = nowhere. IPv4 without options, IPv6 without extension headers. */
static __always_inline __u32 udp_offset(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct iphdr *v4 = (void *)(eth + 1);
	struct ipv6hdr *v6 = (void *)(eth + 1);

	if ((void *)(v4 + 1) <= end && eth->h_proto == bpf_htons(ETH_P_IP) && v4->ihl == 5)
		return v4->protocol == IPPROTO_UDP ? sizeof(*eth) + sizeof(*v4) : 0;
	if ((void *)(v6 + 1) <= end && eth->h_proto == bpf_htons(ETH_P_IPV6))
		return v6->nexthdr == IPPROTO_UDP ? sizeof(*eth) + sizeof(*v6) : 0;
	return 0;
}

SEC("xdp")
int numbered(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 udp = udp_offset(data, end);
	struct numbered_area *area;
	struct numbered *n;
	__u64 number;

	if (!udp)
		return XDP_PASS;
	n = data + udp + sizeof(struct udphdr);
	if ((void *)(n + 1) > end || n->magic != bpf_htonl(NUMBERED_MAGIC))
		return XDP_PASS;
	number = bpf_be64_to_cpu(n->number);
	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*area)))
		return XDP_PASS;
	area = (void *)(long)ctx->data_meta;
	if ((void *)(area + 1) > (void *)(long)ctx->data)
		return XDP_PASS;
	__builtin_memset(area, 0, sizeof(*area));
	area->type = NUMBERED_TRACE_ID;
	area->length = sizeof(area->number);
	__builtin_memcpy(area->number, &number, sizeof(number));
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
