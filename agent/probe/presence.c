// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "presence.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "place.h"

/* Larger than any message about a device: the kernel allocates at most a page or two for one. */
#define MESSAGE_BYTES 32768
/* Messages of one look; on a host where devices come and go all the time the ring must be read,
 * too. */
#define MESSAGES_A_LOOK 256

int presence_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	fprintf(stderr, "whither-probe: cannot watch whether devices stay: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static struct device *find(struct place *where, unsigned ifindex)
{
	for (size_t i = 0; i < where->device_count; i++)
		if (where->devices[i].ifindex == ifindex && !where->devices[i].gone)
			return &where->devices[i];
	return NULL;
}

/* `name`: at most IF_NAMESIZE bytes, NUL-terminated. */
static void renamed(struct device *d, const char *name)
{
	if (!strcmp(d->now, name))
		return;
	snprintf(d->now, sizeof(d->now), "%s", name);
	if (strcmp(d->name, name))
		fprintf(stderr,
			"whither-probe: the device %s is named %s now; the capture keeps calling it %s\n",
			d->name, name, d->name);
	else
		fprintf(stderr, "whither-probe: the device %s has its name back\n", d->name);
}

static void read_name(struct device *d, const struct nlmsghdr *m)
{
	const struct ifinfomsg *info = NLMSG_DATA(m);
	int left = (int)IFLA_PAYLOAD(m);

	for (struct rtattr *a = IFLA_RTA(info); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		const char *name = RTA_DATA(a);

		if (a->rta_type == IFLA_IFNAME && strnlen(name, RTA_PAYLOAD(a)) < IF_NAMESIZE)
			renamed(d, name);
	}
}

/* Returns true when its packets do not begin any more as when the probe started. */
static bool read_type(struct device *d, int type)
{
	d->retyped = type >= 0 && type_is_ethernet(type) != d->ethernet;
	return d->retyped;
}

/* Returns true when it says that a watched device is gone: removed, or moved to another namespace; or that
 * its packets begin in another way. */
static bool take(struct place *where, const struct nlmsghdr *m)
{
	const struct ifinfomsg *info = NLMSG_DATA(m);
	struct device *d;

	if ((m->nlmsg_type != RTM_NEWLINK && m->nlmsg_type != RTM_DELLINK) ||
	    m->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return false;
	/* A bridge says RTM_DELLINK, too, when a device only leaves it: with its own family. */
	d = info->ifi_family == AF_UNSPEC ? find(where, (unsigned)info->ifi_index) : NULL;
	if (!d)
		return false;
	if (m->nlmsg_type == RTM_NEWLINK) {
		read_name(d, m);
		read_type(d, info->ifi_type);
	} else {
		d->gone = true;
	}
	return d->gone || d->retyped;
}

static const struct device *retyped(const struct place *where)
{
	for (size_t i = 0; i < where->device_count; i++)
		if (where->devices[i].retyped)
			return &where->devices[i];
	return NULL;
}

/* After messages were lost: asks for every device. */
static bool ask(struct place *where)
{
	bool went = false;

	for (size_t i = 0; i < where->device_count; i++) {
		struct device *d = &where->devices[i];
		char name[IF_NAMESIZE];

		if (d->gone)
			continue;
		if (if_indextoname(d->ifindex, name)) {
			renamed(d, name);
			went |= read_type(d, device_type(name));
		} else if (errno == ENXIO) {
			d->gone = went = true;
		}
	}
	return went;
}

bool presence_look(struct place *where)
{
	static char buffer[MESSAGE_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	bool went = false, missed = false;

	for (int n = 0; n < MESSAGES_A_LOOK; n++) {
		struct sockaddr_nl from;
		socklen_t size = sizeof(from);
		ssize_t got = recvfrom(where->links, buffer, sizeof(buffer), MSG_TRUNC,
				       (struct sockaddr *)&from, &size);
		unsigned left = (unsigned)got;

		if (got < 0 && errno == ENOBUFS) {
			missed = true;
			continue;
		}
		if (got < 0)
			break;	 /* EAGAIN; whatever else it is, it is looked at again */
		if (from.nl_pid) /* not from the kernel */
			continue;
		missed |= left > sizeof(buffer);
		if (left > sizeof(buffer))
			continue;
		for (struct nlmsghdr *m = (void *)buffer; NLMSG_OK(m, left);
		     m = NLMSG_NEXT(m, left))
			went |= take(where, m);
	}
	return (missed && ask(where)) || went;
}

bool netns_is_gone(const struct netns *netns)
{
	struct stat st;

	if (!*netns->path)
		return false;
	if (!stat(netns->path, &st))
		return st.st_ino != netns->inode || st.st_dev != netns->nsfs;
	/* Not to be allowed to look is no proof. */
	return errno == ENOENT || errno == ENOTDIR;
}

size_t presence_left(const struct place *where)
{
	size_t left = 0;

	if (where->netns.gone || retyped(where))
		return 0;
	for (size_t i = 0; i < where->device_count; i++)
		left += !where->devices[i].gone;
	return left;
}

/* Names of those for which `gone` and `said` are so, with commas. */
static size_t names(const struct place *where, bool gone, bool said, char *out, size_t bytes)
{
	size_t count = 0, at = 0;

	*out = '\0';
	for (size_t i = 0; i < where->device_count; i++) {
		const struct device *d = &where->devices[i];

		if (d->gone == gone && d->said == said)
			at += (size_t)snprintf(out + at, bytes - at, "%s%s", count++ ? ", " : "",
					       d->now);
	}
	return count;
}

void presence_say(struct place *where)
{
	/* A name and a comma for each: it always fits. */
	char gone[WH_MAX_SLOTS * (IF_NAMESIZE + 2)], left[sizeof(gone)];
	size_t count = names(where, true, false, gone, sizeof(gone));
	bool others = names(where, false, false, left, sizeof(left));
	const char *plural = count == 1 ? "" : "s", *are = count == 1 ? "is" : "are";
	const char *remedy =
		count > 1 ? "start again when they are back" : "start again when it is back";

	if (where->netns.gone)
		fprintf(stderr,
			"whither-probe: the network namespace %s is gone, so nothing is left to watch: "
			"%s (ip netns lists the named ones)\n",
			where->netns.name, remedy);
	else if (retyped(where))
		fprintf(stderr,
			"whither-probe: packets of the device %s do not begin as they did when the capture began "
			"(its link type is another): start again\n",
			retyped(where)->now);
	else if (count && others)
		fprintf(stderr,
			"whither-probe: the device%s %s %s gone; still watching %s: to watch all, %s\n",
			plural, gone, are, left, remedy);
	else if (count)
		fprintf(stderr,
			"whither-probe: the device%s %s %s gone, so nothing is left to watch: "
			"%s (ip link lists what is there)\n",
			plural, gone, are, remedy);
	for (size_t i = 0; i < where->device_count; i++)
		where->devices[i].said = where->devices[i].gone;
}
