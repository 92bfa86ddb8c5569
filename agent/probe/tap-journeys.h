/* SPDX-License-Identifier: MIT */
/* Which journey an event of a tap belongs to. A tap in TC has the address of the sk_buff, one in
 * XDP that of the buffer which becomes skb->head. Both are looked for among the events of the
 * hooks, in order of time.
 *
 * TC: the journey that was last seen at that sk_buff and has not ended; else the next that is seen
 * there. The sk_buff is the program's own while it runs, so this is certain. XDP: the next sk_buff
 * seen with that head. Were the packet dropped by XDP and its buffer used again, the same tap would
 * have spoken of the buffer again: then the earlier event is a journey of its own. */
#ifndef WHITHER_TAP_JOURNEYS_H
#define WHITHER_TAP_JOURNEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>

#include "include/whither.h"
#include "record.h"

struct tap_journeys;

/* Called with every event of a tap once its journey is known (join: WH_TAP_JOIN_*). `bytes` are
 * those behind it. */
typedef void (*tap_write)(void *context, const struct whither_event *e, const uint8_t *bytes,
			  uint64_t journey, uint8_t join);

/* `filtered`: not every packet has events of hooks. Then one that was last seen at an sk_buff may
 * have left it unseen to another: what is known of a tap in TC is only the next that is seen there.
 */
struct tap_journeys *tap_journeys_new(tap_write write, void *context, bool filtered);
void tap_journeys_free(struct tap_journeys *t);
/* An event of a tap with the `length` bytes behind it, in any order of time. false: no memory, it
 * is lost. */
bool tap_journeys_add(struct tap_journeys *t, const struct whither_event *e, const uint8_t *bytes,
		      size_t length);
/* An event of a hook, before it is written. */
void tap_journeys_see(struct tap_journeys *t, const struct wh_record *r);
/* All events of hooks until then (CLOCK_MONOTONIC) have been seen. */
void tap_journeys_until(struct tap_journeys *t, uint64_t ktime_ns);
/* Events of taps were lost: what is waiting cannot be told from what is missing. */
void tap_journeys_lost(struct tap_journeys *t);

#endif
