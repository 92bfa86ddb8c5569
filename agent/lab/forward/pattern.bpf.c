// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Sixteen bytes of metadata, none of them zero, in front of every IPv4 packet: what the kernel
 * overwrites shows. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct pattern {
	__u64 first;
	__u64 second;
};

SEC("xdp")
int pattern(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct pattern *p;

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*p)))
		return XDP_PASS;
	p = (void *)(long)ctx->data_meta;
	if ((void *)(p + 1) > (void *)(long)ctx->data)
		return XDP_PASS;
	p->first = 0x1111111111111111;
	p->second = 0x2222222222222222;
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual MIT/GPL";
