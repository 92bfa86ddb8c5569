/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_PLACE_H
#define WHITHER_PLACE_H

#include <stddef.h>

#include "args.h"
#include "devices.h"
#include "programs.h"

/* Where the probe watches. */
struct place {
	struct netns netns;
	struct device devices[WH_MAX_SLOTS]; /* index: the slot */
	size_t device_count;
	struct programs programs;
	int links; /* presence.h: tells of devices that go */
};

/* Enters the namespace, finds the devices and the programs on them. Returns 0, or prints what is
 * wrong and returns -1. Takes more privileges than capturing does. */
int place_find(const struct options *o, struct place *out);

#endif
