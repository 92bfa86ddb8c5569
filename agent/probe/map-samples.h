/* SPDX-License-Identifier: MIT */
/* --map: BPF maps of other people, looked at in intervals; entries that changed become blocks of
 * the capture. */
#ifndef WHITHER_MAP_SAMPLES_H
#define WHITHER_MAP_SAMPLES_H

#include <stdint.h>
#include <stdio.h>

#include "args.h"

struct capture;
struct map_samples;

/* Opens the maps that were asked for. Takes CAP_SYS_ADMIN. NULL: said why; an empty set is fine. */
struct map_samples *map_samples_open(const struct options *o);
/* [{"id","name","type","keyBytes","valueBytes"}] */
void map_samples_json(FILE *out, const struct map_samples *m);
/* One pass over each map when it is time (CLOCK_MONOTONIC in ns). */
void map_samples_turn(struct map_samples *m, struct capture *c, uint64_t now_ns);
/* A last whole sweep. */
void map_samples_end(struct map_samples *m, struct capture *c);
void map_samples_free(struct map_samples *m);

#endif
