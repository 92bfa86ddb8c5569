/* SPDX-License-Identifier: MIT */
/* The commands of whither-send (send.c says what they are called with). Each returns the exit
 * status, and has said why when it is not 0. A socket that is -1 is one that could not be had. */
#ifndef WHITHER_LAB_TRAFFIC_COMMANDS_H
#define WHITHER_LAB_TRAFFIC_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a message where nothing else is said. */
#define ASKED_BYTES 32

/* messages.c */

/* COUNT datagrams of BYTES, numbered from FIRST; then prints nanoseconds that passed, and of CPU.
 */
int send_udp(int fd, unsigned long count, unsigned long pause_us, size_t bytes,
	     unsigned long first);

/* COUNT messages, each when the one before has come back. */
int ask(int fd, unsigned long count);

/* COUNT messages over TCP, each a segment of its own; then waits until the other end has closed. */
int tell(int fd, unsigned long count, unsigned long pause_us, size_t bytes);

/* So many zeros over TCP; then waits until the other end has closed. */
int send_tcp(int fd, size_t bytes);

/* receive.c: they say "ready" and go on until the end of stdin. */

/* Takes UDP and TCP on a port, and sends all back if asked to. */
int serve(const char *port, bool back);

/* Reads a connection when so many messages are there. */
int hold(int listener, int messages);

/* Reads a connection when so many bytes are there, with a receive buffer of ROOM bytes, and says
 * "collapsed" when TCP did that to a queue meanwhile. */
int cram(int listener, int bytes, int room);

/* sniff.c: a packet socket that clones all of the device; "ready", until the end of stdin. */
int sniff(const char *device);

/* offload.c: what `ethtool -K DEVICE gro|gso|tso|txvlan on|off` does. */
int offload(const char *device, const char *name, bool on);

#endif
