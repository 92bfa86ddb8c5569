/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_ARGS_H
#define WHITHER_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "filter.h"
#include "record.h"

#define PROBE_VERSION "0.1.0"
/* Exit code when nothing is left to watch: trying again is worth it, for what went may come back.
 * agent/capture/launcher.ts has it, too. 0 = ended as told, 1 = failed, 2 = usage. */
#define EXIT_USAGE 2
#define EXIT_GONE  3
/* The ring's memory is locked: more than this is a slip of the keyboard. */
#define RING_BYTES_MAX	   (1u << 30)
#define RING_BYTES_MIN	   4096u
#define RING_BYTES_DEFAULT (1u << 24)
#define SAMPLE_MAX	   1000000000u
#define RATE_MAX	   1000000000u

/* Maps sampled at most, and how often. */
#define MAPS_MAX	    16u
#define MAP_INTERVAL_MS	    1000u
#define MAP_INTERVAL_MIN_MS 10u
#define MAP_INTERVAL_MAX_MS 3600000u

struct options {
	const char *devices[WH_MAX_SLOTS];
	size_t device_count;
	const char *netns;  /* name under /run/netns or a path; NULL = where we are */
	const char *output; /* "-" = stdout */
	const char *schema; /* path of a metadata schema, NULL = none */
	unsigned snaplen;
	unsigned ring_bytes; /* power of two, multiple of the page size */
	struct filter filter;
	bool cb;
	bool no_tcx;
	bool doctor;
	bool programs;	      /* only list the loaded BPF programs */
	unsigned btf_program; /* id of the program whose types are wanted, 0 = none */
	bool die_with_parent;
	bool control;		    /* take orders from standard input */
	const char *maps[MAPS_MAX]; /* ids, names or paths */
	size_t map_count;
	unsigned map_interval_ms;
	bool cost; /* tell what watching costs, from the start */
};

/* Does the list name the hook, or a part of its name up to a slash or an @? */
bool list_names_hook(const char *list, const char *name);

/* Reads the command line. Returns 0, or prints what is wrong and returns the exit code + 1
 * (1 = stop now with 0, as after --help). */
int args_parse(int argc, char **argv, struct options *out);

#endif
