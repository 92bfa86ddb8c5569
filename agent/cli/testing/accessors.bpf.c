/* SPDX-License-Identifier: MIT */
/* For schema-emit.kernel.test.ts: what an emitted header's accessors read of an area, from XDP and
 * by a dynptr. Of its two schemas one is for areas that begin and end with certain bytes. */
#include "metadata.h"

struct seen {
	__u64 trace_id, verdict, tenant;
	__u8 origin[4];
	__u32 missing; /* bit i: accessor i said that there is no value */
	__u32 runs;
};

struct seen from_xdp, from_dynptr;

#define READ(where, source, suffix)                                         \
	do {                                                                \
		(where)->runs++;                                            \
		if (counted_matches_##suffix(source)) {                     \
			counted_level_##suffix(source, &(where)->verdict);  \
			counted_count_##suffix(source, &(where)->tenant);   \
			break;                                              \
		}                                                           \
		if (edge_lab_trace_id_##suffix(source, &(where)->trace_id)) \
			(where)->missing |= 1;                              \
		if (edge_lab_verdict_##suffix(source, &(where)->verdict))   \
			(where)->missing |= 2;                              \
		if (edge_lab_origin_##suffix(source, (where)->origin))      \
			(where)->missing |= 4;                              \
		if (edge_lab_tenant_##suffix(source, &(where)->tenant))     \
			(where)->missing |= 8;                              \
	} while (0)

SEC("xdp")
int read_xdp(struct xdp_md *ctx)
{
	READ(&from_xdp, ctx, xdp);
	return XDP_PASS;
}

#ifdef WITH_DYNPTR
extern int bpf_dynptr_from_skb_meta(struct __sk_buff *skb, __u64 flags,
				    struct bpf_dynptr *ptr) __ksym;

SEC("tc")
int read_dynptr(struct __sk_buff *skb)
{
	struct bpf_dynptr area;

	if (bpf_dynptr_from_skb_meta(skb, 0, &area))
		return 0;
	READ(&from_dynptr, &area, dynptr);
	return 0;
}
#endif

char _license[] SEC("license") = "GPL";
