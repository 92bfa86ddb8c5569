/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_CLOCK_H
#define WHITHER_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S  1000000000ull
#define NS_PER_MS 1000000ull

static inline uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* Time of a run: BPF gives CLOCK_MONOTONIC, a file wants Unix time. The offset is taken once, so
 * that a step of the wall clock does not tear a capture apart. */
struct run_clock {
	uint64_t offset_ns; /* added to CLOCK_MONOTONIC gives Unix time */
	uint64_t error_ns;  /* how far offset_ns may be off */
};

struct run_clock clock_calibrate(void);

static inline uint64_t run_clock_now(const struct run_clock *c)
{
	return clock_ns(CLOCK_MONOTONIC) + c->offset_ns;
}

#endif
