// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Packets sent on to another device or CPU by TC and by XDP. */
#include "lab.h"

STAMP

EYE(before)
EYE(after)

/* Key 0: its ifindex. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} target SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cpus SEC(".maps");

static __always_inline __u32 target_ifindex(void)
{
	__u32 zero = 0, *ifindex = bpf_map_lookup_elem(&target, &zero);

	return ifindex ? *ifindex : 0;
}

SEC("tc")
int to_device(struct __sk_buff *skb)
{
	return skb_sequence(skb) ? bpf_redirect(target_ifindex(), 0) : TCX_NEXT;
}

SEC("tc")
int to_peer(struct __sk_buff *skb)
{
	return skb_sequence(skb) ? bpf_redirect_peer(target_ifindex(), 0) : TCX_NEXT;
}

static __always_inline int stamp_and_send(struct xdp_md *ctx, void *map)
{
	__u32 sequence = xdp_sequence(ctx);

	if (!sequence)
		return XDP_PASS;
	stamp_packet(ctx, STAMP_TRACE | sequence);
	return bpf_redirect_map(map, 0, XDP_PASS);
}

SEC("xdp")
int to_devmap(struct xdp_md *ctx)
{
	return stamp_and_send(ctx, &devices);
}

SEC("xdp")
int to_cpumap(struct xdp_md *ctx)
{
	return stamp_and_send(ctx, &cpus);
}

/* An XDP program that has no use for metadata. */
SEC("xdp")
int idle(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}
