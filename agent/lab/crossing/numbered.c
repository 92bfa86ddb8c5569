// SPDX-License-Identifier: MIT
/* whither-numbered: packets that say which one they are.
 *
 *   whither-numbered sink NETNS PORT                             reads and forgets, UDP and TCP
 *   whither-numbered udp|tcp NETNS FROM TO PORT FIRST COUNT RATE BYTES
 *
 * Sends COUNT datagrams, or records of one TCP connection, of BYTES each, numbered from FIRST, RATE
 * a second: what is due is sent once a millisecond. Prints the number that was sent. It dies with
 * its parent. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../probe/devices.h"
#include "numbered.h"

#define NS_PER_MS   1000000l
#define NS_PER_S    1000000000l
#define MAX_BYTES   1400u
#define MAX_RATE    1000000u
#define MAX_SOCKETS 64
#define SINK_BYTES  (4 << 20)

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct order {
	union address from;
	union address to;
	uint64_t first;
	uint64_t count;
	unsigned long rate;
	size_t bytes;
};

static union address address(const char *text, unsigned long port)
{
	union address a;

	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = htons((uint16_t)port);
	} else {
		inet_pton(AF_INET6, text, &a.v6.sin6_addr);
		a.v6.sin6_family = AF_INET6;
		a.v6.sin6_port = htons((uint16_t)port);
	}
	return a;
}

static socklen_t size_of(const union address *a)
{
	return a->any.sa_family == AF_INET ? sizeof(a->v4) : sizeof(a->v6);
}

static int fail(const char *what)
{
	fprintf(stderr, "whither-numbered: %s: %s\n", what, strerror(errno));
	return 1;
}

static bool send_whole(int fd, const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

		if (n < 0 && (errno == EINTR || errno == ENOBUFS))
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		length -= (size_t)n;
	}
	return true;
}

static void wait_until(struct timespec *t)
{
	t->tv_nsec += NS_PER_MS;
	if (t->tv_nsec >= NS_PER_S) {
		t->tv_sec++;
		t->tv_nsec -= NS_PER_S;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, t, NULL);
}

static int send_all(int type, const struct order *o)
{
	uint8_t packet[MAX_BYTES] = { 0 };
	struct numbered *n = (struct numbered *)packet;
	int on = 1, fd = socket(o->from.any.sa_family, type | SOCK_CLOEXEC, 0);
	uint64_t sent = 0;
	struct timespec t;

	if (fd < 0 || bind(fd, &o->from.any, size_of(&o->from)) ||
	    connect(fd, &o->to.any, size_of(&o->to)))
		return fail("connecting");
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	n->magic = htonl(NUMBERED_MAGIC);
	clock_gettime(CLOCK_MONOTONIC, &t);
	for (uint64_t ms = 1; sent < o->count; ms++) {
		uint64_t due = ms * o->rate / 1000;

		for (; sent < o->count && sent < due; sent++) {
			n->number = htobe64(o->first + sent);
			if (!send_whole(fd, packet, o->bytes))
				return fail("sending");
		}
		wait_until(&t);
	}
	close(fd);
	printf("%" PRIu64 "\n", sent);
	return 0;
}

static int listen_on(int type, unsigned long port)
{
	union address any = address("::", port);
	int on = 1, room = SINK_BYTES, fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (bind(fd, &any.any, sizeof(any.v6)) || (type == SOCK_STREAM && listen(fd, 16)))
		return -1;
	return fd;
}

static int sink(unsigned long port)
{
	static uint8_t buffer[1 << 16];
	struct pollfd fds[MAX_SOCKETS] = {
		{ .fd = listen_on(SOCK_DGRAM, port), .events = POLLIN },
		{ .fd = listen_on(SOCK_STREAM, port), .events = POLLIN },
	};
	nfds_t count = 2;

	if (fds[0].fd < 0 || fds[1].fd < 0)
		return fail("listening");
	puts("ready");
	fflush(stdout);
	for (;;) {
		poll(fds, count, -1);
		while (fds[0].revents && recv(fds[0].fd, buffer, sizeof(buffer), MSG_DONTWAIT) >= 0)
			;
		for (nfds_t i = 2; i < count; i++)
			if (fds[i].revents &&
			    recv(fds[i].fd, buffer, sizeof(buffer), MSG_DONTWAIT) == 0) {
				close(fds[i].fd);
				fds[i--] = fds[--count];
			}
		if (fds[1].revents && count < MAX_SOCKETS)
			fds[count++] = (struct pollfd){
				.fd = accept4(fds[1].fd, NULL, NULL, SOCK_CLOEXEC),
				.events = POLLIN,
			};
	}
}

int main(int argc, char **argv)
{
	pid_t parent = getppid();
	struct netns netns;
	struct order o;

	if (argc < 4)
		goto usage;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || netns_enter(argv[2], &netns))
		return 1;
	if (argc == 4 && !strcmp(argv[1], "sink"))
		return sink(strtoul(argv[3], NULL, 10));
	if (argc != 10)
		goto usage;
	o = (struct order){
		.from = address(argv[3], 0),
		.to = address(argv[4], strtoul(argv[5], NULL, 10)),
		.first = strtoull(argv[6], NULL, 10),
		.count = strtoull(argv[7], NULL, 10),
		.rate = strtoul(argv[8], NULL, 10),
		.bytes = strtoul(argv[9], NULL, 10),
	};
	if (o.rate < 1 || o.rate > MAX_RATE || o.bytes < sizeof(struct numbered) ||
	    o.bytes > MAX_BYTES)
		goto usage;
	if (!strcmp(argv[1], "udp"))
		return send_all(SOCK_DGRAM, &o);
	if (!strcmp(argv[1], "tcp"))
		return send_all(SOCK_STREAM, &o);
usage:
	fputs("Usage: whither-numbered sink NETNS PORT\n"
	      "       whither-numbered udp|tcp NETNS FROM TO PORT FIRST COUNT RATE BYTES\n",
	      stderr);
	return 2;
}
