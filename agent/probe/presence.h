/* SPDX-License-Identifier: MIT */
/* Is what the probe watches still there? Devices are followed by ifindex, whatever they are named;
 * the namespace by the name it was asked for: the probe is in it, so it never ends by itself. */
#ifndef WHITHER_PRESENCE_H
#define WHITHER_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "devices.h"

/* How often the namespace is looked for. Devices announce that they go. */
#define NETNS_LOOK_INTERVAL_MS 250

struct place;

/* Opens the socket that tells of devices (rtnetlink, group link) of the present namespace. Opened
 * before the devices are looked up, it misses none. Returns it, or prints why not and returns -1.
 */
int presence_open(void);

/* Reads what the socket of `where` tells, says on stderr what has another name now, and marks what
 * is gone or has another link type. Returns true when there is any. */
bool presence_look(struct place *where);

/* The namespace is not found any more where it was when the probe started. */
bool netns_is_gone(const struct netns *netns);

/* Devices that are still there; 0 when one has another link type, for its interfaces say how its packets
 * are read. */
size_t presence_left(const struct place *where);

/* One line on stderr: what is gone, and what that means. Names every device that went since the
 * last call. */
void presence_say(struct place *where);

#endif
