/* SPDX-License-Identifier: MIT */
/* The account of loss: what BPF counted as seen and as lost, into the file. seen = written + lost
 * holds exactly once everything is detached and the ring is empty. */
#ifndef WHITHER_LEDGER_H
#define WHITHER_LEDGER_H

#include "capture.h"

/* How often the loss is looked at, and how often statistics are written though nothing ended. */
#define LEDGER_INTERVAL_MS     50
#define STATISTICS_INTERVAL_MS 10000

struct ledger {
	struct capture *capture;
	struct wh_counter *per_cpu; /* one value for each possible CPU */
	uint64_t read_ns;	    /* Unix time when the counters were last read */
};

int ledger_new(struct ledger *l, struct capture *c);
void ledger_free(struct ledger *l);
/* Reads the counters; a gap block for every interface that lost something since last time. */
void ledger_update(struct ledger *l);
/* Everything seen is written or lost. */
bool ledger_balanced(const struct ledger *l);
/* An Interface Statistics Block for every interface. */
void ledger_statistics(struct ledger *l);
/* The same, of one device only: its last word, when it is gone. */
void ledger_statistics_of(struct ledger *l, uint32_t slot);
/* A gap block: so many events of an interface, or of ALL_INTERFACES, are not in the file, for a
 * cause (WH_GAP_CAUSE_*), between `from` (Unix time in ns) and now. */
#define ALL_INTERFACES UINT32_MAX
void gap_write(struct capture *c, uint32_t interface, uint8_t cause, uint64_t count, uint64_t from);
void statistics_write(struct capture *c, const struct interface *i, uint64_t time_ns);
/* The sums, for people, on stderr. */
void ledger_summary(struct ledger *l);

#endif
