/* SPDX-License-Identifier: MIT */
/* Applications of the scenarios shuffle and shuffle-udp (bpf/shuffle.h). Both return an exit code.
 */
#ifndef WHITHER_LAB_TRAFFIC_SHUFFLE_H
#define WHITHER_LAB_TRAFFIC_SHUFFLE_H

/* Prints "ready", then per connection the request id that the socket option says, per datagram the
 * mark that comes with it, in hexadecimal; until stdin ends. Sockets stay open until then. */
int shuffle_serve(void);
/* `count` connections or datagrams, one every `pause_ms`, request ids 0x5151000000000001 on,
 * sequence numbers from 1. */
int shuffle_send(int udp, const char *address, unsigned count, unsigned pause_ms);

#endif
