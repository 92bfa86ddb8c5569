// SPDX-License-Identifier: MIT
/* whither-send: traffic of the scenarios, each packet known by a sequence number.
 *
 *   whither-send udp NETNS ADDRESS PORT COUNT PAUSE_US [BYTES]
 *       COUNT datagrams "WHSQ", sequence number from 1 (big-endian), zeros; then what that took:
 *       nanoseconds that passed, and of this process's CPU time, in one line
 *   whither-send tcp NETNS ADDRESS PORT BYTES   sends, then waits until the other end has closed
 *   whither-send sink NETNS PORT                takes UDP and TCP on the port; "ready", then until
 * the end of stdin whither-send sniff NETNS DEVICE             a packet socket that clones every
 * packet of the device; the same
 *
 * It dies with its parent. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../probe/devices.h"

#define MAX_DATAGRAM 1400
#define MAX_FDS	     8

static int fail(const char *what)
{
	fprintf(stderr, "whither-send: %s: %s\n", what, strerror(errno));
	return 1;
}

static int dial(const char *to, const char *port, int type)
{
	struct sockaddr_in target = { .sin_family = AF_INET,
				      .sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || inet_pton(AF_INET, to, &target.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&target, sizeof(target)))
		return -1;
	return fd;
}

static unsigned long long ns_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (unsigned long long)t.tv_sec * 1000000000 + (unsigned long long)t.tv_nsec;
}

static int send_udp(int fd, unsigned long count, unsigned long pause_us, size_t bytes)
{
	struct {
		char magic[4];
		uint32_t sequence;
		char zeros[MAX_DATAGRAM];
	} datagram = { .magic = "WHSQ" };
	struct timespec pause = { .tv_sec = (time_t)(pause_us / 1000000),
				  .tv_nsec = (long)(pause_us % 1000000 * 1000) };

	unsigned long long began = ns_of(CLOCK_MONOTONIC);
	unsigned long long cpu = ns_of(CLOCK_PROCESS_CPUTIME_ID);

	if (fd < 0 || bytes < 8 || bytes > MAX_DATAGRAM)
		return fail("udp");
	for (unsigned long i = 1; i <= count; i++) {
		datagram.sequence = htonl((uint32_t)i);
		/* A closed port answers a datagram by an error on the next one. */
		while (send(fd, &datagram, bytes, 0) < 0)
			if (errno != ENOBUFS && errno != ECONNREFUSED)
				return fail("udp");
		if (pause_us)
			nanosleep(&pause, NULL);
	}
	printf("%llu %llu\n", ns_of(CLOCK_MONOTONIC) - began,
	       ns_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	return 0;
}

static int send_tcp(int fd, size_t bytes)
{
	static char body[1 << 16];

	if (fd < 0)
		return fail("tcp");
	while (bytes > 0) {
		size_t piece = bytes < sizeof(body) ? bytes : sizeof(body);
		ssize_t sent = send(fd, body, piece, MSG_NOSIGNAL);

		if (sent < 0)
			return fail("tcp");
		bytes -= (size_t)sent;
	}
	shutdown(fd, SHUT_WR);
	return recv(fd, body, sizeof(body), 0) == 0 ? 0 : fail("tcp");
}

/* Reads everything from sockets, accepting what can be, until stdin ends. */
static int drain(int datagrams, int listener)
{
	static char buffer[1 << 16];
	struct pollfd fds[MAX_FDS] = { { .fd = STDIN_FILENO, .events = POLLIN },
				       { .fd = datagrams, .events = POLLIN },
				       { .fd = listener, .events = POLLIN } };
	nfds_t used = 3;

	puts("ready");
	fflush(stdout);
	while (poll(fds, used, -1) >= 0) {
		if (fds[0].revents)
			return 0;
		if (fds[2].revents && used < MAX_FDS)
			fds[used++] = (struct pollfd){ .fd = accept(listener, NULL, NULL),
						       .events = POLLIN };
		for (nfds_t i = 1; i < used; i++) {
			ssize_t n;

			if (i == 2 || !fds[i].revents)
				continue;
			n = recv(fds[i].fd, buffer, sizeof(buffer), MSG_DONTWAIT);
			if (i > 2 && (n == 0 || (n < 0 && errno != EAGAIN))) {
				close(fds[i].fd);
				fds[i--] = fds[--used];
			}
		}
	}
	return fail("poll");
}

static int sink(const char *port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(datagrams, (struct sockaddr *)&any, sizeof(any)) ||
	    bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 4))
		return fail("sink");
	return drain(datagrams, listener);
}

/* Without a ring, packet_rcv() keeps a clone of each packet. */
static int sniff(const char *device)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll where = { .sll_family = AF_PACKET,
				     .sll_protocol = htons(ETH_P_ALL),
				     .sll_ifindex = (int)if_nametoindex(device) };

	if (fd < 0 || bind(fd, (struct sockaddr *)&where, sizeof(where)))
		return fail("sniff");
	return drain(fd, -1);
}

static int gro_on(const char *device)
{
	struct ethtool_value on = { .cmd = ETHTOOL_SGRO, .data = 1 };
	struct ifreq request = { .ifr_data = (void *)&on };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(request.ifr_name, device, sizeof(request.ifr_name) - 1);
	return fd < 0 || ioctl(fd, SIOCETHTOOL, &request) ? fail("gro") : 0;
}

int main(int argc, char **argv)
{
	pid_t parent = getppid();
	struct netns netns;

	if (argc < 4)
		goto usage;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || netns_enter(argv[2], &netns))
		return 1;
	if (!strcmp(argv[1], "udp") && argc >= 7)
		return send_udp(dial(argv[3], argv[4], SOCK_DGRAM), strtoul(argv[5], NULL, 10),
				strtoul(argv[6], NULL, 10),
				argc > 7 ? strtoul(argv[7], NULL, 10) : 32);
	if (!strcmp(argv[1], "tcp") && argc == 6)
		return send_tcp(dial(argv[3], argv[4], SOCK_STREAM), strtoul(argv[5], NULL, 10));
	if (!strcmp(argv[1], "sink") && argc == 4)
		return sink(argv[3]);
	if (!strcmp(argv[1], "gro") && argc == 4)
		return gro_on(argv[3]);
	if (!strcmp(argv[1], "sniff") && argc == 4)
		return sniff(argv[3]);
usage:
	fputs("Usage: whither-send udp NETNS ADDRESS PORT COUNT PAUSE_US [BYTES] | tcp NETNS ADDRESS PORT BYTES |\n"
	      "       sink NETNS PORT | gro NETNS DEVICE | sniff NETNS DEVICE\n",
	      stderr);
	return 2;
}
