// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Cookie and value of each socket that has a value in a socket storage. The map is named when it is
 * attached. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "kernel-types.h"

struct seq_file;
struct bpf_map;

struct bpf_iter_meta {
	struct seq_file *seq;
} CORE;

struct bpf_iter__bpf_sk_storage_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	struct sock *sk;
	void *value;
} CORE;

/* The verifier wants to see that no more than a value is read. */
const volatile __u32 value_bytes SEC(".rodata.value") = 0;

SEC("iter/bpf_sk_storage_map")
int sockets(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct sock *sk = ctx->sk;
	void *value = ctx->value;
	__u64 cookie;

	if (!sk || !value)
		return 0;
	/* A socket that has none gets one, as from sock_diag (ss -e): without, entries would be
	 * one. */
	cookie = bpf_get_socket_cookie(sk);
	bpf_seq_write(seq, &cookie, sizeof(cookie));
	bpf_seq_write(seq, value, value_bytes);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
