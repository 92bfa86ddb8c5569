// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* The programs, one a hook. Each section's hook is in WH_HOOKS; hooks.c attaches them by name. */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "../record.h"
#include "kernel-types.h"
#include "maps.h"
#include "journey.h"
#include "capture.h"

/* TCX_NEXT of linux/bpf.h and TC_ACT_UNSPEC of linux/pkt_cls.h: let the next program decide. */
#define NO_VERDICT (-1)

/* The arguments of a tracepoint are an array: later kernels append some (consume_skb got its
 * location in 6.5, kfree_skb its socket in 6.11), which a typed prototype would not survive. */

SEC("tp_btf/netif_receive_skb")
int netif_receive_skb(__u64 *ctx)
{
	observe((struct sk_buff *)ctx[0], WH_HOOK_NETIF_RECEIVE_SKB, true);
	return 0;
}

SEC("tp_btf/net_dev_queue")
int net_dev_queue(__u64 *ctx)
{
	observe((struct sk_buff *)ctx[0], WH_HOOK_NET_DEV_QUEUE, true);
	return 0;
}

SEC("tp_btf/net_dev_start_xmit")
int net_dev_start_xmit(__u64 *ctx)
{
	observe((struct sk_buff *)ctx[0], WH_HOOK_NET_DEV_START_XMIT, true);
	return 0;
}

SEC("tc")
int tcx_ingress_first(struct __sk_buff *ctx)
{
	observe((struct sk_buff *)ctx, WH_HOOK_TCX_INGRESS_FIRST, false);
	return NO_VERDICT;
}

SEC("tc")
int tcx_ingress_last(struct __sk_buff *ctx)
{
	observe((struct sk_buff *)ctx, WH_HOOK_TCX_INGRESS_LAST, false);
	return NO_VERDICT;
}

SEC("tc")
int tcx_egress_first(struct __sk_buff *ctx)
{
	observe((struct sk_buff *)ctx, WH_HOOK_TCX_EGRESS_FIRST, false);
	return NO_VERDICT;
}

SEC("tc")
int tcx_egress_last(struct __sk_buff *ctx)
{
	observe((struct sk_buff *)ctx, WH_HOOK_TCX_EGRESS_LAST, false);
	return NO_VERDICT;
}

/* The journey of an skb that left the devices, or NULL. */
static __always_inline struct journey *find(struct sk_buff *skb, const __u32 hook)
{
	struct position now = {
		.skb = (__u64)skb,
		.head = (__u64)skb->head,
		.hook = hook,
		.skb_iif = skb->skb_iif,
	};

	return journey_known(&now, skb->mac_header, BPF_CORE_READ_BITFIELD(skb, cloned));
}

static __always_inline void capture_known(struct wh_record *r, struct sk_buff *skb,
					  const struct journey *j, const __u32 hook)
{
	r->ktime_ns = bpf_ktime_get_ns();
	r->journey = j->id;
	capture(r, skb, (__u64)skb->head, j->slot, hook, true);
}

SEC("tp_btf/skb_copy_datagram_iovec")
int skb_copy_datagram_iovec(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct journey *j = find(skb, WH_HOOK_SKB_COPY_DATAGRAM_IOVEC);
	struct wh_record r = {};
	__u64 task;

	if (!j)
		return 0;
	task = bpf_get_current_pid_tgid();
	r.task.pid = (__u32)task;
	r.task.tgid = task >> 32;
	bpf_get_current_comm(r.task.comm, sizeof(r.task.comm));
	r.event.extensions = WH_EXTENSION_TASK;
	capture_known(&r, skb, j, WH_HOOK_SKB_COPY_DATAGRAM_IOVEC);
	return 0;
}

SEC("tp_btf/consume_skb")
int consume_skb(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct journey *j = find(skb, WH_HOOK_CONSUME_SKB);
	struct wh_record r = {};
	__u64 key = (__u64)skb;

	if (!j)
		return 0;
	capture_known(&r, skb, j, WH_HOOK_CONSUME_SKB);
	bpf_map_delete_elem(&journeys, &key);
	return 0;
}

SEC("tp_btf/kfree_skb")
int kfree_skb(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct journey *j = find(skb, WH_HOOK_KFREE_SKB);
	struct wh_record r = {};
	__u64 key = (__u64)skb;

	if (!j)
		return 0;
	r.drop.location = ctx[1];
	r.drop.reason = (__u32)ctx[2];
	r.event.extensions = WH_EXTENSION_DROP;
	capture_known(&r, skb, j, WH_HOOK_KFREE_SKB);
	bpf_map_delete_elem(&journeys, &key);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
