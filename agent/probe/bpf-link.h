/* SPDX-License-Identifier: MIT */
/* Links and queries that Debian 12's libbpf does not know, by bpf(2) itself. */
#ifndef WHITHER_BPF_LINK_H
#define WHITHER_BPF_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* enum bpf_prog_type and bpf_attach_type of Linux 6.4 */
#define PROG_TYPE_NETFILTER   32
#define ATTACH_TYPE_NETFILTER 45

/* Attaches a TC program by a tcx link (Linux 6.6), as the first or the last of its chain. Returns
 * the link's file descriptor, or -errno: -EINVAL where the kernel has no tcx. */
int tcx_link_create(int prog_fd, unsigned ifindex, bool ingress, bool first);
/* The same, right behind a program of the chain. -ENOENT: it is not there any more. */
int tcx_link_create_after(int prog_fd, unsigned ifindex, bool ingress, uint32_t prog_id);
/* Ids of the programs of a chain, in their order. Returns how many, or -errno. */
int tcx_query(unsigned ifindex, bool ingress, uint32_t *ids, size_t max);

/* Attaches a netfilter program (Linux 6.4) in the present network namespace. hook: NF_INET_*.
 * Returns the link's file descriptor or -errno: -EBUSY when a BPF program has that priority. */
int netfilter_link_create(int prog_fd, uint32_t family, uint32_t hook, int priority);

#endif
