// SPDX-License-Identifier: MIT
/* Who sends: messages that are known by a sequence number, and plain bytes. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "commands.h"
#include "sockets.h"

#define MAX_DATAGRAM	 1400
#define ANSWER_TIMEOUT_S 5

static unsigned long long ns_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (unsigned long long)t.tv_sec * 1000000000 + (unsigned long long)t.tv_nsec;
}

/* The first BYTES of it are sent. */
struct message {
	char magic[4];
	uint32_t sequence; /* big-endian */
	char zeros[MAX_DATAGRAM];
};

int send_udp(int fd, unsigned long count, unsigned long pause_us, size_t bytes, unsigned long first)
{
	struct message datagram = { .magic = "WHSQ" };
	struct timespec pause = { .tv_sec = (time_t)(pause_us / 1000000),
				  .tv_nsec = (long)(pause_us % 1000000 * 1000) };

	unsigned long long began = ns_of(CLOCK_MONOTONIC);
	unsigned long long cpu = ns_of(CLOCK_PROCESS_CPUTIME_ID);

	if (fd < 0 || bytes < 8 || bytes > MAX_DATAGRAM)
		return fail("udp");
	for (unsigned long i = 0; i < count; i++) {
		datagram.sequence = htonl((uint32_t)(first + i));
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

int ask(int fd, unsigned long count)
{
	struct message question = { .magic = "WHSQ" }, answer;
	struct timeval patience = { .tv_sec = ANSWER_TIMEOUT_S };

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return fail("ask");
	for (unsigned long i = 1; i <= count; i++) {
		question.sequence = htonl((uint32_t)i);
		if (send(fd, &question, ASKED_BYTES, MSG_NOSIGNAL) != ASKED_BYTES ||
		    recv(fd, &answer, ASKED_BYTES, MSG_WAITALL) != ASKED_BYTES)
			return fail("ask");
		if (answer.sequence != question.sequence) {
			errno = EBADMSG;
			return fail("ask");
		}
	}
	return 0;
}

int tell(int fd, unsigned long count, unsigned long pause_us, size_t bytes)
{
	struct message message = { .magic = "WHSQ" };
	struct timespec pause = { .tv_sec = (time_t)(pause_us / 1000000),
				  .tv_nsec = (long)(pause_us % 1000000 * 1000) };
	int on = 1;

	if (fd < 0 || bytes < 8 || bytes > MAX_DATAGRAM ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		return fail("tell");
	for (unsigned long i = 1; i <= count; i++) {
		message.sequence = htonl((uint32_t)i);
		if (send(fd, &message, bytes, MSG_NOSIGNAL) != (ssize_t)bytes)
			return fail("tell");
		nanosleep(&pause, NULL);
	}
	return recv(fd, &message, ASKED_BYTES, 0) == 0 ? 0 : fail("tell");
}

int send_tcp(int fd, size_t bytes)
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
