// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* The first packet gets lost once, as on the wire: what was sent behind it arrives out of order. */
#include "lab.h"

__u32 lost;

SEC("xdp")
int stamp_late(struct xdp_md *ctx)
{
	__u32 sequence = xdp_sequence(ctx);

	if (sequence == 1 && __sync_fetch_and_add(&lost, 1) == 0)
		return XDP_DROP;
	return sequence ? stamp_packet(ctx, STAMP_TRACE | sequence) : XDP_PASS;
}

EYE(before)
