/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* What the programs of all scenarios share: the stamp, which writes metadata, and notes, in which
 * programs put down what they read. The notes are the truth that captures are compared with. */
#ifndef WHITHER_LAB_BPF_H
#define WHITHER_LAB_BPF_H

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "truth.h"

/* TCX_NEXT and TCX_DROP of linux/bpf.h (6.6), which TC_ACT_UNSPEC and TC_ACT_SHOT are for clsact */
#define TCX_NEXT (-1)
#define TCX_DROP 2

/* Payloads begin with this and a sequence number (agent/lab/traffic/messages.c). */
#define SEQUENCE_MAGIC	bpf_htonl(0x57485351) /* "WHSQ" */
#define SEQUENCE_FIRST	(ETH_HLEN + 20)
#define SEQUENCE_PLACES 48 /* even offsets where one may begin: behind tags, tunnels, options */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TRUTH_MAX);
	__type(key, struct truth_key);
	__type(value, struct truth);
} truth SEC(".maps");

/* A truth is too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct truth);
} scratch SEC(".maps");

/* Linux 6.18 */
extern int bpf_dynptr_from_skb_meta(struct __sk_buff *skb, __u64 flags,
				    struct bpf_dynptr *ptr) __ksym __weak;
extern __u32 bpf_dynptr_size(const struct bpf_dynptr *ptr) __ksym __weak;

/* 0 = none: the packet is not one of the lab's. */
static __always_inline __u32 skb_sequence(struct __sk_buff *skb)
{
	__u32 words[2];

	for (int i = 0; i < SEQUENCE_PLACES; i++) {
		if (bpf_skb_load_bytes(skb, SEQUENCE_FIRST + 2 * i, words, sizeof(words)))
			return 0;
		if (words[0] == SEQUENCE_MAGIC)
			return bpf_ntohl(words[1]);
	}
	return 0;
}

static __always_inline void copy_by_pointer(struct truth *t, __u8 *from, __u8 *end)
{
	t->pointer_length = 0;
	for (int i = 0; i < TRUTH_BYTES; i++) {
		if (from + i + 1 > end)
			break;
		t->pointer[i] = from[i];
		t->pointer_length = i + 1;
	}
}

static __always_inline void copy_by_dynptr(struct truth *t, struct __sk_buff *skb)
{
	struct bpf_dynptr area;
	__u32 length;

	t->dynptr_length = TRUTH_NOT_READ;
	if (!bpf_dynptr_from_skb_meta || bpf_dynptr_from_skb_meta(skb, 0, &area))
		return;
	length = bpf_dynptr_size(&area) & (TRUTH_BYTES - 1);
	if (length && bpf_dynptr_read(t->dynptr, length, &area, 0, 0))
		return;
	t->dynptr_length = length;
}

static __always_inline void note(struct __sk_buff *skb, __u32 sequence, const char *point,
				 __u32 point_size)
{
	struct truth_key key = { .sequence = sequence };
	__u32 zero = 0;
	struct truth *t = bpf_map_lookup_elem(&scratch, &zero);

	if (!t || !sequence)
		return;
	__builtin_memcpy(key.point, point, point_size);
	copy_by_pointer(t, (void *)(long)skb->data_meta, (void *)(long)skb->data);
	copy_by_dynptr(t, skb);
	bpf_map_update_elem(&truth, &key, t, BPF_ANY);
}
#define NOTE(skb, sequence, point) note(skb, sequence, point, sizeof(point))

/* A program that only looks. */
#define EYE(name)                                    \
	SEC("tc")                                    \
	int name(struct __sk_buff *skb)              \
	{                                            \
		NOTE(skb, skb_sequence(skb), #name); \
		return TCX_NEXT;                     \
	}

/* Two TLVs in 16 bytes, none of them zero but for the sequence's: what the kernel overwrites shows.
 * Types and their meaning are those of agent/lab/edge/schema.json. */
struct stamp {
	__u8 trace_type; /* @0 */
	__u8 trace_length;
	__u8 trace[8];
	__u8 tenant_type; /* @10 */
	__u8 tenant_length;
	__u8 tenant[4];
};
_Static_assert(sizeof(struct stamp) == 16, "size of the stamp");
#define STAMP_TENANT 0x51525354u

static __always_inline void write_stamp(struct stamp *s, __u64 trace)
{
	__u32 tenant = STAMP_TENANT;

	s->trace_type = 1;
	s->trace_length = sizeof(s->trace);
	__builtin_memcpy(s->trace, &trace, sizeof(trace));
	s->tenant_type = 4;
	s->tenant_length = sizeof(s->tenant);
	__builtin_memcpy(s->tenant, &tenant, sizeof(tenant));
}

#define STAMP_TRACE 0xa1a2a3a400000000ull

static __always_inline __u32 xdp_sequence(struct xdp_md *ctx)
{
	for (int i = 0; i < SEQUENCE_PLACES; i++) {
		__u32 *words = (void *)(long)ctx->data + SEQUENCE_FIRST + 2 * i;

		if ((void *)(words + 2) > (void *)(long)ctx->data_end)
			return 0;
		if (words[0] == SEQUENCE_MAGIC)
			return bpf_ntohl(words[1]);
	}
	return 0;
}

static __always_inline int stamp_packet(struct xdp_md *ctx, __u64 trace)
{
	struct stamp *s;

	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*s)))
		return XDP_PASS;
	s = (void *)(long)ctx->data_meta;
	if ((void *)(s + 1) <= (void *)(long)ctx->data)
		write_stamp(s, trace);
	return XDP_PASS;
}

/* Stamps what has a sequence number, each with its own. */
#define STAMP                                                     \
	SEC("xdp")                                                \
	int stamp(struct xdp_md *ctx)                             \
	{                                                         \
		__u32 sequence = xdp_sequence(ctx);               \
                                                                  \
		if (!sequence)                                    \
			return XDP_PASS;                          \
		return stamp_packet(ctx, STAMP_TRACE | sequence); \
	}

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#endif
