// SPDX-License-Identifier: MIT
/* Offloads of a device, turned on and off. */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "commands.h"
#include "sockets.h"

static int ethtool(const char *device, void *data)
{
	struct ifreq request = { .ifr_data = data };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(request.ifr_name, device, sizeof(request.ifr_name) - 1);
	return fd < 0 || ioctl(fd, SIOCETHTOOL, &request) ? fail("offload") : 0;
}

int offload(const char *device, const char *name, bool on)
{
	static const struct {
		const char *name;
		__u32 cmd;
	} own[] = { { "gro", ETHTOOL_SGRO }, { "gso", ETHTOOL_SGSO }, { "tso", ETHTOOL_STSO } };
	struct ethtool_value value = { .data = on };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		if (strcmp(name, own[i].name))
			continue;
		value.cmd = own[i].cmd;
		return ethtool(device, &value);
	}
	if (strcmp(name, "txvlan")) {
		errno = EINVAL;
		return fail(name);
	}
	value.cmd = ETHTOOL_GFLAGS;
	if (ethtool(device, &value))
		return 1;
	value.cmd = ETHTOOL_SFLAGS;
	value.data = on ? value.data | ETH_FLAG_TXVLAN : value.data & ~(__u32)ETH_FLAG_TXVLAN;
	return ethtool(device, &value);
}
