// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* A program bound to its device asks the driver what the hardware knows, and shows it by a tap.
 * veth answers with what the sk_buff has that came through it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "whither.h"

enum xdp_rss_hash_type {
	XDP_RSS_L4 = 8,
};

extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym;
extern int bpf_xdp_metadata_rx_hash(const struct xdp_md *ctx, __u32 *hash,
				    enum xdp_rss_hash_type *type) __ksym;

SEC("xdp")
int taps_hints(struct xdp_md *ctx)
{
	struct whither_hints hints = {};
	enum xdp_rss_hash_type type = 0;
	__u64 timestamp = 0;
	__u32 hash = 0;

	if (!bpf_xdp_metadata_rx_timestamp(ctx, &timestamp)) {
		hints.rx_timestamp = timestamp;
		hints.valid |= WHITHER_HINT_TIMESTAMP;
	}
	if (!bpf_xdp_metadata_rx_hash(ctx, &hash, &type)) {
		hints.rx_hash = hash;
		hints.rx_hash_type = type;
		hints.valid |= WHITHER_HINT_HASH;
	}
	whither_tap_hints(ctx, "hardware", &hints);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
