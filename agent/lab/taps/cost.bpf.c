// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* What a tap costs: the same program with none and with 32. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "whither.h"

#define TAPS_2(ctx)              \
	whither_tap(ctx, "one"); \
	whither_tap(ctx, "two")
#define TAPS_8(ctx)  \
	TAPS_2(ctx); \
	TAPS_2(ctx); \
	TAPS_2(ctx); \
	TAPS_2(ctx)
#define TAPS_32(ctx) \
	TAPS_8(ctx); \
	TAPS_8(ctx); \
	TAPS_8(ctx); \
	TAPS_8(ctx)

SEC("xdp")
int without(struct xdp_md *ctx)
{
	return ctx->rx_queue_index == 0xffffffff ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int with_32(struct xdp_md *ctx)
{
	TAPS_32(ctx);
	return ctx->rx_queue_index == 0xffffffff ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int with_1(struct xdp_md *ctx)
{
	whither_tap(ctx, "only");
	return ctx->rx_queue_index == 0xffffffff ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
