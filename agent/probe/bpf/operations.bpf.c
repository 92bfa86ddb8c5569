// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Entry and exit of the kernel's functions that do something to metadata. They run for every packet
 * of the host: one that is not under way costs a look into the table. */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "../record.h"
#include "../operations.h"
#include "kernel-types.h"
#include "maps.h"
#include "address.h"
#include "note.h"

/* What is compared. */
struct state {
	__u32 head; /* its lower half */
	__u16 mac;
	__u8 meta_len;
};

static __always_inline struct state state_of(struct sk_buff *skb)
{
	__u64 head = (__u64)BPF_CORE_READ(skb, head);
	struct skb_shared_info *info = (void *)(head + BPF_CORE_READ(skb, end));

	return (struct state){
		.head = (__u32)head,
		.mac = BPF_CORE_READ(skb, mac_header),
		.meta_len = BPF_CORE_READ(info, meta_len),
	};
}

static __always_inline struct wh_operation_seen *noted(struct note *n, __u32 i)
{
	if (i >= NOTED)
		return NULL;
	asm volatile("" : "+r"(i)); /* the verifier wants to see the bound where it is used */
	return (struct wh_operation_seen *)n->told.seen + (i & (NOTED - 1));
}

static __always_inline void begins(__u64 address, __u8 operation)
{
	int place = address_find(&address);
	__u64 id;
	struct journey *j = journey_at(place, address, &id);
	struct note *n = note_at(place);
	struct wh_operation_seen *seen;
	struct state s;
	__u32 i;

	if (!j || !n)
		return;
	if (n->journey != id) {
		n->journey = id;
		n->told.count = n->told.missed = 0;
	}
	i = n->told.count;
	seen = noted(n, i);
	if (!seen) {
		if (n->told.missed != 0xff)
			n->told.missed++;
		return;
	}
	s = state_of((struct sk_buff *)address);
	*seen = (struct wh_operation_seen){
		.operation = operation,
		.meta_before = s.meta_len,
		.mac_before = s.mac,
	};
	n->head[i & (NOTED - 1)] = s.head;
	n->told.count = i + 1;
}

/* Operations may contain one another: the one that returns is the last of its kind that began. */
static __always_inline void returns(__u64 address, __u8 operation)
{
	int place = address_find(&address);
	__u64 id;
	struct journey *j = journey_at(place, address, &id);
	struct note *n = note_at(place);
	struct wh_operation_seen *seen;
	struct state s;

	if (!j || !n || n->journey != id)
		return;
	s = state_of((struct sk_buff *)address);
#pragma unroll
	for (int i = NOTED - 1; i >= 0; i--) {
		seen = noted(n, i);
		if (!seen || (__u32)i >= n->told.count || seen->operation != operation ||
		    seen->flags & WH_OPERATION_FLAG_RETURNED)
			continue;
		seen->meta_after = s.meta_len;
		seen->mac_after = s.mac;
		seen->flags = WH_OPERATION_FLAG_RETURNED |
			      (s.head != n->head[i] ? WH_OPERATION_FLAG_HEAD_CHANGED : 0);
		return;
	}
}

#define ON_ENTRY(function, operation, argument)                  \
	SEC("fentry/" #function)                                 \
	int function##_fentry(__u64 *ctx)                        \
	{                                                        \
		begins(ctx[argument], WH_OPERATION_##operation); \
		return 0;                                        \
	}
#define ON_EXIT(function, operation, argument)                    \
	SEC("fexit/" #function)                                   \
	int function##_fexit(__u64 *ctx)                          \
	{                                                         \
		returns(ctx[argument], WH_OPERATION_##operation); \
		return 0;                                         \
	}

WH_OPERATIONS_BOTH(ON_ENTRY)
WH_OPERATIONS_BOTH(ON_EXIT)
WH_OPERATIONS_ENTRY(ON_ENTRY)

char LICENSE[] SEC("license") = "Dual MIT/GPL";
