/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_DEVICES_H
#define WHITHER_DEVICES_H

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "record.h"

struct netns {
	char name[NAME_MAX + 1]; /* as asked for; "" = the one we were started in */
	char path[PATH_MAX];	 /* where it was found; "" = the one we were started in */
	unsigned inode;		 /* of nsfs */
	dev_t nsfs;		 /* its file system */
	bool gone;		 /* nothing is found at the path any more, or another one */
};

/* A watched device; its slot is its index in the array. */
struct device {
	char name[IF_NAMESIZE]; /* as asked for, and in the capture */
	char now[IF_NAMESIZE];	/* it may be renamed while it is watched */
	char driver[32];	/* "" = not known */
	unsigned ifindex;
	bool ethernet; /* its packets begin with an Ethernet header */
	bool retyped;  /* not as when the probe started: what follows would be misread */
	bool gone;
	bool said; /* that it is gone */
};

/* Moves the process into a network namespace: a name under /run/netns, a path, or NULL to stay.
 * Returns 0, or prints what is wrong and returns -1. Needs CAP_SYS_ADMIN unless it stays. */
int netns_enter(const char *name_or_path, struct netns *out);

/* ARPHRD_* of a device of the present namespace, or -1. */
int device_type(const char *name);
/* Do packets of devices of this type begin with an Ethernet header? */
bool type_is_ethernet(int type);

/* Looks a device up in the present namespace. Returns 0, or prints what is wrong and returns -1. */
int device_find(const char *name, struct device *out);

#endif
