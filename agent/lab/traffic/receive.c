// SPDX-License-Identifier: MIT
/* Who receives: at once, or when a queue has filled. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "commands.h"
#include "sockets.h"

#define MAX_FDS 8

/* Reads everything from sockets, accepting what can be, until stdin ends. */
static int drain(int datagrams, int listener, bool back)
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
			struct sockaddr_storage from;
			socklen_t size = sizeof(from);
			ssize_t n;

			if (i == 2 || !fds[i].revents)
				continue;
			n = recvfrom(fds[i].fd, buffer, sizeof(buffer), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &size);
			if (n > 0 && back)
				sendto(fds[i].fd, buffer, (size_t)n, MSG_NOSIGNAL,
				       (struct sockaddr *)&from, i > 2 ? 0 : size);
			if (i > 2 && (n == 0 || (n < 0 && errno != EAGAIN))) {
				close(fds[i].fd);
				fds[i--] = fds[--used];
			}
		}
	}
	return fail("poll");
}

int serve(const char *port, bool back)
{
	int datagrams = bound(SOCK_DGRAM, port), listener = bound(SOCK_STREAM, port);

	return datagrams < 0 || listener < 0 ? fail("serve") : drain(datagrams, listener, back);
}

/* One connection after the other, until stdin ends. Nobody is at a socket while its queue fills. */
int hold(int listener, int messages)
{
	static char buffer[1 << 16];
	int bytes = messages * ASKED_BYTES;
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = listener, .events = POLLIN } };

	if (listener < 0 || bytes <= 0 || bytes > (int)sizeof(buffer))
		return fail("hold");
	puts("ready");
	fflush(stdout);
	while (poll(fds, 2, -1) >= 0) {
		if (fds[0].revents)
			return 0;
		if (fds[1].fd == listener) {
			fds[1].fd = accept(listener, NULL, NULL);
			if (setsockopt(fds[1].fd, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof(bytes)))
				return fail("hold");
			continue;
		}
		if (recv(fds[1].fd, buffer, (size_t)bytes, MSG_DONTWAIT) != bytes)
			return fail("hold");
		close(fds[1].fd);
		fds[1].fd = listener;
	}
	return fail("poll");
}

/* How often it is looked whether all are there: the kernel wakes whoever waits before that. */
#define CRAM_POLL_MS 2

/* Of /proc/net/netstat of the namespace: a line of names, and below it one of values. -1 = it has
 * no such name. */
static long netstat(const char *name)
{
	static char names[1 << 14], values[1 << 14];
	FILE *file = fopen("/proc/self/net/netstat", "re");
	long found = -1;

	while (file && fgets(names, sizeof(names), file) && fgets(values, sizeof(values), file)) {
		char *in_names, *in_values;
		char *n = strtok_r(names, " \n", &in_names);
		char *v = strtok_r(values, " \n", &in_values);

		for (; n && v;
		     n = strtok_r(NULL, " \n", &in_names), v = strtok_r(NULL, " \n", &in_values))
			if (!strcmp(n, name))
				found = atol(v);
	}
	if (file)
		fclose(file);
	return found;
}

/* As hold, and says "collapsed" when TCP did that to a queue meanwhile: the buffer is too small for
 * as many sk_buffs, and large enough for what is in them. */
int cram(int listener, int bytes, int room)
{
	static char buffer[1 << 16];
	int there = 0, fd = -1;
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = listener, .events = POLLIN } };
	long before = netstat("TCPRcvCollapsed");

	/* What is accepted has that of who listened. */
	if (listener < 0 || bytes <= 0 || bytes > (int)sizeof(buffer) ||
	    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)))
		return fail("cram");
	puts("ready");
	fflush(stdout);
	while (poll(fds, fd < 0 ? 2 : 1, fd < 0 ? -1 : CRAM_POLL_MS) >= 0) {
		if (fds[0].revents)
			return 0;
		if (fd < 0) {
			fd = accept(listener, NULL, NULL);
			continue;
		}
		if (ioctl(fd, SIOCINQ, &there))
			return fail("cram");
		if (there < bytes)
			continue;
		if (recv(fd, buffer, (size_t)bytes, MSG_DONTWAIT) != bytes)
			return fail("cram");
		if (netstat("TCPRcvCollapsed") > before)
			puts("collapsed");
		fflush(stdout);
		close(fd);
		fd = -1;
	}
	return fail("poll");
}
