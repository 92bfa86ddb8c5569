// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* What the kernel does with a verdict of XDP behind the program, by the sequence number. */
#include "lab.h"

#define NO_DEVICE  0x7ffffffe
#define NO_VERDICT 17

/* Key 0: the ifindex of a device. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} devices SEC(".maps");

SEC("xdp")
int verdicts(struct xdp_md *ctx)
{
	__u32 sequence = xdp_sequence(ctx);

	if (!sequence)
		return XDP_PASS;
	switch (sequence % 6) {
	case 1:
	case 2:
		return bpf_redirect_map(&devices, 0, 0);
	case 3:
		return bpf_redirect(NO_DEVICE, 0);
	case 4:
		return NO_VERDICT;
	case 5:
		return XDP_ABORTED;
	default:
		return XDP_PASS;
	}
}

/* An XDP program that has no use for metadata. */
SEC("xdp")
int idle(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}
