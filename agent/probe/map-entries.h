/* SPDX-License-Identifier: MIT */
/* What the entries of one map were when they were last read: enough to tell which changed and which
 * went. */
#ifndef WHITHER_MAP_ENTRIES_H
#define WHITHER_MAP_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Entries remembered of a map; what is beyond is counted. */
#define MAP_ENTRIES_MAX 65536u

struct map_entries;

struct map_entries *map_entries_new(size_t key_bytes);
void map_entries_free(struct map_entries *m);
/* A sweep over the map begins: what is not seen until its end is gone. */
void map_entries_begin(struct map_entries *m);

enum map_news {
	MAP_SAME,
	MAP_ADDED,
	MAP_CHANGED,
	MAP_NO_ROOM,
};
/* `cpu`: of a per-CPU map, else 0. Values are compared by a hash of 64 bits. */
enum map_news map_entries_see(struct map_entries *m, const void *key, uint16_t cpu,
			      const void *value, size_t value_bytes);
/* The sweep has ended: calls `gone` for each entry that was not seen, and forgets it. */
void map_entries_end(struct map_entries *m,
		     void (*gone)(void *context, const void *key, uint16_t cpu), void *context);

#endif
