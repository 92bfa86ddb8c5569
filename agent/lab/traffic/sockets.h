/* SPDX-License-Identifier: MIT */
/* What the commands of whither-send share: their sockets, and how they fail. */
#ifndef WHITHER_LAB_TRAFFIC_SOCKETS_H
#define WHITHER_LAB_TRAFFIC_SOCKETS_H

/* Says on stderr what failed, and why by errno. Returns the exit status for it, 1. */
int fail(const char *what);

/* A socket of TYPE (SOCK_DGRAM, SOCK_STREAM), connected to an IPv4 or IPv6 address and a port, both
 * as text. -1 = it could not be, errno says why. */
int dial(const char *to, const char *port, int type);

/* A socket of TYPE bound to a port on every address, listening where it is TCP. Both families: IPv4
 * comes as mapped addresses. -1 = it could not be, errno says why. */
int bound(int type, const char *port);

#endif
