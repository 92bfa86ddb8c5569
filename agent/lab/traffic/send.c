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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../probe/devices.h"
#include "commands.h"
#include "shuffle.h"
#include "sockets.h"

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
