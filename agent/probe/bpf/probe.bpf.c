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
#include "address.h"
#include "device.h"
#include "journey.h"
#include "tlv.h"
#include "filter.h"
#include "note.h"
#include "capture.h"
#include "count.h"

/* TCX_NEXT of linux/bpf.h and TC_ACT_UNSPEC of linux/pkt_cls.h: let the next program decide. */
#define NO_VERDICT (-1)
/* What a cgroup_skb program returns to let a packet pass. */
#define PASS 1

/* The arguments of a tracepoint are an array: later kernels append some (consume_skb got its
 * location in 6.5, kfree_skb its socket in 6.11), which a typed prototype would not survive. */

static __always_inline void observe_device(struct sk_buff *skb, const struct hook hook)
{
	observe(skb, skb->dev, hook, true);
}

/* A program whose context is the skb under another name. */
static __always_inline void observe_context(void *ctx, const struct hook hook)
{
	struct sk_buff *skb = ctx;

	if (CASTS)
		observe_device(CONTEXT(ctx), hook);
	else
		observe(skb, BPF_CORE_READ(skb, dev), hook, false);
}

#define TRACEPOINT(name, NAME, argument)                                     \
	SEC("tp_btf/" #name)                                                 \
	int name(__u64 *ctx)                                                 \
	{                                                                    \
		observe_device((struct sk_buff *)ctx[argument], HOOK(NAME)); \
		return 0;                                                    \
	}

TRACEPOINT(napi_gro_receive_entry, NAPI_GRO_RECEIVE_ENTRY, 0)
TRACEPOINT(napi_gro_frags_entry, NAPI_GRO_FRAGS_ENTRY, 0)
TRACEPOINT(netif_rx, NETIF_RX, 0)
TRACEPOINT(netif_receive_skb, NETIF_RECEIVE_SKB, 0)
TRACEPOINT(net_dev_queue, NET_DEV_QUEUE, 0)
TRACEPOINT(net_dev_start_xmit, NET_DEV_START_XMIT, 0)

SEC("tp_btf/qdisc_enqueue")
int qdisc_enqueue(__u64 *ctx)
{
	struct Qdisc *qdisc = (struct Qdisc *)ctx[0];

	/* Another CPU may have dequeued and freed it by now. */
	if (!(qdisc->flags & QDISC_NOLOCK))
		observe_device((struct sk_buff *)ctx[2], HOOK(QDISC_ENQUEUE));
	return 0;
}

SEC("tp_btf/qdisc_dequeue")
int qdisc_dequeue(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[3];

	if (skb)
		observe_device(skb, HOOK(QDISC_DEQUEUE));
	return 0;
}

#define IN_CONTEXT(name, section, verdict, hook) \
	SEC(section)                             \
	int name(struct __sk_buff *ctx)          \
	{                                        \
		observe_context(ctx, hook);      \
		return verdict;                  \
	}

IN_CONTEXT(tcx_ingress_first, "tc", NO_VERDICT, HOOK(TCX_INGRESS_FIRST))
IN_CONTEXT(tcx_ingress_after, "tc", NO_VERDICT, HOOK(TCX_INGRESS_AFTER))
IN_CONTEXT(tcx_ingress_last, "tc", NO_VERDICT, HOOK(TCX_INGRESS_LAST))
IN_CONTEXT(tcx_egress_first, "tc", NO_VERDICT, HOOK(TCX_EGRESS_FIRST))
IN_CONTEXT(tcx_egress_after, "tc", NO_VERDICT, HOOK(TCX_EGRESS_AFTER))
IN_CONTEXT(tcx_egress_last, "tc", NO_VERDICT, HOOK(TCX_EGRESS_LAST))
IN_CONTEXT(cgroup_skb_ingress, "cgroup_skb/ingress", PASS, HOOK_RAW(CGROUP_SKB_INGRESS))
IN_CONTEXT(cgroup_skb_egress, "cgroup_skb/egress", PASS, HOOK_RAW(CGROUP_SKB_EGRESS))

#define NETFILTER(name, NAME, device)                                        \
	SEC("netfilter")                                                     \
	int name(struct bpf_nf_ctx *ctx)                                     \
	{                                                                    \
		observe(ctx->skb, ctx->state->device, HOOK_RAW(NAME), true); \
		return NF_ACCEPT;                                            \
	}

NETFILTER(nf_prerouting, NF_PREROUTING, in)
NETFILTER(nf_local_in, NF_LOCAL_IN, in)
NETFILTER(nf_forward, NF_FORWARD, in)
NETFILTER(nf_local_out, NF_LOCAL_OUT, out)
NETFILTER(nf_postrouting, NF_POSTROUTING, out)

/* An skb that is not on a device: its journey says where it came from. Returns true when there is
 * one, and then fills `k`. */
static __always_inline bool find(struct sk_buff *skb, struct known *k, __u32 *slot,
				 const bool received)
{
	const bool direct = true;
	struct position now = { .skb = (__u64)skb };
	int place = address_of_skb(skb);
	struct journey *j;

	if (place == NOWHERE)
		return false;
	now.head = ADDRESS(skb, head);
	now.skb_iif = skb->skb_iif;
	now.protocol = skb->protocol;
	now.cloned = BPF_CORE_READ_BITFIELD(skb, cloned);
	j = journey_known(&now, skb->mac_header, place, received, &k->journey);
	if (!j)
		return false;
	*slot = j->slot;
	/* The slot may be another's by now, whose id was written before. */
	if (journey_id(j, now.skb) != k->journey)
		return false;
	k->ktime_ns = bpf_ktime_get_ns();
	k->place = place;
	if (received) {
		j->ktime_ns = k->ktime_ns;
		return true;
	}
	address_forget(&now.skb, place);
	head_forget(now.head, now.skb);
	return true;
}

static __always_inline void capture_known(struct sk_buff *skb, const struct known *k, __u32 slot,
					  const struct hook hook)
{
	const bool direct = true;

	capture(skb, ADDRESS(skb, head), k, slot * WH_HOOK_STRIDE + hook.id, hook, direct);
}

SEC("tp_btf/tcp_probe")
int tcp_probe(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[1];
	struct known k = {};
	__u32 slot;

	if (find(skb, &k, &slot, true))
		capture_known(skb, &k, slot, HOOK(TCP_PROBE));
	return 0;
}

SEC("tp_btf/skb_copy_datagram_iovec")
int skb_copy_datagram_iovec(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct wh_ext_task task;
	struct known k = { .task = &task };
	__u64 ids;
	__u32 slot;

	if (!find(skb, &k, &slot, true))
		return 0;
	ids = bpf_get_current_pid_tgid();
	task.pid = (__u32)ids;
	task.tgid = ids >> 32;
	bpf_get_current_comm(task.comm, sizeof(task.comm));
	capture_known(skb, &k, slot, HOOK(SKB_COPY_DATAGRAM_IOVEC));
	return 0;
}

static __always_inline bool ends_only(__u32 hook)
{
	return config.ends_only >> hook & 1;
}

SEC("tp_btf/consume_skb")
int consume_skb(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct known k = {};
	__u32 slot;

	if (find(skb, &k, &slot, false) && !ends_only(WH_HOOK_CONSUME_SKB))
		capture_known(skb, &k, slot, HOOK(CONSUME_SKB));
	return 0;
}

SEC("tp_btf/kfree_skb")
int kfree_skb(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct wh_ext_drop drop = { .reason = (__u32)ctx[2], .location = ctx[1] };
	struct known k = { .drop = &drop };
	__u32 slot;

	if (find(skb, &k, &slot, false) && !ends_only(WH_HOOK_KFREE_SKB))
		capture_known(skb, &k, slot, HOOK(KFREE_SKB));
	return 0;
}

#define DEVICE_OF(ctx)	((struct net_device *)ctx[0])
#define PROGRAM_OF(ctx) ((struct bpf_prog *)ctx[1])

/* Arguments 2 to 6: target, error (negative), type and id of the map, key or ifindex. */
static __always_inline struct wh_counted_key redirected(__u64 *ctx, __u32 hook, __u32 error)
{
	__u32 map = ctx[5];

	return (struct wh_counted_key){
		.hook = hook,
		.map = map == NO_MAP ? 0 : map,
		.index = ctx[6],
		.value = error,
	};
}

SEC("tp_btf/xdp_redirect")
int xdp_redirect(__u64 *ctx)
{
	count(DEVICE_OF(ctx), PROGRAM_OF(ctx), redirected(ctx, WH_HOOK_XDP_REDIRECT, 0));
	return 0;
}

SEC("tp_btf/xdp_redirect_err")
int xdp_redirect_err(__u64 *ctx)
{
	count(DEVICE_OF(ctx), PROGRAM_OF(ctx),
	      redirected(ctx, WH_HOOK_XDP_REDIRECT_ERR, -(__u32)ctx[3]));
	return 0;
}

SEC("tp_btf/xdp_exception")
int xdp_exception(__u64 *ctx)
{
	count(DEVICE_OF(ctx), PROGRAM_OF(ctx),
	      (struct wh_counted_key){ .hook = WH_HOOK_XDP_EXCEPTION, .value = (__u32)ctx[2] });
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
