/* SPDX-License-Identifier: MIT */
/* Classic BPF, as libpcap compiles it, to the BPF that the kernel's hooks run. */
#ifndef WHITHER_FILTER_TRANSLATE_H
#define WHITHER_FILTER_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/filter.h>

/* How the instructions read the packet's bytes. */
struct packet_access {
	/* BTF ids, in the running kernel, of bpf_rdonly_cast() and of CAST_TYPE; 0 = not there,
	 * each load calls bpf_probe_read_kernel(). */
	int cast_function;
	int cast_type;
};

/* A struct that begins with CAST_BYTES of characters, of which any number may be read at once:
 * linux/utsname.h, as old as the kernel. */
#define CAST_TYPE  "new_utsname"
#define CAST_BYTES 65u

/* Writes the body of a function that takes what FILTER() of bpf/filter.h says and returns 0 = does
 * not match, else 1 or what the filter returns. With `tags` the accelerated VLAN tag of the packet
 * is seen where it stood on the wire. As bpf_filter() of libpcap, a load beyond the bytes that are
 * there ends with 0. Returns the number of instructions, -ENOSPC when it takes more than `room`,
 * -EINVAL for what no classic filter has. */
int filter_translate(const struct sock_filter *classic, size_t count, bool tags,
		     struct packet_access access, struct bpf_insn *out, size_t room);

#endif
