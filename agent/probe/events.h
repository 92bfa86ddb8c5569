/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_EVENTS_H
#define WHITHER_EVENTS_H

#include <bpf/libbpf.h>

#include "capture.h"

/* How many events are taken from the ring before signals, losses and the clock are looked at. */
#define EVENTS_A_TURN 4096

/* A packet of an interface. `tail`: extensions behind those of the record, in their order. */
void packet_write(struct capture *c, struct interface *i, uint32_t direction,
		  const struct wh_record *r, const void *tail, size_t tail_bytes);

/* Takes what is in the ring and writes it as packets; returns how many. At most EVENTS_A_TURN,
 * unless to_the_end: then until the ring is empty. */
struct events;
struct events *events_new(struct capture *c);
int events_fd(const struct events *e);
void events_take(struct events *e, bool to_the_end);
void events_free(struct events *e);

#endif
