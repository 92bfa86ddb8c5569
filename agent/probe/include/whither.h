/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause OR MIT) */
/* Taps for your own XDP or TC program: docs/taps.md.
 *
 *	#include <linux/bpf.h>			(or vmlinux.h)
 *	#include <bpf/bpf_helpers.h>
 *	#include "whither.h"
 *
 *	whither_tap(ctx, "parsed");			 area and packet, here and now
 *	whither_tap_blob(ctx, "to_map", tlv, tlv_bytes); the same, and some bytes: a TLV on its way
 *to a map
 *	whither_tap_hints(ctx, "hw", &hints);		 the same, and what the hardware said (XDP)
 *
 * The name is a string literal of at most 31 characters. While no probe listens a tap is a load and
 *a branch. It never changes packet, verdict or anything else of the program.
 *
 * Needs: Linux 6.1 or later with BTF, clang with -g, libbpf or another loader that knows CO-RE and
 *.data.* sections, a GPL-compatible license of the program, and CAP_PERFMON beside CAP_BPF and
 *CAP_NET_ADMIN to load it. */
#ifndef WHITHER_H
#define WHITHER_H

#define WHITHER_TAP_VERSION 1
#define WHITHER_NAME_BYTES  32
/* More of a blob is cut off. */
#define WHITHER_BLOB_BYTES 256
/* skb_shared_info.meta_len is a u8 and a multiple of 4. */
#define WHITHER_AREA_BYTES 252
/* Names of the maps by which a probe knows a program with taps. */
#define WHITHER_SITES_MAP  ".data.whither"
#define WHITHER_EVENTS_MAP "whither_events"

enum whither_kind {
	WHITHER_AREA = 0,
	WHITHER_BLOB = 1,
	WHITHER_HINTS = 2, /* the blob is a struct whither_hints */
};

/* One tap of a program. The section .data.whither is an array of them. */
struct whither_site {
	__u32 on;      /* 0 = nobody listens; else the number by which the probe calls it */
	__u16 snap;    /* B of the packet that the probe wants */
	__u16 version; /* WHITHER_TAP_VERSION */
	__u32 lost;    /* events that found no room, since it was loaded */
	__u32 reserved;
	char name[WHITHER_NAME_BYTES];
};

/* What the kfuncs bpf_xdp_metadata_rx_*() gave. */
struct whither_hints {
	__u64 rx_timestamp; /* ns, in the clock of the device */
	__u32 rx_hash;
	__u32 rx_hash_type; /* enum xdp_rss_hash_type */
	__u16 vlan_proto;   /* ethertype, host order */
	__u16 vlan_tci;
	__u32 valid; /* WHITHER_HINT_*: which of them are known */
};
#define WHITHER_HINT_TIMESTAMP 1u
#define WHITHER_HINT_HASH      2u
#define WHITHER_HINT_VLAN      4u

/* What a tap says to the probe: this, area_bytes of metadata, blob_bytes of blob, cap_len of
 * packet. Address 0, offset 0xffff: not known. */
struct whither_event {
	__u64 ktime_ns;
	__u64 skb;  /* address of the sk_buff; 0 in XDP */
	__u64 head; /* skb->head; in XDP data_hard_start, which becomes it */
	__u64 data; /* address of the packet's first byte */
	__u64 cookie;
	__u32 tap; /* whither_site.on */
	__u32 ifindex;
	__u32 netns;
	__u32 wire_len;
	__u16 cap_len;
	__u16 cpu;
	__u32 end_offset; /* from head */
	__u32 mark;
	__u32 priority;
	__u32 hash;
	__u32 skb_iif;
	__u16 network_offset; /* from head */
	__u16 protocol;	      /* ethertype, host order */
	__u16 vlan_proto;     /* of the accelerated tag, host order; 0 = no tag */
	__u16 vlan_tci;
	__u16 queue;
	__u16 blob_bytes;
	__u8 area_bytes;
	__u8 kind; /* enum whither_kind */
	__u8 packet_type;
	__u8 point; /* enum whither_point */
};
_Static_assert(sizeof(struct whither_site) == 48 && sizeof(struct whither_event) == 96,
	       "no holes: the probe reads them as they are");

enum whither_point {
	WHITHER_XDP = 0,
	WHITHER_TC_INGRESS = 1,
	WHITHER_TC_EGRESS = 2,
};

#ifdef __bpf__
#include <bpf/bpf_helpers.h>

/* Fields of the kernel that contexts do not have; the flavour (___) keeps them apart from
 * vmlinux.h. */
#define WHITHER_CORE __attribute__((preserve_access_index))
struct net___whither {
	struct {
		unsigned int inum;
	} ns;
} WHITHER_CORE;
struct net_device___whither {
	struct {
		struct net___whither *net;
	} nd_net;
} WHITHER_CORE;
struct xdp_rxq_info___whither {
	struct net_device___whither *dev;
} WHITHER_CORE;
struct xdp_buff___whither {
	void *data_hard_start;
	struct xdp_rxq_info___whither *rxq;
} WHITHER_CORE;
struct sock___whither {
	struct {
		struct {
			__s64 counter;
		} skc_cookie;
	} __sk_common;
} WHITHER_CORE;
struct sk_buff___whither {
	struct net_device___whither *dev;
	struct sock___whither *sk;
	unsigned char *head;
	__u8 tc_at_ingress:1;
	__u16 network_header;
	unsigned int end;
} WHITHER_CORE;

/* A site without a name, that of no tap: libbpf lets a section be mapped only when it has a global
 * variable. */
volatile struct whither_site whither_no_site
	__attribute__((section(WHITHER_SITES_MAP), used, weak)) = {
		.version = WHITHER_TAP_VERSION,
	};

/* Where a listening probe puts a perf event for each CPU. The kernel takes them out again when the
 * probe's file descriptor of this map is closed, however it ends. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} whither_events SEC(".maps") __weak;

/* An event under construction: it does not fit on the stack of a program that has one of its own.
 */
struct whither_scratch {
	struct whither_event event;
	__u8 bytes[256 + WHITHER_BLOB_BYTES];
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct whither_scratch);
} whither_scratch SEC(".maps") __weak;

#define WHITHER_ENOENT		2
#define whither__read(to, from) bpf_probe_read_kernel((to), sizeof(*(to)), (from))

static __always_inline __u32 whither__netns(struct net_device___whither *dev)
{
	struct net___whither *net = 0;
	__u32 inum = 0;

	whither__read(&net, &dev->nd_net.net);
	whither__read(&inum, &net->ns.inum);
	return inum;
}

/* Area and blob behind the event, then out. The packet is copied by the kernel. */
static __always_inline void whither__out(void *ctx, volatile struct whither_site *site,
					 struct whither_scratch *s, __u64 area, __u64 area_bytes,
					 const void *blob, __u64 blob_bytes, __u64 linear)
{
	__u64 cap = site->snap;
	long err;

	if (area_bytes > WHITHER_AREA_BYTES ||
	    bpf_probe_read_kernel(s->bytes, area_bytes, (void *)area))
		area_bytes = 0;
	if (blob_bytes > WHITHER_BLOB_BYTES)
		blob_bytes = WHITHER_BLOB_BYTES;
	if (blob_bytes && bpf_probe_read_kernel(s->bytes + area_bytes, blob_bytes, blob))
		blob_bytes = 0;
	if (cap > linear)
		cap = linear;
	s->event.area_bytes = area_bytes;
	s->event.blob_bytes = blob_bytes;
	s->event.cap_len = cap;
	s->event.cpu = bpf_get_smp_processor_id();
	err = bpf_perf_event_output(ctx, &whither_events, BPF_F_CURRENT_CPU | (cap << 32), s,
				    sizeof(s->event) + area_bytes + blob_bytes);
	if (err == -WHITHER_ENOENT)
		site->on = 0; /* the probe has gone */
	else if (err)
		__sync_fetch_and_add(&site->lost, 1);
}

static __attribute__((noinline, unused)) int whither__xdp(struct xdp_md *ctx,
							  volatile struct whither_site *site,
							  __u32 kind, const void *blob,
							  __u32 blob_bytes)
{
	struct xdp_buff___whither *xdp = (void *)ctx;
	struct xdp_rxq_info___whither *rxq = 0;
	struct net_device___whither *dev = 0;
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	void *meta = (void *)(long)ctx->data_meta;
	__u32 zero = 0;
	struct whither_scratch *s = bpf_map_lookup_elem(&whither_scratch, &zero);

	if (!s)
		return 0;
	__builtin_memset(&s->event, 0, sizeof(s->event));
	s->event.ktime_ns = bpf_ktime_get_ns();
	s->event.tap = site->on;
	s->event.kind = kind;
	s->event.point = WHITHER_XDP;
	whither__read(&s->event.head, &xdp->data_hard_start);
	whither__read(&rxq, &xdp->rxq);
	whither__read(&dev, &rxq->dev);
	s->event.data = (__u64)data;
	s->event.ifindex = ctx->ingress_ifindex;
	s->event.netns = whither__netns(dev);
	s->event.queue = ctx->rx_queue_index;
	s->event.network_offset = 0xffff;
	s->event.wire_len = bpf_xdp_get_buff_len(ctx);
	/* Without support of the driver data_meta is behind data: then this is huge, and no area.
	 */
	whither__out(ctx, site, s, (__u64)meta, (__u64)data - (__u64)meta, blob, blob_bytes,
		     (__u64)end - (__u64)data);
	return 0;
}

static __always_inline __u8 whither__at_ingress(struct sk_buff___whither *skb)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, __builtin_preserve_field_info(skb->tc_at_ingress, 1),
			      (void *)skb + __builtin_preserve_field_info(skb->tc_at_ingress, 0));
	word <<= __builtin_preserve_field_info(skb->tc_at_ingress, 4);
	return word >> __builtin_preserve_field_info(skb->tc_at_ingress, 5);
}

static __attribute__((noinline, unused)) int whither__tc(struct __sk_buff *ctx,
							 volatile struct whither_site *site,
							 __u32 kind, const void *blob,
							 __u32 blob_bytes)
{
	struct sk_buff___whither *skb = (void *)ctx;
	struct net_device___whither *dev = 0;
	struct sock___whither *sk = 0;
	void *data = (void *)(long)ctx->data, *meta = (void *)(long)ctx->data_meta;
	__u32 zero = 0;
	struct whither_scratch *s = bpf_map_lookup_elem(&whither_scratch, &zero);

	if (!s)
		return 0;
	s->event.ktime_ns = bpf_ktime_get_ns();
	s->event.tap = site->on;
	s->event.kind = kind;
	s->event.point = whither__at_ingress(skb) ? WHITHER_TC_INGRESS : WHITHER_TC_EGRESS;
	s->event.skb = (__u64)skb;
	s->event.data = (__u64)data;
	s->event.cookie = 0;
	whither__read(&s->event.head, &skb->head);
	whither__read(&s->event.network_offset, &skb->network_header);
	whither__read(&s->event.end_offset, &skb->end);
	whither__read(&dev, &skb->dev);
	whither__read(&sk, &skb->sk);
	if (sk)
		whither__read(&s->event.cookie, &sk->__sk_common.skc_cookie.counter);
	s->event.ifindex = ctx->ifindex;
	s->event.netns = whither__netns(dev);
	s->event.wire_len = ctx->len;
	s->event.mark = ctx->mark;
	s->event.priority = ctx->priority;
	s->event.hash = ctx->hash;
	s->event.skb_iif = ctx->ingress_ifindex;
	s->event.protocol = __builtin_bswap16(ctx->protocol);
	s->event.vlan_proto = ctx->vlan_present ? __builtin_bswap16(ctx->vlan_proto) : 0;
	s->event.vlan_tci = ctx->vlan_present ? ctx->vlan_tci : 0;
	s->event.queue = ctx->queue_mapping;
	s->event.packet_type = ctx->pkt_type;
	whither__out(ctx, site, s, (__u64)meta, (__u64)data - (__u64)meta, blob, blob_bytes,
		     ctx->len);
	return 0;
}

#define whither__tap(ctx, tap, kind, blob, bytes)                                           \
	do {                                                                                \
		static volatile struct whither_site whither_site                            \
			__attribute__((section(WHITHER_SITES_MAP), used)) = {               \
				.version = WHITHER_TAP_VERSION,                             \
				.name = tap,                                                \
			};                                                                  \
		_Static_assert(sizeof(tap) > 1 && sizeof(tap) <= WHITHER_NAME_BYTES,        \
			       "a tap's name has 1 to 31 characters");                      \
		if (__builtin_expect(whither_site.on != 0, 0))                              \
			_Generic((ctx), struct xdp_md *                                     \
				 : whither__xdp, struct __sk_buff *                         \
				 : whither__tc)(ctx, &whither_site, kind, (blob), (bytes)); \
	} while (0)

#define whither_tap(ctx, tap)			whither__tap(ctx, tap, WHITHER_AREA, (void *)0, 0)
#define whither_tap_blob(ctx, tap, blob, bytes) whither__tap(ctx, tap, WHITHER_BLOB, blob, bytes)
#define whither_tap_hints(ctx, tap, hints)                                           \
	whither__tap(ctx, tap, WHITHER_HINTS, (const struct whither_hints *)(hints), \
		     sizeof(struct whither_hints))

#endif /* __bpf__ */
#endif /* WHITHER_H */
