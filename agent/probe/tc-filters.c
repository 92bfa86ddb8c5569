// SPDX-License-Identifier: MIT
#include "tc-filters.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

/* Larger than any netlink dump message (the kernel uses 8 to 32 kB). */
#define REPLY_BYTES 32768

static int dump_count(int fd, int ifindex, uint32_t parent)
{
	struct {
		struct nlmsghdr header;
		struct tcmsg tc;
	} request = {
		.header =
			{
				.nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
				.nlmsg_type = RTM_GETTFILTER,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			},
		.tc = {.tcm_family = AF_UNSPEC, .tcm_ifindex = ifindex, .tcm_parent = parent},
	};
	static char reply[REPLY_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	int count = 0;

	if (send(fd, &request, sizeof(request), 0) < 0)
		return -1;
	for (;;) {
		ssize_t got = recv(fd, reply, sizeof(reply), 0);
		int left = (int)got;

		if (got <= 0)
			return -1;
		for (struct nlmsghdr *m = (void *)reply; NLMSG_OK(m, (unsigned)left);
		     m = NLMSG_NEXT(m, left)) {
			if (m->nlmsg_type == NLMSG_DONE)
				return count;
			if (m->nlmsg_type == NLMSG_ERROR)
				return -1;
			/* Each priority also has a message of its own, without a filter's handle.
			 */
			if (m->nlmsg_type == RTM_NEWTFILTER &&
			    ((struct tcmsg *)NLMSG_DATA(m))->tcm_handle)
				count++;
		}
	}
}

int tc_filter_count(int ifindex)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int in, out;

	if (fd < 0)
		return -1;
	in = dump_count(fd, ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS));
	out = in < 0 ? -1 : dump_count(fd, ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS));
	close(fd);
	return out < 0 ? -1 : in + out;
}
