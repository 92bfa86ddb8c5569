/* SPDX-License-Identifier: MIT */
/* Socket storage (BPF_MAP_TYPE_SK_STORAGE) has no keys to ask for: a BPF iterator goes through its
 * sockets. */
#ifndef WHITHER_MAP_SOCKETS_H
#define WHITHER_MAP_SOCKETS_H

#include <stdint.h>

struct map_sockets;

/* NULL and errno when this kernel has no such iterator. */
struct map_sockets *map_sockets_open(int map, uint32_t value_bytes);
/* Calls `entry` with the cookie (u64) of each socket, which it gets if it has none, and its value.
 * Returns 0, or an errno when the map was not read to its end. */
int map_sockets_each(struct map_sockets *m,
		     void (*entry)(void *context, const void *cookie, const void *value),
		     void *context);
void map_sockets_free(struct map_sockets *m);

#endif
