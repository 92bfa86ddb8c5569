// SPDX-License-Identifier: MIT
#include "map-entries.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384u

struct entry {
	struct entry *next;
	uint64_t value; /* hash */
	uint32_t sweep; /* when it was last seen */
	uint16_t cpu;
	uint8_t key[];
};

struct map_entries {
	size_t key_bytes;
	size_t count;
	uint32_t sweep;
	struct entry *buckets[BUCKETS];
};

/* FNV-1a, 64 bits */
static uint64_t hash(uint64_t h, const void *bytes, size_t length)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < length; i++)
		h = (h ^ p[i]) * 0x100000001b3ull;
	return h;
}
#define HASH_START 0xcbf29ce484222325ull

struct map_entries *map_entries_new(size_t key_bytes)
{
	struct map_entries *m = calloc(1, sizeof(*m));

	if (m)
		m->key_bytes = key_bytes;
	return m;
}

void map_entries_begin(struct map_entries *m)
{
	m->sweep++;
}

enum map_news map_entries_see(struct map_entries *m, const void *key, uint16_t cpu,
			      const void *value, size_t value_bytes)
{
	uint64_t now = hash(HASH_START, value, value_bytes);
	struct entry **at = &m->buckets[hash(HASH_START ^ cpu, key, m->key_bytes) % BUCKETS], *e;
	enum map_news news;

	for (e = *at; e; e = e->next) {
		if (e->cpu != cpu || memcmp(e->key, key, m->key_bytes))
			continue;
		news = e->value == now ? MAP_SAME : MAP_CHANGED;
		e->value = now;
		e->sweep = m->sweep;
		return news;
	}
	e = m->count < MAP_ENTRIES_MAX ? malloc(sizeof(*e) + m->key_bytes) : NULL;
	if (!e)
		return MAP_NO_ROOM;
	*e = (struct entry){ .next = *at, .value = now, .sweep = m->sweep, .cpu = cpu };
	memcpy(e->key, key, m->key_bytes);
	*at = e;
	m->count++;
	return MAP_ADDED;
}

void map_entries_end(struct map_entries *m,
		     void (*gone)(void *context, const void *key, uint16_t cpu), void *context)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry **at = &m->buckets[i], *e; (e = *at);) {
			if (e->sweep == m->sweep) {
				at = &e->next;
				continue;
			}
			if (gone)
				gone(context, e->key, e->cpu);
			*at = e->next;
			m->count--;
			free(e);
		}
}

void map_entries_free(struct map_entries *m)
{
	if (!m)
		return;
	m->sweep++;
	map_entries_end(m, NULL, NULL);
	free(m);
}
