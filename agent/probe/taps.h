/* SPDX-License-Identifier: MIT */
/* Listening to the taps of other people's programs (include/whither.h): from their maps to packets
 * of the capture. */
#ifndef WHITHER_TAPS_H
#define WHITHER_TAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "record.h"

struct capture;
struct taps;

/* Finds the taps of all programs that are loaded. Takes CAP_SYS_ADMIN. NULL: no memory. */
struct taps *taps_find(void);
/* Opens what they are heard by. Before privileges are given up: Debian's kernels take CAP_SYS_ADMIN
 * for any perf event (kernel.perf_event_paranoid = 3, their default). */
void taps_open(struct taps *t);
/* Listens. What is heard from now on waits for taps_take. */
void taps_listen(struct taps *t, struct capture *c);
/* {"id","name","attached","how","reason"}, one for each hook of taps, with commas between. */
void taps_json(FILE *out, const struct taps *t);

/* While it does not listen, the three below must not be called. */
bool taps_on(const struct taps *t);
/* Takes what taps have said since. */
void taps_take(struct taps *t);
/* An event of a hook that is about to be written. */
void taps_see(struct taps *t, const struct wh_record *r);
/* All events of hooks until then (CLOCK_MONOTONIC) have been seen. */
void taps_until(struct taps *t, uint64_t ktime_ns);
/* Gap blocks for what was lost since; and lets them speak again that took themselves to be alone.
 */
void taps_look(struct taps *t);
/* Interface statistics. */
void taps_statistics(struct taps *t);
/* Adds what was written and lost. */
void taps_sums(const struct taps *t, uint64_t *written, uint64_t *lost);
/* Tells them to be silent; what they said before is still to be taken. */
void taps_silence(struct taps *t);
/* Writes what is still waiting, and the last account. */
void taps_end(struct taps *t);
void taps_free(struct taps *t);

#endif
