// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* A stamp, and programs that only look: what the kernel itself does in between shows. */
#include "lab.h"

STAMP

EYE(before)
EYE(after)

/* An XDP program that has no use for metadata. */
SEC("xdp")
int idle(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}
