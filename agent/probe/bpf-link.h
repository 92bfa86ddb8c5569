/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_BPF_LINK_H
#define WHITHER_BPF_LINK_H

#include <stdbool.h>

/* Attaches a TC program to a device of the present namespace by a tcx link (Linux 6.6), at one end
 * of the chain. The link lives as long as the returned file descriptor. Returns -errno on failure.
 * Debian 12's libbpf and headers do not know tcx, hence bpf(2) itself. */
int tcx_link_create(int prog_fd, unsigned ifindex, bool ingress, bool first);

#endif
