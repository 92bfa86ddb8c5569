// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "devices.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/sockios.h>

/* Where iproute2 keeps named namespaces. */
#define NETNS_DIR "/run/netns/"

int netns_enter(const char *name, struct netns *out)
{
	char *path = out->path;
	struct stat st;
	int fd;

	memset(out, 0, sizeof(*out));
	if (name) {
		snprintf(path, sizeof(out->path), "%s%s", strchr(name, '/') ? "" : NETNS_DIR, name);
		snprintf(out->name, sizeof(out->name), "%s", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			fprintf(stderr,
				"%s: no network namespace %s: %s (ip netns lists the named ones)\n",
				program_invocation_short_name, name, strerror(errno));
			return -1;
		}
		if (setns(fd, CLONE_NEWNET)) {
			fprintf(stderr, "%s: cannot enter the network namespace %s: %s%s\n",
				program_invocation_short_name, name, strerror(errno),
				errno == EPERM ? " (that takes CAP_SYS_ADMIN)" : "");
			close(fd);
			return -1;
		}
		close(fd);
	}
	if (stat("/proc/self/ns/net", &st)) {
		fprintf(stderr, "%s: /proc/self/ns/net: %s\n", program_invocation_short_name,
			strerror(errno));
		return -1;
	}
	out->inode = (unsigned)st.st_ino;
	out->nsfs = st.st_dev;
	return 0;
}

bool type_is_ethernet(int type)
{
	return type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK;
}

/* Asks about the device of this name; -1: no answer. */
static int ask(unsigned long what, struct ifreq *request, const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -1;
	snprintf(request->ifr_name, sizeof(request->ifr_name), "%s", name);
	err = ioctl(fd, what, request);
	close(fd);
	return err;
}

int device_type(const char *name)
{
	struct ifreq request = { 0 };

	return ask(SIOCGIFHWADDR, &request, name) ? -1 : request.ifr_hwaddr.sa_family;
}

static void find_driver(struct device *d)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq request = { .ifr_data = (void *)&info };

	if (!ask(SIOCETHTOOL, &request, d->name))
		snprintf(d->driver, sizeof(d->driver), "%s", info.driver);
}

int device_find(const char *name, struct device *out)
{
	memset(out, 0, sizeof(*out));
	if (strlen(name) >= sizeof(out->name)) {
		fprintf(stderr, "%s: '%s' is too long for a device name\n",
			program_invocation_short_name, name);
		return -1;
	}
	strcpy(out->name, name);
	strcpy(out->now, name);
	out->ifindex = if_nametoindex(name);
	if (!out->ifindex) {
		fprintf(stderr,
			"%s: no device %s in this network namespace: %s (ip link lists them)\n",
			program_invocation_short_name, name, strerror(errno));
		return -1;
	}
	out->ethernet = type_is_ethernet(device_type(name));
	find_driver(out);
	return 0;
}
