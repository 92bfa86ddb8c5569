/* SPDX-License-Identifier: MIT */
/* What looking at the cost takes more privileges for than capturing does: having the kernel count
 * what BPF programs run, and looking at programs of others. A process of its own, which does
 * nothing else. */
#ifndef WHITHER_COST_KEEPER_H
#define WHITHER_COST_KEEPER_H

#include <stdint.h>

#include "place.h"

/* To the keeper, one byte. */
#define KEEPER_SAMPLE \
	's'	       /* count from now on, if you do not yet; answer with a struct cost_reply */
#define KEEPER_OFF 'o' /* no longer count; no answer */

/* One packet: as many rows as there are. */
struct cost_reply {
	uint32_t error; /* errno: why the kernel does not count, 0 = it does */
	uint32_t count;
	struct wh_cost_program rows[PROGRAMS_MAX];
};

/* Forks the keeper, before privileges are given up. Returns the line to it, or -errno. When the
 * line is closed, as also SIGKILL does, it ends, and with it the counting. */
int cost_keeper_start(const struct place *where);

#endif
