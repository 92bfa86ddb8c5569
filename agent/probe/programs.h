/* SPDX-License-Identifier: MIT */
/* Other people's BPF programs on the watched devices: who may have written the metadata. */
#ifndef WHITHER_PROGRAMS_H
#define WHITHER_PROGRAMS_H

#include <stdint.h>
#include <stdio.h>
#include <linux/bpf.h>

#include "devices.h"

#define PROGRAMS_MAX 256u
/* Programs of one tcx chain (BPF_MPROG_MAX of the kernel). */
#define CHAIN_MAX 64u

/* Longer names are cut. */
#define PROGRAM_NAME_SHOWN 39

enum attach_point {
	ATTACHED_XDP,
	ATTACHED_XDP_GENERIC,
	ATTACHED_TCX_INGRESS,
	ATTACHED_TCX_EGRESS,
	/* Filters of the clsact qdisc, which run behind the tcx chain. */
	ATTACHED_TC_INGRESS,
	ATTACHED_TC_EGRESS
};

struct program {
	uint32_t id;
	uint32_t slot; /* of the device */
	enum attach_point at;
	char name[PROGRAM_NAME_SHOWN + 1]; /* "" = not allowed to ask */
	uint8_t tag[BPF_TAG_SIZE];	   /* hash of its instructions */
	int fd;				   /* -1 = not open; for trace.c */
	uint32_t btf_id;		   /* of its function in its own BTF; 0 = it has none */
	/* As far as the kernel counted (cost-keeper.h). */
	uint64_t run_time_ns, runs, skipped;
};

struct programs {
	struct program of[PROGRAMS_MAX]; /* of a chain in its order */
	size_t count;
};

/* What is attached now. Names take CAP_SYS_ADMIN: call it before giving up privileges. */
void programs_find(struct programs *p, const struct device *devices, size_t count);
/* Leaves out those of another Whither on the same devices: they write nothing. Before giving up
 * privileges. */
void programs_forget_whithers(struct programs *p);
/* What it takes to watch their entry and exit, of those on XDP and clsact: a descriptor, the whole
 * name and the function. Before giving up privileges. */
void programs_open(struct programs *p);
/* Closes their descriptors; the list stays. */
void programs_release(struct programs *p);
/* [{"id","name","tag","type","attach","device","netns"}] */
void programs_json(FILE *out, const struct programs *p, const struct device *devices,
		   unsigned netns);

#endif
