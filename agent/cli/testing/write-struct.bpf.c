/* SPDX-License-Identifier: MIT */
/* For schema-btf.kernel.test.ts: a program that puts known values in front of a packet. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#define TAG(text) __attribute__((btf_decl_tag(text)))

enum verdict {
	UNKNOWN,
	PASS,
	DROP = 7
};

struct meta {
	__u64 count TAG("unit:B") TAG("desc:bytes so far");
	__u32 low:4, middle:13, high:15;
	int level:6;
	enum verdict verdict;
	struct {
		__u8 major, minor;
	} version;
	union {
		__u16 tag;
		__u8 parts[2];
	};
	__u16 marks[2];
} seen;

SEC("xdp")
int read_xdp(struct xdp_md *ctx)
{
	seen.count = 1500;
	seen.low = 9;
	seen.middle = 0x1abc;
	seen.high = 0x5555;
	seen.level = -3;
	seen.verdict = DROP;
	seen.version.major = 6;
	seen.version.minor = 18;
	seen.tag = 0x0102;
	seen.marks[0] = 443;
	seen.marks[1] = 8080;
	return ctx->data ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "GPL";
