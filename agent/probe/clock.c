// SPDX-License-Identifier: MIT
#include "clock.h"

/* Enough that at least one pair of readings is not interrupted. */
#define SAMPLES 64

struct run_clock clock_calibrate(void)
{
	struct run_clock best = { .error_ns = UINT64_MAX };

	for (int i = 0; i < SAMPLES; i++) {
		uint64_t before = clock_ns(CLOCK_MONOTONIC);
		uint64_t real = clock_ns(CLOCK_REALTIME);
		uint64_t half = (clock_ns(CLOCK_MONOTONIC) - before + 1) / 2;

		if (half < best.error_ns) {
			best.error_ns = half;
			best.offset_ns = real - (before + half);
		}
	}
	return best;
}
