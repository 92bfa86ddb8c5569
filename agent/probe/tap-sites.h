/* SPDX-License-Identifier: MIT */
/* The taps (include/whither.h) of other people's programs: where they are and whether they speak.
 */
#ifndef WHITHER_TAP_SITES_H
#define WHITHER_TAP_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>

#include "include/whither.h"

#define TAP_OBJECTS_MAX 16u
#define TAP_SITES_MAX	256u

/* One loaded object with taps: its two maps, which several programs may share. */
struct tap_object {
	uint32_t id; /* of the map of its sites */
	int sites_map;
	int events_map;
	struct whither_site *sites; /* the map itself: what is written here the program reads */
	size_t bytes;		    /* of the mapping */
	size_t count;
	uint32_t first; /* number of its first site; whither_site.on is that + 1 and so on */
};

struct tap_sites {
	struct tap_object of[TAP_OBJECTS_MAX];
	size_t count;
	uint32_t sites;	  /* of all objects */
	char reason[192]; /* why one that is there cannot be heard; "" = none */
};

/* Finds the taps of all programs that are loaded. Takes CAP_SYS_ADMIN. */
void tap_sites_find(struct tap_sites *s);
/* Lets the taps of an object speak, or again after a program took itself to be alone. */
void tap_object_on(struct tap_object *o, uint16_t snaplen);
void tap_object_off(struct tap_object *o);
/* Does another probe listen? It would have said so again within TAP_REASSERT_MS. */
bool tap_object_taken(struct tap_object *o);
/* The site of that number, 0-based; NULL: there is none. */
const struct whither_site *tap_site(const struct tap_sites *s, uint32_t number);
void tap_sites_close(struct tap_sites *s);

#define TAP_REASSERT_MS 250u

#endif
