// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* The search for TLVs alone, to be run by BPF_PROG_RUN on any area (tlv-check.c). */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "../record.h"
#include "../bpf/kernel-types.h"
#include "tlv-check.h"

const volatile struct wh_config config SEC(".rodata.config") = {};

#include "../bpf/tlv.h"

static __always_inline int check(struct sk_buff *skb, const bool direct)
{
	struct area area = { .from = ADDRESS(skb, head) + GET(skb, mac_header) + CHECK_HEAD };
	__u64 head;

	if (!word_at(area.from - CHECK_HEAD, &head))
		return CHECK_FAILED;
	area.length = head & 0xff;
	return area_wanted(&area);
}

SEC("tc")
int check_tlvs(struct __sk_buff *ctx)
{
	return check(CONTEXT(ctx), CASTS);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
