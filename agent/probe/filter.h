/* SPDX-License-Identifier: MIT */
/* What is asked for: which packets a journey may begin with, how many journeys are kept, and of
 * which hooks. */
#ifndef WHITHER_FILTER_H
#define WHITHER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <linux/filter.h>

#include "record.h"

struct place;

/* Of a framing nothing is said of. */
#define FRAMING_DEFAULT                                                                      \
	{                                                                                    \
		.type_bytes = 1, .length_bytes = 1, .unit = 1, .align = 1, .pad = WH_NO_PAD, \
		.terminator = WH_NO_TERMINATOR                                               \
	}

struct filter {
	const char *expression; /* pcap-filter(7); NULL = none */
	/* The same compiled by libpcap, for both places that a packet can be seen from. */
	struct sock_filter *link; /* from the MAC header; NULL = there is no expression */
	size_t link_count;
	struct sock_filter *network; /* from the network header; NULL = not to be decided there */
	size_t network_count;
	bool tags;     /* the expression looks for VLAN tags */
	bool length;   /* it asks for the length of the packet */
	bool has_mark; /* skb->mark & mark_mask must be mark */
	uint32_t mark;
	uint32_t mark_mask;
	bool metadata;		   /* it must have metadata */
	struct wh_framing framing; /* of the TLVs that it must have */
	struct wh_tlv tlvs[WH_TLVS_MAX];
	uint32_t tlv_count;
	uint32_t sample;   /* one journey in so many; 0 = all */
	uint32_t rate;	   /* events a second; 0 = any number */
	const char *hooks; /* names that there are, separated by commas; NULL = all */
};

/* Compiles the expression, if there is one. Returns 0, or prints libpcap's message in one line and
 * returns -1. */
int filter_compile(struct filter *f);
/* Does the program ask for the length of the packet? */
bool filter_reads_length(const struct sock_filter *program, size_t count);
void filter_free(struct filter *f);
/* VALUE[/MASK], both as in C. Returns 0, or prints what is wrong and returns -1. */
int filter_parse_mark(struct filter *f, const char *text);
/* TYPE[=VALUE[,little|,big]]; without a byte order the framing's. The same. */
int filter_parse_tlv(struct filter *f, const char *text);
/* KEY=NUMBER[,...] and endian=little|big: what differs from one byte of type and one of length. The
 * same. */
int filter_parse_framing(struct filter *f, const char *text);
/* What the BPF programs are told of it. */
void filter_configure(const struct filter *f, struct wh_config *config);
void filter_configure_tlvs(const struct filter *f, struct wh_config *config);
/* As the body of a filter block; the member `tlv` of it. */
void filter_json(FILE *out, const struct filter *f, const struct place *where);
void filter_json_tlvs(FILE *out, const struct filter *f);

#endif
