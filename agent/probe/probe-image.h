/* SPDX-License-Identifier: MIT */
/* The compiled BPF programs with the filter expression in them, as libbpf opens them. */
#ifndef WHITHER_PROBE_IMAGE_H
#define WHITHER_PROBE_IMAGE_H

#include <stddef.h>

#include "filter.h"
#include "filter-translate.h"

struct image {
	unsigned char *bytes; /* an ELF object, to be freed */
	size_t size;
};

/* A copy of the object `bytes` with the bodies of filter_link() and filter_network() replaced.
 * Returns 0, or prints what is wrong and returns -1. */
int image_make(struct image *image, const unsigned char *bytes, size_t size,
	       const struct filter *filter, struct packet_access access);

void image_free(struct image *image);

#endif
