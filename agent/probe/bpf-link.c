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

int tcx_link_create(int prog_fd, unsigned ifindex, bool ingress, bool first)
{
	struct tcx_link_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_fd = (uint32_t)prog_fd;
	attr.target_ifindex = ifindex;
	attr.attach_type = ingress ? TCX_INGRESS : TCX_EGRESS;
	attr.flags = first ? LINK_BEFORE : LINK_AFTER;
	fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return fd < 0 ? -errno : (int)fd;
}
