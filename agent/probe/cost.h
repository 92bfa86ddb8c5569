/* SPDX-License-Identifier: MIT */
/* What watching costs, as cost blocks: once a second while somebody looks. */
#ifndef WHITHER_COST_H
#define WHITHER_COST_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "capture.h"

#define COST_INTERVAL_MS 1000
/* How long the first and the last answer are waited for. */
#define COST_ANSWER_MS 1000
#define COST_FDS       2

struct cost {
	int control; /* standard input with --control, -1 = none */
	int keeper;  /* cost-keeper.h; -1 = there is none, or it has ended */
	bool on;
	bool asked;	   /* the keeper has not answered yet */
	uint64_t asked_ns; /* CLOCK_MONOTONIC */
	uint64_t since_ns; /* as of struct wh_cost */
	uint32_t agent;	   /* process id, 0 = none was named */
	char order[64];	   /* a line of the control that is not whole yet */
	size_t order_used;
};

/* Takes the privileges that are given up next. Returns 0, or prints what is wrong and returns -1.
 */
int cost_begin(struct cost *cost, const struct options *o, const struct place *where);
/* With --cost: from here on the kernel counts, before anything is attached. */
void cost_start(struct cost *cost, const struct options *o, const struct capture *c);
/* What run() waits for. */
void cost_wait(const struct cost *cost, struct pollfd fds[COST_FDS]);
/* Takes orders and answers, asks when it is time, writes what came. */
void cost_turn(struct cost *cost, struct capture *c, const struct pollfd fds[COST_FDS],
	       uint64_t now);
/* The last block, once nothing runs any more. */
void cost_end(struct cost *cost, struct capture *c);

#endif
