/* SPDX-License-Identifier: MIT */
/* TC programs where there is no tcx (before Linux 6.6): filters on a clsact qdisc.
 *
 * A filter belongs to the device, not to a file descriptor, and would outlive a killed probe. So a
 * second process, the keeper, attaches them and does nothing but wait for the probe's end of a pipe
 * to close, however it closes; then it takes them away again. */
#ifndef WHITHER_CLSACT_H
#define WHITHER_CLSACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct clsact_filter {
	uint32_t ifindex;
	uint32_t slot;
	uint32_t hook;
	int prog_fd;
	bool ingress;
	bool first; /* before all other filters; else after all */
	int error;  /* out: errno, 0 = attached */
};

struct clsact {
	pid_t keeper; /* 0 = none */
	int lifeline; /* held open by the probe; the keeper waits for its end */
};

#define CLSACT_NONE ((struct clsact){ .lifeline = -1 })

/* Starts the keeper and has it attach the filters; sets each one's error. */
void clsact_attach(struct clsact *c, struct clsact_filter *filters, size_t count);
/* Lets the keeper remove everything and waits for it. */
void clsact_detach(struct clsact *c);

#endif
