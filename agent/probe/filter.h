/* SPDX-License-Identifier: MIT */
/* The pcap-filter expression (pcap-filter(7)), compiled by libpcap. */
#ifndef WHITHER_FILTER_H
#define WHITHER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/filter.h>

/* One expression, for both places that a packet can be seen from. */
struct filter {
	struct sock_filter *link; /* from the MAC header; NULL = there is no expression */
	size_t link_count;
	struct sock_filter *network; /* from the network header; NULL = not to be decided there */
	size_t network_count;
	bool tags; /* the expression looks for VLAN tags */
};

/* `expression` NULL = none. Returns 0, or prints libpcap's message in one line and returns -1. */
int filter_compile(struct filter *f, const char *expression);
void filter_free(struct filter *f);

#endif
