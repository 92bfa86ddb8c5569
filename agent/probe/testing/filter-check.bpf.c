// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* The filter expression alone, to be run by BPF_PROG_RUN on any packet (filter-check.c). */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "../record.h"
#include "../bpf/kernel-types.h"

const volatile struct wh_config config SEC(".rodata.config") = { .filter = WH_FILTER_EXPRESSION |
									   WH_FILTER_TAGS |
									   WH_FILTER_LENGTH };

#include "../bpf/tlv.h"

static __always_inline bool device_is_ethernet(struct net_device *dev, const bool direct)
{
	return dev && direct;
}

#include "../bpf/filter.h"

static __always_inline int check(void *ctx, const bool raw)
{
	struct sk_buff *skb = ctx;

	if (CASTS) {
		const bool direct = true;

		skb = AS_KERNEL(struct sk_buff, ctx);
		return matches(skb, config.filter, true, raw, direct);
	} else {
		const bool direct = false;

		return matches(skb, config.filter, true, raw, direct);
	}
}

SEC("tc")
int check_link(struct __sk_buff *ctx)
{
	return check(ctx, false);
}

SEC("tc")
int check_network(struct __sk_buff *ctx)
{
	return check(ctx, true);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
