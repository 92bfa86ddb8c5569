/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_TC_FILTERS_H
#define WHITHER_TC_FILTERS_H

/* How many filters hang on the clsact qdisc of a device of the present namespace, ingress and
 * egress together, whoever made them. -1: the kernel did not say. */
int tc_filter_count(int ifindex);

#endif
