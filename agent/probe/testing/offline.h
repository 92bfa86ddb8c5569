/* SPDX-License-Identifier: MIT */
/* libpcap's side of filter-check.c, in a file of its own: its struct bpf_insn is not the kernel's.
 */
#ifndef WHITHER_OFFLINE_H
#define WHITHER_OFFLINE_H

#include <stddef.h>
#include <linux/filter.h>

struct packet {
	unsigned char *bytes;
	size_t length;
};

struct packets {
	struct packet *of;
	size_t count;
};

/* Ethernet packets of a pcap or pcapng file. Returns 0, or prints why not and returns -1. */
int offline_read(const char *path, struct packets *out);
void offline_free(struct packets *packets);
/* What libpcap's interpreter says: 0 or 1. */
int offline_matches(const struct sock_filter *filter, size_t count, const unsigned char *bytes,
		    size_t length);

#endif
