/* SPDX-License-Identifier: MIT */
/* One run of the probe: what is watched, and the file it goes to. */
#ifndef WHITHER_CAPTURE_H
#define WHITHER_CAPTURE_H

#include <stdint.h>

#include "clock.h"
#include "hooks.h"
#include "output.h"
#include "map-samples.h"
#include "taps.h"

#define NO_INTERFACE UINT32_MAX

/* The pcapng interface of a point, and its account. */
struct interface {
	uint32_t id;	  /* in the file; NO_INTERFACE = the hook is not attached there */
	uint64_t written; /* packets in the file */
	uint64_t seen;	  /* by the BPF program, as last read */
	uint64_t lost;	  /* of those not in the ring for lack of room, as last read */
	uint64_t sampled; /* of journeys left out by sampling, as last read */
	uint64_t limited; /* likewise, by the rate limit */
	uint64_t unsaid;  /* lost since the last packet: its epb_dropcount */
};

struct capture {
	struct output out;
	unsigned snaplen;
	struct run_clock clock;
	uint64_t started_ns; /* Unix time, before anything is attached */
	struct place where;
	const struct filter *filter;
	struct hooks hooks;
	struct interface interfaces[WH_POINTS]; /* index: the point */
	uint32_t active[WH_POINTS];		/* points that have an interface, in its order */
	size_t active_count;
	uint32_t interface_count; /* of the file */
	struct taps *taps;
	struct map_samples *maps;
};

#endif
