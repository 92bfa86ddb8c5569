// SPDX-License-Identifier: MIT
/* A packet socket that keeps clones. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "sockets.h"

/* How long a clone is kept at least: its origin is then past all that is looked at. */
#define KEEP_CLONE_NS 20000000

/* Reads what came before it began to wait, and nothing that came since. */
static void read_kept(int fd)
{
	static char buffer[1 << 16];
	struct timespec keep = { .tv_nsec = KEEP_CLONE_NS };
	struct tpacket_stats came = {};
	socklen_t size = sizeof(came);

	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &came, &size))
		return;
	nanosleep(&keep, NULL);
	/* tp_packets counts those that found no room as well. */
	for (unsigned int i = came.tp_drops; i < came.tp_packets; i++)
		recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
}

/* Without a ring, packet_rcv() keeps a clone of each packet. */
int sniff(const char *device)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll where = { .sll_family = AF_PACKET,
				     .sll_protocol = htons(ETH_P_ALL),
				     .sll_ifindex = (int)if_nametoindex(device) };

	if (fd < 0 || bind(fd, (struct sockaddr *)&where, sizeof(where)))
		return fail("sniff");
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
					{ .fd = fd, .events = POLLIN } };

		if (poll(fds, 2, -1) < 0)
			return fail("poll");
		read_kept(fd);
		if (fds[0].revents)
			return 0;
	}
}
