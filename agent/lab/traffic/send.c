// SPDX-License-Identifier: MIT
/* whither-send: traffic of the scenarios, each packet known by a sequence number.
 *
 *   whither-send udp NETNS ADDRESS PORT COUNT PAUSE_US [BYTES [FIRST]]
 *       COUNT datagrams "WHSQ", sequence number from FIRST or 1 (big-endian), zeros; then what
 *       that took: nanoseconds that passed, and of this process's CPU time, in one line
 *   whither-send tcp NETNS ADDRESS PORT BYTES
 *       sends, then waits until the other end has closed
 *   whither-send ask NETNS udp|tcp ADDRESS PORT COUNT
 *       the same messages as udp, each sent when the one before has come back
 *   whither-send tell NETNS ADDRESS PORT COUNT PAUSE_US [BYTES]
 *       the same over TCP, each a segment of its own, then waits until the other end has closed
 *   whither-send sink NETNS PORT                takes UDP and TCP on the port
 *   whither-send echo NETNS PORT                the same, and sends all back
 *   whither-send hold NETNS PORT COUNT          takes TCP, reads when COUNT messages are there
 *   whither-send cram NETNS PORT BYTES ROOM     the same by bytes, with a receive buffer of ROOM
 *   whither-send sniff NETNS DEVICE             a packet socket that clones all of the device
 *   whither-send shuffle-serve NETNS -          shuffle.h
 *       these six say "ready" and go on until the end of stdin
 *   whither-send shuffle-send NETNS udp|tcp ADDRESS COUNT PAUSE_MS
 *   whither-send offload NETNS DEVICE gro|gso|tso|txvlan on|off
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
#include <netinet/tcp.h>
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
#include "shuffle.h"

#define MAX_DATAGRAM	 1400
#define MAX_FDS		 8
#define ASKED_BYTES	 32
#define ANSWER_TIMEOUT_S 5

static int fail(const char *what)
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

static int dial(const char *to, const char *port, int type)
{
	struct sockaddr_storage target;
	socklen_t size = address_of(&target, to, port);
	int fd = socket(target.ss_family, type | SOCK_CLOEXEC, 0);

	return fd < 0 || connect(fd, (struct sockaddr *)&target, size) ? -1 : fd;
}

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

static int send_udp(int fd, unsigned long count, unsigned long pause_us, size_t bytes,
		    unsigned long first)
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

static int ask(int fd, unsigned long count)
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

static int tell(int fd, unsigned long count, unsigned long pause_us, size_t bytes)
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

/* Both families: IPv4 comes as mapped addresses. */
static int bound(int type, const char *port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6,
				    .sin6_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);

	return fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) ||
			       (type == SOCK_STREAM && listen(fd, 4))
		       ? -1
		       : fd;
}

static int serve(const char *port, bool back)
{
	int datagrams = bound(SOCK_DGRAM, port), listener = bound(SOCK_STREAM, port);

	return datagrams < 0 || listener < 0 ? fail("serve") : drain(datagrams, listener, back);
}

/* One connection after the other, until stdin ends. Nobody is at a socket while its queue fills. */
static int hold(int listener, int messages)
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
static int cram(int listener, int bytes, int room)
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
static int sniff(const char *device)
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

static int ethtool(const char *device, void *data)
{
	struct ifreq request = { .ifr_data = data };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(request.ifr_name, device, sizeof(request.ifr_name) - 1);
	return fd < 0 || ioctl(fd, SIOCETHTOOL, &request) ? fail("offload") : 0;
}

/* What `ethtool -K DEVICE NAME on|off` does. */
static int offload(const char *device, const char *name, bool on)
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
				argc > 7 ? strtoul(argv[7], NULL, 10) : 32,
				argc > 8 ? strtoul(argv[8], NULL, 10) : 1);
	if (!strcmp(argv[1], "tcp") && argc == 6)
		return send_tcp(dial(argv[3], argv[4], SOCK_STREAM), strtoul(argv[5], NULL, 10));
	if (!strcmp(argv[1], "ask") && argc == 7)
		return ask(
			dial(argv[4], argv[5], strcmp(argv[3], "udp") ? SOCK_STREAM : SOCK_DGRAM),
			strtoul(argv[6], NULL, 10));
	if (!strcmp(argv[1], "tell") && argc >= 7)
		return tell(dial(argv[3], argv[4], SOCK_STREAM), strtoul(argv[5], NULL, 10),
			    strtoul(argv[6], NULL, 10),
			    argc > 7 ? strtoul(argv[7], NULL, 10) : ASKED_BYTES);
	if (!strcmp(argv[1], "hold") && argc == 5)
		return hold(bound(SOCK_STREAM, argv[3]), atoi(argv[4]));
	if (!strcmp(argv[1], "cram") && argc == 6)
		return cram(bound(SOCK_STREAM, argv[3]), atoi(argv[4]), atoi(argv[5]));
	if ((!strcmp(argv[1], "sink") || !strcmp(argv[1], "echo")) && argc == 4)
		return serve(argv[3], argv[1][0] == 'e');
	if (!strcmp(argv[1], "shuffle-serve") && argc == 4)
		return shuffle_serve();
	if (!strcmp(argv[1], "shuffle-send") && argc == 7)
		return shuffle_send(!strcmp(argv[3], "udp"), argv[4],
				    (unsigned)strtoul(argv[5], NULL, 10),
				    (unsigned)strtoul(argv[6], NULL, 10));
	if (!strcmp(argv[1], "offload") && argc == 6)
		return offload(argv[3], argv[4], !strcmp(argv[5], "on"));
	if (!strcmp(argv[1], "sniff") && argc == 4)
		return sniff(argv[3]);
usage:
	fputs("Usage: whither-send udp NETNS ADDRESS PORT COUNT PAUSE_US [BYTES [FIRST]] |\n"
	      "       tcp NETNS ADDRESS PORT BYTES |\n"
	      "       ask NETNS udp|tcp ADDRESS PORT COUNT | sink NETNS PORT | echo NETNS PORT |\n"
	      "       tell NETNS ADDRESS PORT COUNT PAUSE_US [BYTES] | hold NETNS PORT COUNT |\n"
	      "       cram NETNS PORT BYTES ROOM |\n"
	      "       shuffle-serve NETNS - | shuffle-send NETNS udp|tcp ADDRESS COUNT PAUSE_MS |\n"
	      "       sniff NETNS DEVICE | offload NETNS DEVICE gro|gso|tso|txvlan on|off\n",
	      stderr);
	return 2;
}
