// SPDX-License-Identifier: MIT
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

int output_open(struct output *out, const char *path, volatile sig_atomic_t *stop)
{
	*out = (struct output){ .fd = STDOUT_FILENO, .stop = stop };
	if (strcmp(path, "-")) {
		out->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (out->fd < 0) {
			fprintf(stderr, "whither-probe: cannot write %s: %s\n", path,
				strerror(errno));
			return -1;
		}
	} else if (isatty(STDOUT_FILENO)) {
		fputs("whither-probe: that would be binary on a terminal; use -w FILE or a pipe\n",
		      stderr);
		return -1;
	}
	out->buffer = malloc(OUTPUT_BYTES);
	return out->buffer ? 0 : -1;
}

/* Once told to stop, write only what the pipe surely takes, and not for ever. */
static size_t next_write(struct output *out, size_t left)
{
	struct pollfd p = { .fd = out->fd, .events = POLLOUT };

	uint64_t now;

	if (!*out->stop)
		return left;
	now = clock_ns(CLOCK_MONOTONIC);
	if (!out->give_up_ns)
		out->give_up_ns = now + STUCK_READER_MS * NS_PER_MS;
	if (now >= out->give_up_ns) {
		out->error = ETIMEDOUT;
		return 0;
	}
	if (poll(&p, 1, (int)((out->give_up_ns - now) / NS_PER_MS) + 1) <= 0)
		return 0;
	out->give_up_ns = 0;
	return left < PIPE_BUF ? left : PIPE_BUF;
}

/* A capture replaces what the file held; a device or a pipe has nothing to replace. */
static void begin(struct output *out)
{
	out->begun = true;
	if (out->fd != STDOUT_FILENO && ftruncate(out->fd, 0) && errno != EINVAL)
		out->error = errno;
}

void output_flush(struct output *out)
{
	size_t done = 0;

	if (!out->begun && out->used)
		begin(out);
	while (done < out->used && !out->error) {
		size_t bytes = next_write(out, out->used - done);
		ssize_t n = bytes ? write(out->fd, out->buffer + done, bytes) : 0;

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN)
			out->error = errno;
	}
	out->bytes += done;
	out->used = 0;
}

uint8_t *output_room(struct output *out, size_t bytes)
{
	if (bytes > OUTPUT_BYTES)
		return NULL;
	if (out->used >= FLUSH_BYTES || out->used + bytes > OUTPUT_BYTES)
		output_flush(out);
	return out->error ? NULL : out->buffer + out->used;
}

int output_close(struct output *out)
{
	output_flush(out);
	if (close(out->fd) && !out->error)
		out->error = errno;
	free(out->buffer);
	out->buffer = NULL;
	return out->error;
}
