// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Programs that need trampolines, or registers: at the entry and exit of somebody's programs, one
 * object for each program of theirs, and at the entry of the kernel's functions. trace.c and
 * functions.c say which, and which of these they load. */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>
#include <linux/ptrace.h>

#include "../functions.h"
#include "../record.h"
#include "kernel-types.h"
#include "maps.h"
#include "address.h"
#include "device.h"
#include "journey.h"
#include "tlv.h"
#include "filter.h"
#include "note.h"
#include "capture.h"
#include "frame.h"

#define DIRECT CASTS

/* The programs' contexts as the kernel has them: an xdp_buff for xdp_md, an sk_buff for __sk_buff.
 * Behind the context comes what the program returned. */
static __always_inline void observe_xdp(__u64 *ctx, const struct hook hook)
{
	observe_frame(AS_KERNEL(struct xdp_buff, ctx[0]), hook, DIRECT);
}

/* A program may hang on both sides of a device: each object serves one. */
static __always_inline void observe_tc(__u64 *ctx, const struct hook hook, bool ingress)
{
	struct sk_buff *skb = AS_KERNEL(struct sk_buff, ctx[0]);
	const bool direct = DIRECT;

	if (GET_BITS(skb, tc_at_ingress) == ingress)
		observe(skb, GET(skb, dev), hook, direct);
}

#define XDP_PROGRAM(name, NAME)                                           \
	SEC("program_entry")                                              \
	int name##_fentry(__u64 *ctx)                                     \
	{                                                                 \
		observe_xdp(ctx, HOOK(NAME##_FENTRY));                    \
		return 0;                                                 \
	}                                                                 \
	SEC("program_exit")                                               \
	int name##_fexit(__u64 *ctx)                                      \
	{                                                                 \
		observe_xdp(ctx, HOOK_EXIT(NAME##_FEXIT, (__u32)ctx[1])); \
		return 0;                                                 \
	}

#define TC_PROGRAM(name, NAME, ingress)                                           \
	SEC("program_entry")                                                      \
	int name##_fentry(__u64 *ctx)                                             \
	{                                                                         \
		observe_tc(ctx, HOOK(NAME##_FENTRY), ingress);                    \
		return 0;                                                         \
	}                                                                         \
	SEC("program_exit")                                                       \
	int name##_fexit(__u64 *ctx)                                              \
	{                                                                         \
		observe_tc(ctx, HOOK_EXIT(NAME##_FEXIT, (__u32)ctx[1]), ingress); \
		return 0;                                                         \
	}

XDP_PROGRAM(xdp, XDP)
XDP_PROGRAM(xdpgeneric, XDPGENERIC)
TC_PROGRAM(tc_ingress, TC_INGRESS, true)
TC_PROGRAM(tc_egress, TC_EGRESS, false)

/* Where the device of a packet is found. */
enum device_of {
	OF_SKB,
	OF_ROUTE, /* skb->dev is not set yet */
};
/* net/dst.h: SKB_DST_PTRMASK */
#define ROUTE_MASK (~1ul)

/* What a function was called with. */
struct call {
	__u64 skb;
	enum device_of device;
	__u32 hook;
	__u16 step;
	bool raw;
};

/* A global function: verified once for all of them. */
__noinline int observe_call(const struct call *call)
{
	const bool direct = DIRECT;
	struct net_device *dev;
	struct sk_buff *skb;
	struct dst_entry *route;

	if (!call)
		return 0;
	skb = AS_KERNEL(struct sk_buff, call->skb);
	dev = GET(skb, dev);
	if (call->device == OF_ROUTE) {
		route = AS_KERNEL(struct dst_entry, GET(skb, _skb_refdst) & ROUTE_MASK);
		dev = route ? GET(route, dev) : NULL;
	}
	observe(skb, dev, (struct hook){ .id = call->hook, .step = call->step, .raw = call->raw },
		direct);
	return 0;
}

/* Where an argument is when a function is entered. */
#define REGISTER_0(regs) PT_REGS_PARM1(regs)
#define REGISTER_1(regs) PT_REGS_PARM2(regs)
#define REGISTER_2(regs) PT_REGS_PARM3(regs)

/* Two programs for each: by a trampoline, or by registers where there are none. */
#define FUNCTION(function, HOOK_NAME, is_raw, argument, device_of) \
	static __always_inline int call_##function(__u64 skb)      \
	{                                                          \
		struct call call = {                               \
			.skb = skb,                                \
			.device = device_of,                       \
			.hook = WH_HOOK_##HOOK_NAME,               \
			.step = WH_STEP_##HOOK_NAME,               \
			.raw = is_raw,                             \
		};                                                 \
		return observe_call(&call);                        \
	}                                                          \
	SEC("fentry/" #function)                                   \
	int on_##function(__u64 *ctx)                              \
	{                                                          \
		return call_##function(ctx[argument]);             \
	}                                                          \
	SEC("kprobe.multi")                                        \
	int multi_##function(struct pt_regs *ctx)                  \
	{                                                          \
		return call_##function(REGISTER_##argument(ctx));  \
	}
WH_FUNCTIONS(FUNCTION)

char LICENSE[] SEC("license") = "Dual MIT/GPL";
