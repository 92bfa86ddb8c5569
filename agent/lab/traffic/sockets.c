// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sockets.h"

int fail(const char *what)
{
	fprintf(stderr, "whither-send: %s: %s\n", what, strerror(errno));
	return 1;
}

static socklen_t address_of(struct sockaddr_storage *out, const char *to, const char *port)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, to, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)atoi(port));
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)atoi(port));
	return inet_pton(AF_INET6, to, &v6->sin6_addr) == 1 ? sizeof(*v6) : 0;
}

int dial(const char *to, const char *port, int type)
{
	struct sockaddr_storage target;
	socklen_t size = address_of(&target, to, port);
	int fd = socket(target.ss_family, type | SOCK_CLOEXEC, 0);

	return fd < 0 || connect(fd, (struct sockaddr *)&target, size) ? -1 : fd;
}

int bound(int type, const char *port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6,
				    .sin6_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);

	return fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) ||
			       (type == SOCK_STREAM && listen(fd, 4))
		       ? -1
		       : fd;
}
