/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_DEVICES_H
#define WHITHER_DEVICES_H

#include <limits.h>
#include <net/if.h>
#include <stddef.h>

#include "record.h"

struct netns {
	char name[NAME_MAX + 1]; /* as asked for; "" = the one we were started in */
	unsigned inode;		 /* of nsfs */
};

/* A watched device; its slot is its index in the array. */
struct device {
	char name[IF_NAMESIZE];
	char driver[32]; /* "" = not known */
	unsigned ifindex;
};

/* Moves the process into a network namespace: a name under /run/netns, a path, or NULL to stay.
 * Returns 0, or prints what is wrong and returns -1. Needs CAP_SYS_ADMIN unless it stays. */
int netns_enter(const char *name_or_path, struct netns *out);

/* Looks a device up in the present namespace. Returns 0, or prints what is wrong and returns -1. */
int device_find(const char *name, struct device *out);

#endif
