// SPDX-License-Identifier: MIT
#include "tc-filters.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

/* Larger than any netlink dump message (the kernel uses 8 to 32 kB). */
#define REPLY_BYTES 32768

static const struct rtattr *find(const struct rtattr *first, size_t bytes, unsigned type)
{
	for (const struct rtattr *a = first; RTA_OK(a, bytes); a = RTA_NEXT(a, bytes))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

/* The program of a filter that is one; 0 = it is of another kind. */
static uint32_t program_of(const struct nlmsghdr *m)
{
	const struct rtattr *first =
		(const void *)((const char *)NLMSG_DATA(m) + NLMSG_ALIGN(sizeof(struct tcmsg)));
	size_t bytes = NLMSG_PAYLOAD(m, sizeof(struct tcmsg));
	const struct rtattr *kind = find(first, bytes, TCA_KIND);
	const struct rtattr *options = find(first, bytes, TCA_OPTIONS);
	const struct rtattr *id;

	if (!kind || !options || strcmp(RTA_DATA(kind), "bpf"))
		return 0;
	id = find(RTA_DATA(options), RTA_PAYLOAD(options), TCA_BPF_ID);
	return id && RTA_PAYLOAD(id) == sizeof(uint32_t) ? *(const uint32_t *)RTA_DATA(id) : 0;
}

/* The filters of one side, and those of their programs that there is room for. */
struct found {
	int count;
	uint32_t *ids;
	size_t max, used;
};

/* 0, or -1: the kernel did not say. */
static int dump(int fd, int ifindex, uint32_t parent, struct found *found)
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
				return 0;
			if (m->nlmsg_type == NLMSG_ERROR)
				return -1;
			/* Each priority also has a message of its own, without a filter's handle.
			 */
			if (m->nlmsg_type != RTM_NEWTFILTER ||
			    !((struct tcmsg *)NLMSG_DATA(m))->tcm_handle)
				continue;
			found->count++;
			if (found->used < found->max && program_of(m))
				found->ids[found->used++] = program_of(m);
		}
	}
}

static int dump_side(int ifindex, bool ingress, struct found *found)
{
	uint32_t side = ingress ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int err;

	if (fd < 0)
		return -1;
	err = dump(fd, ifindex, TC_H_MAKE(TC_H_CLSACT, side), found);
	close(fd);
	return err;
}

int tc_filter_count(int ifindex)
{
	struct found found = { 0 };

	return dump_side(ifindex, true, &found) || dump_side(ifindex, false, &found) ? -1
										     : found.count;
}

size_t tc_filter_programs(int ifindex, bool ingress, uint32_t *ids, size_t max)
{
	struct found found = { .ids = ids, .max = max };

	dump_side(ifindex, ingress, &found);
	return found.used;
}
