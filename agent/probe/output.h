/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_OUTPUT_H
#define WHITHER_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest block written is a schema; everything is built in one buffer of this size. */
#define OUTPUT_BYTES (1u << 20)
/* Written when this much is there, or when FLUSH_INTERVAL_MS have passed. */
#define FLUSH_BYTES	  (1u << 18)
#define FLUSH_INTERVAL_MS 50
/* How long a reader may stand still once the probe has been told to end. */
#define STUCK_READER_MS 2000

/* A file descriptor with a buffer of fixed size. A slow reader blocks the writer: then the ring
 * fills and the loss is counted, but memory never grows. */
struct output {
	int fd;
	uint8_t *buffer;
	size_t used;
	uint64_t bytes;	     /* written so far, without `used` */
	uint64_t give_up_ns; /* CLOCK_MONOTONIC; 0 = not yet told to stop, or the reader moves */
	bool begun;
	int error; /* errno that ended it, 0 = none; EPIPE = the reader left */
	volatile sig_atomic_t
		*stop; /* set by a signal: from then on a reader that stands still is given up */
};

/* An existing file keeps its content until there is something to write. */
int output_open(struct output *out, const char *path, volatile sig_atomic_t *stop);
/* Room for `bytes` more at buffer + used, flushed before if need be. NULL when output has ended. */
uint8_t *output_room(struct output *out, size_t bytes);
void output_flush(struct output *out);
/* Flushes and closes; returns out->error. */
int output_close(struct output *out);

#endif
