/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_TC_FILTERS_H
#define WHITHER_TC_FILTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many filters hang on the clsact qdisc of a device of the present namespace, ingress and
 * egress together, whoever made them. -1: the kernel did not say. */
int tc_filter_count(int ifindex);
/* Ids of the BPF programs among those of one side, in their order. Returns how many. */
size_t tc_filter_programs(int ifindex, bool ingress, uint32_t *ids, size_t max);

#endif
