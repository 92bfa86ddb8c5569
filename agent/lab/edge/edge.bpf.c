// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* The edge: an XDP program that says in metadata what it made of a packet, and a tcx program that
 * adds what it knows and acts on it. Both note down what they wrote, for the tests to compare. */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "edge.h"

/* TCX_NEXT and TCX_DROP of linux/bpf.h (6.6) */
#define TCX_NEXT (-1)
#define TCX_DROP 2

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, EDGE_NOTES_MAX);
	__type(key, __u64);
	__type(value, struct edge_note);
} notes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct edge_counts);
} counts SEC(".maps");

/* Upper half of every trace id; set by the loader. */
const volatile __u32 run SEC(".rodata.run") = 0;

struct facts {
	bool ip;
	bool has_origin;
	__u8 origin[4];
	__u8 protocol;
	__be16 udp_port;
};

static __always_inline struct edge_counts *count(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&counts, &zero);
}

static __always_inline void find_udp_port(struct facts *f, void *l4, void *end)
{
	struct udphdr *udp = l4;

	if (f->protocol == IPPROTO_UDP && (void *)(udp + 1) <= end)
		f->udp_port = udp->dest;
}

/* The lab's own prefix, fd71::/96, has an IPv4 address in its last four bytes; others do not. */
static __always_inline bool embeds_ipv4(const struct in6_addr *a)
{
	return a->in6_u.u6_addr32[0] == bpf_htonl(0xfd710000) && !a->in6_u.u6_addr32[1] &&
	       !a->in6_u.u6_addr32[2];
}

/* IPv4 with options and IPv6 with extension headers have their port left unread. */
static __always_inline struct facts look(void *data, void *end)
{
	struct facts f = {};
	struct ethhdr *eth = data;
	struct iphdr *v4 = (void *)(eth + 1);
	struct ipv6hdr *v6 = (void *)(eth + 1);

	if ((void *)(eth + 1) > end)
		return f;
	if (eth->h_proto == bpf_htons(ETH_P_IP) && (void *)(v4 + 1) <= end) {
		f.ip = true;
		f.protocol = v4->protocol;
		f.has_origin = true;
		__builtin_memcpy(f.origin, &v4->saddr, sizeof(f.origin));
		if (v4->ihl == 5)
			find_udp_port(&f, v4 + 1, end);
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6) && (void *)(v6 + 1) <= end) {
		f.ip = true;
		f.protocol = v6->nexthdr;
		f.has_origin = embeds_ipv4(&v6->saddr);
		__builtin_memcpy(f.origin, &v6->saddr.in6_u.u6_addr32[3], sizeof(f.origin));
		find_udp_port(&f, v6 + 1, end);
	}
	return f;
}

SEC("xdp")
int edge_xdp(struct xdp_md *ctx)
{
	struct edge_counts *c = count();
	struct edge_note note = {};
	struct edge_area *area;
	struct facts f;
	__u64 trace;

	if (!c)
		return XDP_PASS;
	trace = (__u64)run << 32 | (__u32)(__sync_fetch_and_add(&c->xdp, 1) + 1);
	f = look((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*area)))
		return XDP_PASS;
	area = (void *)(long)ctx->data_meta;
	if ((void *)(area + 1) > (void *)(long)ctx->data)
		return XDP_PASS;

	/* New room holds whatever was there before. */
	__builtin_memset(area, 0, sizeof(*area));
	area->trace_type = EDGE_TRACE_ID;
	area->trace_length = sizeof(area->trace_id);
	__builtin_memcpy(area->trace_id, &trace, sizeof(trace));
	area->verdict_type = EDGE_VERDICT;
	area->verdict_length = sizeof(area->verdict);
	area->verdict = EDGE_UNKNOWN;
	if (f.ip)
		area->verdict = f.udp_port == bpf_htons(EDGE_DROP_PORT) ? EDGE_DROP : EDGE_PASS;
	if (f.has_origin) {
		area->origin_type = EDGE_ORIGIN;
		area->origin_length = sizeof(area->origin);
		__builtin_memcpy(area->origin, f.origin, sizeof(area->origin));
	}
	__builtin_memcpy(note.after_xdp, area, sizeof(*area));
	bpf_map_update_elem(&notes, &trace, &note, BPF_ANY);
	return XDP_PASS;
}

SEC("tc")
int edge_tcx(struct __sk_buff *skb)
{
	struct edge_area *area = (void *)(long)skb->data_meta;
	struct edge_counts *c = count();
	struct edge_note *note;
	__u32 tenant;
	__u64 trace;

	if (c)
		__sync_fetch_and_add(&c->tcx, 1);
	if ((void *)(area + 1) > (void *)(long)skb->data || area->trace_type != EDGE_TRACE_ID)
		return TCX_NEXT;
	if (area->origin_type == EDGE_ORIGIN) {
		tenant = EDGE_TENANT_BASE + area->origin[3];
		area->tenant_type = EDGE_TENANT;
		area->tenant_length = sizeof(area->tenant);
		__builtin_memcpy(area->tenant, &tenant, sizeof(tenant));
	}
	__builtin_memcpy(&trace, area->trace_id, sizeof(trace));
	note = bpf_map_lookup_elem(&notes, &trace);
	if (note) {
		__builtin_memcpy(note->after_tcx, area, sizeof(*area));
		note->tcx_seen = 1;
	}
	if (area->verdict != EDGE_DROP)
		return TCX_NEXT;
	if (c)
		__sync_fetch_and_add(&c->dropped, 1);
	return TCX_DROP;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
