/* SPDX-License-Identifier: MIT */
/* Packets that are counted and not shown (bpf/count.h), as counts blocks. */
#ifndef WHITHER_COUNTS_H
#define WHITHER_COUNTS_H

#include "capture.h"

#define COUNTS_INTERVAL_MS 1000

struct counts {
	struct wh_counted_value *per_cpu; /* one value for each possible CPU */
	uint64_t written;		  /* packets in the last block */
};

/* Makes the entries that take what finds no room; for before anything is attached. Returns 0 or -1.
 */
int counts_new(struct counts *counts, const struct capture *c);
void counts_free(struct counts *counts);
/* A counts block when packets were counted since the last one, or with `again` ever. */
void counts_write(struct counts *counts, struct capture *c, bool again);

#endif
