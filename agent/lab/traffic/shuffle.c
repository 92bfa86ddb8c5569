// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "shuffle.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../bpf/shuffle.h"
#include "sockets.h"

#define FIRST_ID  0x5151000000000000ull
#define MAX_FDS	  32
#define LISTENERS 3

struct tail {
	char magic[4];
	uint32_t sequence; /* big-endian */
};

/* What an application does: it asks its socket. */
static void tell_stream(int fd)
{
	char buffer[512];
	uint64_t id = 0;
	socklen_t size = sizeof(id);

	if (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) <= 0)
		return;
	if (getsockopt(fd, SHUFFLE_LEVEL, SHUFFLE_OPTNAME, &id, &size))
		printf("tcp: %s\n", strerror(errno));
	else
		printf("tcp: %016" PRIx64 "\n", be64toh(id));
	fflush(stdout);
	send(fd, "", 1, MSG_NOSIGNAL);
}

/* A socket without a cookie is in no map that a probe could tell it by; asked for, it has one. */
static int with_cookie(int fd)
{
	uint64_t cookie;
	socklen_t size = sizeof(cookie);

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) ? -1 : fd;
}

/* Per datagram there is no socket option: the mark comes along with it (SO_RCVMARK, Linux 5.19). */
static void tell_datagram(int fd)
{
	char buffer[512], control[CMSG_SPACE(sizeof(uint32_t))];
	struct iovec to = { .iov_base = buffer, .iov_len = sizeof(buffer) };
	struct msghdr m = { .msg_iov = &to,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };

	if (recvmsg(fd, &m, MSG_DONTWAIT) < 0)
		return;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		uint32_t mark;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_MARK)
			continue;
		memcpy(&mark, CMSG_DATA(c), sizeof(mark));
		printf("udp: %08" PRIx32 "\n", mark);
	}
	fflush(stdout);
}

int shuffle_serve(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(SHUFFLE_PORT) };
	int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	struct pollfd fds[MAX_FDS] = { { .fd = STDIN_FILENO, .events = POLLIN },
				       { .fd = datagrams, .events = POLLIN },
				       { .fd = listener, .events = POLLIN } };
	nfds_t used = LISTENERS;

	if (with_cookie(datagrams) < 0 ||
	    setsockopt(datagrams, SOL_SOCKET, SO_RCVMARK, &on, sizeof(on)) ||
	    bind(datagrams, (struct sockaddr *)&any, sizeof(any)) ||
	    bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, MAX_FDS))
		return fail("shuffle");
	puts("ready");
	fflush(stdout);
	while (poll(fds, used, -1) >= 0) {
		if (fds[0].revents)
			return 0;
		if (fds[1].revents)
			tell_datagram(datagrams);
		if (fds[2].revents && used < MAX_FDS)
			fds[used++] =
				(struct pollfd){ .fd = with_cookie(accept(listener, NULL, NULL)),
						 .events = POLLIN };
		for (nfds_t i = LISTENERS; i < used; i++) {
			if (!fds[i].revents)
				continue;
			if (fds[i].revents & (POLLHUP | POLLERR))
				fds[i].fd = -1; /* its socket stays, and what is stored with it */
			else
				tell_stream(fds[i].fd);
		}
	}
	return fail("poll");
}

static int send_one(int fd, int udp, uint64_t id, uint32_t sequence)
{
	struct {
		struct shuffle_proxy proxy;
		struct tail tail;
	} __attribute__((packed)) stream = {
		.proxy = { .signature = "\r\n\r\n\0\r\nQUIT\n",
			   .version = SHUFFLE_PROXY_VERSION,
			   .family = 0x11,
			   .length = { 0, sizeof(struct shuffle_proxy) - 16 },
			   .tlv = { .type = SHUFFLE_TLV_REQUEST, .length = { 0, 8 } },
			   .noop = { 4, 0, 2 } },
		.tail = { .magic = "WHSQ", .sequence = htonl(sequence) },
	};
	struct {
		struct shuffle_option option;
		struct tail tail;
	} __attribute__((packed)) datagram = {
		.option = { .class = htons(SHUFFLE_OPTION_CLASS), .words = 2 },
		.tail = stream.tail,
	};
	uint64_t wire = htobe64(id);

	memcpy(stream.proxy.tlv.value, &wire, sizeof(wire));
	memcpy(datagram.option.value, &wire, sizeof(wire));
	return udp ? send(fd, &datagram, sizeof(datagram), 0) != sizeof(datagram)
		   : send(fd, &stream, sizeof(stream), MSG_NOSIGNAL) != sizeof(stream);
}

int shuffle_send(int udp, const char *address, unsigned count, unsigned pause_ms)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(SHUFFLE_PORT) };
	struct timespec pause = { .tv_sec = pause_ms / 1000,
				  .tv_nsec = (long)(pause_ms % 1000) * 1000000 };

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return fail(address);
	for (unsigned i = 1; i <= count; i++) {
		int fd = socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
		char answer;

		if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
			return fail("shuffle");
		/* Time for the server to accept, before there is something to store. */
		nanosleep(&pause, NULL);
		if (send_one(fd, udp, FIRST_ID + i, i) || (!udp && recv(fd, &answer, 1, 0) != 1))
			return fail("shuffle");
		/* Open until the process ends: the server's socket is looked at meanwhile. */
		nanosleep(&pause, NULL);
	}
	return 0;
}
