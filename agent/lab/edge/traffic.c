// SPDX-License-Identifier: MIT
/* whither-traffic: modest, varied traffic between the two namespaces of the edge lab.
 *
 *   whither-traffic serve NETNS         answers UDP and TCP, and pings the client now and then
 *   whither-traffic ask NETNS RATE      asks in every way there is, about RATE packets a second
 *   whither-traffic flood NETNS COUNT   COUNT UDP packets as fast as it goes, each of which
 * arrives, to the port that is dropped
 *
 * It dies with its parent. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
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

/* agent/lab/edge/lab.ts gives the devices these addresses. */
#define EDGE_V4 "10.71.0.1"
#define EDGE_V6 "fd71::10.71.0.1"
#define CLIENTS 3
static const char *const CLIENT_V4[CLIENTS] = { "10.71.0.10", "10.71.0.11", "10.71.0.12" };
static const char *const CLIENT_V6[CLIENTS] = { "fd71::10.71.0.10", "fd71::10.71.0.11",
						"fd71::10.71.0.12" };

#define ECHO_PORT     7000
#define HTTP_PORT     8080
#define CLOSED_PORT   7999
#define DISCARD_PORT  9
#define PATIENCE_MS   300
#define PING_EVERY_MS 1000
#define BODY_BYTES    600
#define NS_PER_S      1000000000ull

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union address address(const char *text, uint16_t port)
{
	union address a;

	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = htons(port);
	} else {
		inet_pton(AF_INET6, text, &a.v6.sin6_addr);
		a.v6.sin6_family = AF_INET6;
		a.v6.sin6_port = htons(port);
	}
	return a;
}

static socklen_t address_bytes(const union address *a)
{
	return a->any.sa_family == AF_INET ? sizeof(a->v4) : sizeof(a->v6);
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, PATIENCE_MS) == 1;
}

/* A socket from one of our addresses to one of theirs, or -1. */
static int dial(const char *from, const char *to, uint16_t port, int type, int protocol)
{
	union address source = address(from, 0), target = address(to, port);
	struct timeval patience = { .tv_usec = PATIENCE_MS * 1000 };
	int fd = socket(source.any.sa_family, type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (bind(fd, &source.any, address_bytes(&source)) ||
	    connect(fd, &target.any, address_bytes(&target))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One UDP packet, and its answer where one is expected. Returns packets caused. */
static int ask_udp(const char *from, const char *to, uint16_t port)
{
	static const char question[] = "where does my metadata go?";
	char answer[256];
	int fd = dial(from, to, port, SOCK_DGRAM, 0);

	if (fd < 0)
		return 1;
	/* The closed port's ICMP error is not waited for: the kernel sends few of them. */
	if (send(fd, question, sizeof(question) - 1, 0) > 0 && port == ECHO_PORT && readable(fd))
		(void)!recv(fd, answer, sizeof(answer), 0);
	close(fd);
	return port == DISCARD_PORT ? 1 : 2;
}

static int ask_http(const char *from, const char *to)
{
	static const char request[] = "GET /metadata HTTP/1.0\r\nHost: edge\r\n\r\n";
	char answer[2048];
	int fd = dial(from, to, HTTP_PORT, SOCK_STREAM, 0);

	if (fd < 0)
		return 2;
	if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) > 0)
		while (recv(fd, answer, sizeof(answer), 0) > 0)
			;
	close(fd);
	return 11; /* handshake 3, request 2, answer 2, both closes 4 */
}

static uint16_t checksum(const void *data, size_t length)
{
	const uint16_t *word = data;
	uint32_t sum = 0;

	for (; length > 1; length -= 2)
		sum += *word++;
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~(sum + (sum >> 16));
}

/* One echo request; the kernel over there answers, which is waited for on `await`. Returns packets
 * caused. */
static int ask_echo(const char *from, const char *to, bool await)
{
	static uint16_t sequence;
	bool v4 = !strchr(from, ':');
	int fd = dial(from, to, 0, SOCK_RAW, v4 ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6);
	struct {
		uint8_t type, code;
		uint16_t sum, id, sequence;
		uint8_t data[32];
	} echo = {
		.type = v4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST,
		.id = htons((uint16_t)getpid()),
		.sequence = htons(++sequence),
		.data = "whither",
	};

	if (fd < 0)
		return 1;
	if (v4) /* the kernel does it for ICMPv6 */
		echo.sum = checksum(&echo, sizeof(echo));
	if (send(fd, &echo, sizeof(echo), 0) > 0 && await)
		(void)readable(fd);
	close(fd);
	return 2;
}

static int ask_once(unsigned turn)
{
	unsigned client = turn / 8 % CLIENTS;
	const char *v4 = CLIENT_V4[client], *v6 = CLIENT_V6[client];

	switch (turn % 8) {
	case 0:
		return ask_udp(v4, EDGE_V4, ECHO_PORT);
	case 1:
		return ask_udp(v6, EDGE_V6, ECHO_PORT);
	case 2:
		return ask_echo(v4, EDGE_V4, false);
	case 3:
		return ask_http(v4, EDGE_V4);
	case 4:
		return ask_echo(v6, EDGE_V6, false);
	case 5:
		return ask_udp(v4, EDGE_V4, CLOSED_PORT);
	case 6:
		return ask_http(v6, EDGE_V6);
	default:
		return ask_udp(v4, EDGE_V4, DISCARD_PORT);
	}
}

static _Noreturn void ask(double rate)
{
	for (unsigned turn = 0;; turn++) {
		uint64_t pause = (uint64_t)(ask_once(turn) * (double)NS_PER_S / rate);
		struct timespec t = { .tv_sec = (time_t)(pause / NS_PER_S),
				      .tv_nsec = (long)(pause % NS_PER_S) };

		nanosleep(&t, NULL);
	}
}

/* Stays on one processor. The other end of a veth takes packets in on the processor that sent them,
 * so it keeps up; one that sends from elsewhere meanwhile fills its ring, and what does not fit is
 * lost without an error. */
static int stay_here(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET((size_t)sched_getcpu(), &here);
	return sched_setaffinity(0, sizeof(here), &here);
}

static int flood(unsigned long count)
{
	static const char payload[64];
	int fd;

	/* While the neighbour is asked for, packets wait for it, and those that wait longest are
	 * dropped. */
	ask_echo(CLIENT_V4[0], EDGE_V4, true);
	fd = dial(CLIENT_V4[0], EDGE_V4, DISCARD_PORT, SOCK_DGRAM, 0);
	if (fd < 0 || stay_here()) {
		fprintf(stderr, "whither-traffic: cannot flood: %s\n", strerror(errno));
		return 1;
	}
	for (unsigned long i = 0; i < count; i++) {
		while (send(fd, payload, sizeof(payload), 0) < 0) {
			/* No room, or none within the patience of the socket: a busy machine takes
			 * that long. */
			if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR)
				continue;
			fprintf(stderr, "whither-traffic: cannot send: %s\n", strerror(errno));
			close(fd);
			return 1;
		}
	}
	close(fd);
	return 0;
}

static int listen_on(int type, uint16_t port)
{
	union address any = address("::", port);
	int on = 1, fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &any.any, sizeof(any.v6)) || (type == SOCK_STREAM && listen(fd, 16)))
		return -1;
	return fd;
}

static void answer_udp(int fd)
{
	char buffer[2048];
	union address from;
	socklen_t length = sizeof(from);
	ssize_t n = recvfrom(fd, buffer, sizeof(buffer), 0, &from.any, &length);

	if (n >= 0)
		(void)!sendto(fd, buffer, (size_t)n, 0, &from.any, length);
}

static void answer_http(int listener)
{
	static const char head[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n";
	char buffer[2048];
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (readable(fd) && recv(fd, buffer, sizeof(buffer), 0) > 0) {
		memcpy(buffer, head, sizeof(head) - 1);
		memset(buffer + sizeof(head) - 1, '.', BODY_BYTES);
		(void)!send(fd, buffer, sizeof(head) - 1 + BODY_BYTES, MSG_NOSIGNAL);
	}
	close(fd);
}

static int serve(void)
{
	struct pollfd fds[] = {
		{ .fd = listen_on(SOCK_DGRAM, ECHO_PORT), .events = POLLIN },
		{ .fd = listen_on(SOCK_STREAM, HTTP_PORT), .events = POLLIN },
	};
	time_t pinged = time(NULL);

	if (fds[0].fd < 0 || fds[1].fd < 0) {
		fprintf(stderr, "whither-traffic: cannot listen: %s\n", strerror(errno));
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (unsigned turn = 0;;) {
		poll(fds, 2, PING_EVERY_MS);
		if (time(NULL) != pinged) {
			pinged = time(NULL);
			turn++;
			ask_echo(turn % 2 ? EDGE_V4 : EDGE_V6,
				 turn % 2 ? CLIENT_V4[0] : CLIENT_V6[0], false);
		}
		if (fds[0].revents)
			answer_udp(fds[0].fd);
		if (fds[1].revents)
			answer_http(fds[1].fd);
	}
}

int main(int argc, char **argv)
{
	pid_t parent = getppid();
	struct netns netns;
	double rate;

	if (argc < 3)
		goto usage;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || netns_enter(argv[2], &netns))
		return 1;
	if (!strcmp(argv[1], "serve"))
		return serve();
	if (argc == 4 && !strcmp(argv[1], "ask")) {
		rate = atof(argv[3]);
		if (rate >= 0.1 && rate <= 100000)
			ask(rate);
	}
	if (argc == 4 && !strcmp(argv[1], "flood"))
		return flood(strtoul(argv[3], NULL, 10));
usage:
	fputs("Usage: whither-traffic serve NETNS | ask NETNS RATE | flood NETNS COUNT\n", stderr);
	return 2;
}
