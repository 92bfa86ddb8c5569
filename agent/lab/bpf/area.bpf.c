// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Areas of every size that is of interest: one TLV of type 9 that fills them, its value counting up
 * from 1. And one whose TLV says that it is longer than its area. */
#include "lab.h"

#define TLV_FILLING	 9
#define OVERRUN_BYTES	 8
#define TLV_TRACE_LENGTH 8 /* in an area that has room for 6 */

EYE(after)

enum {
	DONE,
	REFUSED,
	COUNTERS
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

static __always_inline void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline int fill(struct xdp_md *ctx, __u32 size, __u8 type, __u8 length)
{
	__u8 *area;

	if (!xdp_sequence(ctx))
		return XDP_PASS;
	if (bpf_xdp_adjust_meta(ctx, -(int)size)) {
		count(REFUSED);
		return XDP_PASS;
	}
	count(DONE);
	area = (void *)(long)ctx->data_meta;
	if (area + size > (__u8 *)(long)ctx->data)
		return XDP_PASS;
	area[0] = type;
	area[1] = length;
	for (__u32 i = 2; i < size; i++)
		area[i] = (__u8)(i - 1);
	return XDP_PASS;
}

#define AREA(size)                                             \
	SEC("xdp")                                             \
	int area_##size(struct xdp_md *ctx)                    \
	{                                                      \
		return fill(ctx, size, TLV_FILLING, size - 2); \
	}

AREA(4)
AREA(32)
AREA(36)
AREA(192)
AREA(216)
AREA(217) /* no multiple of 4 */
AREA(220)

SEC("xdp")
int overrun(struct xdp_md *ctx)
{
	return fill(ctx, OVERRUN_BYTES, 1, TLV_TRACE_LENGTH);
}
