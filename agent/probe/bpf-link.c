// SPDX-License-Identifier: MIT
#include "bpf-link.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/bpf.h>

/* include/uapi/linux/bpf.h of Linux 6.6 */
#define TCX_INGRESS 46
#define TCX_EGRESS  47
#define LINK_BEFORE (1u << 3) /* BPF_F_BEFORE; relative to nothing = first of all */
#define LINK_AFTER  (1u << 4) /* BPF_F_AFTER; relative to nothing = last of all */
#define LINK_ID	    (1u << 5) /* BPF_F_ID; relative to the id of a program, not its descriptor */

/* union bpf_attr, member link_create, with its tcx arm */
struct tcx_link_attr {
	uint32_t prog_fd;
	uint32_t target_ifindex;
	uint32_t attach_type;
	uint32_t flags;
	uint32_t relative_fd_or_id;
	uint32_t reserved;
	uint64_t expected_revision;
};
_Static_assert(offsetof(struct tcx_link_attr, expected_revision) == 24, "as in union bpf_attr");

/* member link_create, with its netfilter arm */
struct netfilter_link_attr {
	uint32_t prog_fd;
	uint32_t target_fd;
	uint32_t attach_type;
	uint32_t flags;
	uint32_t family;
	uint32_t hook;
	int32_t priority;
	uint32_t netfilter_flags;
};
_Static_assert(offsetof(struct netfilter_link_attr, family) == 16, "as in union bpf_attr");

/* member query */
struct query_attr {
	uint32_t target_ifindex;
	uint32_t attach_type;
	uint32_t query_flags;
	uint32_t attach_flags;
	uint64_t prog_ids;
	uint32_t count;
	uint32_t reserved;
	uint64_t prog_attach_flags;
	uint64_t link_ids;
	uint64_t link_attach_flags;
	uint64_t revision;
};
_Static_assert(offsetof(struct query_attr, revision) == 56, "as in union bpf_attr");

static int bpf(int command, void *attr, unsigned size)
{
	long result = syscall(SYS_bpf, command, attr, size);

	return result < 0 ? -errno : (int)result;
}

static int tcx_create(int prog_fd, unsigned ifindex, bool ingress, uint32_t flags, uint32_t id)
{
	struct tcx_link_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_fd = (uint32_t)prog_fd;
	attr.target_ifindex = ifindex;
	attr.attach_type = ingress ? TCX_INGRESS : TCX_EGRESS;
	attr.flags = flags;
	attr.relative_fd_or_id = id;
	return bpf(BPF_LINK_CREATE, &attr, sizeof(attr));
}

int tcx_link_create(int prog_fd, unsigned ifindex, bool ingress, bool first)
{
	return tcx_create(prog_fd, ifindex, ingress, first ? LINK_BEFORE : LINK_AFTER, 0);
}

int tcx_link_create_after(int prog_fd, unsigned ifindex, bool ingress, uint32_t prog_id)
{
	return tcx_create(prog_fd, ifindex, ingress, LINK_AFTER | LINK_ID, prog_id);
}

int tcx_query(unsigned ifindex, bool ingress, uint32_t *ids, size_t max)
{
	struct query_attr attr;
	int err;

	memset(&attr, 0, sizeof(attr));
	attr.target_ifindex = ifindex;
	attr.attach_type = ingress ? TCX_INGRESS : TCX_EGRESS;
	attr.prog_ids = (uint64_t)(uintptr_t)ids;
	attr.count = (uint32_t)max;
	err = bpf(BPF_PROG_QUERY, &attr, sizeof(attr));
	if (err && err != -ENOSPC) /* more than max: the first max are there */
		return err;
	return (int)(attr.count < max ? attr.count : max);
}

int netfilter_link_create(int prog_fd, uint32_t family, uint32_t hook, int priority)
{
	struct netfilter_link_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_fd = (uint32_t)prog_fd;
	attr.attach_type = ATTACH_TYPE_NETFILTER;
	attr.family = family;
	attr.hook = hook;
	attr.priority = priority;
	return bpf(BPF_LINK_CREATE, &attr, sizeof(attr));
}
