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

int output_open(struct output *out, const char *path, volatile int *stop)
{
	*out = (struct output){ .fd = STDOUT_FILENO, .stop = stop };
	if (strcmp(path, "-")) {
		out->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
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

	if (!*out->stop)
		return left;
	if (poll(&p, 1, STUCK_READER_MS) == 0) {
		out->error = ETIMEDOUT;
		return 0;
	}
	return left < PIPE_BUF ? left : PIPE_BUF;
}

void output_flush(struct output *out)
{
	size_t done = 0;

	while (done < out->used && !out->error) {
		size_t bytes = next_write(out, out->used - done);
		ssize_t n = bytes ? write(out->fd, out->buffer + done, bytes) : 0;

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN)
			out->error = errno;
	}
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
