// SPDX-License-Identifier: MIT
#include "map-samples.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "capture.h"
#include "json.h"
#include "map-entries.h"
#include "map-sockets.h"
#include "section.h"

/* Entries read of a map in one pass; the next goes on where it ended. */
#define MAP_PASS_ENTRIES 4096u
/* And in one system call. */
#define MAP_BATCH     256u
#define MAP_KEY_MAX   512u
#define MAP_VALUE_MAX 4096u
/* include/linux/errno.h: what the kernel returns for a command that a map type does not have */
#define ENOTSUPP 524
/* Of the final sweep. */
#define MAP_PASSES_MAX 64u

struct sampled {
	int fd;
	struct bpf_map_info info;
	bool per_cpu;
	bool no_batch;		     /* the kernel cannot, for this type */
	struct map_sockets *sockets; /* of a socket storage */
	struct map_entries *entries;
	uint8_t position[MAP_KEY_MAX]; /* where the next pass goes on */
	bool under_way;		       /* a sweep has begun: position is set */
	uint64_t no_room;	       /* entries of this sweep that could not be remembered */
};

struct map_samples {
	struct sampled of[MAPS_MAX];
	size_t count;
	uint64_t interval_ns;
	uint64_t last_ns;
	uint8_t *keys;
	uint8_t *values; /* of a batch */
	struct capture *capture;
	uint8_t block[sizeof(struct wh_map_sample) + MAP_KEY_MAX + MAP_VALUE_MAX + 8];
};

/* The only map of that name, -1 and errno: there is none, or several. */
static int open_named(const char *name)
{
	struct bpf_map_info info;
	uint32_t size;
	int found = -1, end;

	for (uint32_t id = 0; !(end = bpf_map_get_next_id(id, &id));) {
		int fd = bpf_map_get_fd_by_id(id);

		memset(&info, 0, sizeof(info));
		size = sizeof(info);
		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &size) || strcmp(info.name, name)) {
			close(fd);
			continue;
		}
		if (found >= 0) {
			close(fd);
			close(found);
			errno = ENOTUNIQ;
			return -1;
		}
		found = fd;
	}
	if (found < 0) /* -EPERM: looking for names takes CAP_SYS_ADMIN */
		errno = -end;
	return found;
}

static int open_map(const char *which)
{
	char *end;
	unsigned long id = strtoul(which, &end, 10);

	if (*which == '/')
		return bpf_obj_get(which);
	return *end || id > UINT32_MAX ? open_named(which) : bpf_map_get_fd_by_id((uint32_t)id);
}

static bool is_per_cpu(uint32_t type)
{
	return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static bool readable(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LPM_TRIE:
	case BPF_MAP_TYPE_SK_STORAGE:
		return true;
	default:
		return is_per_cpu(type);
	}
}

static size_t value_stride(const struct sampled *s)
{
	return s->per_cpu ? (s->info.value_size + 7u) & ~7u : s->info.value_size;
}

static size_t cpus_of(const struct sampled *s)
{
	return s->per_cpu ? (size_t)libbpf_num_possible_cpus() : 1;
}

/* What keys of its samples have: of a socket storage, the cookie. */
static size_t key_bytes(const struct sampled *s)
{
	return s->sockets ? sizeof(uint64_t) : s->info.key_size;
}

static int open_one(struct sampled *s, const char *which)
{
	uint32_t size = sizeof(s->info);

	s->fd = open_map(which);
	if (s->fd < 0 || bpf_obj_get_info_by_fd(s->fd, &s->info, &size)) {
		fprintf(stderr,
			"whither-probe: --map %s: %s (bpftool map lists them: give the id, or the path it is pinned at)\n",
			which,
			errno == ENOTUNIQ ? "several maps have this name"
			: errno == ENOENT ? "there is no such map"
					  : strerror(errno));
		return -1;
	}
	if (!readable(s->info.type) || s->info.key_size > MAP_KEY_MAX ||
	    s->info.value_size > MAP_VALUE_MAX) {
		fprintf(stderr,
			"whither-probe: --map %s: hash, array, LRU, LPM trie, their per-CPU kinds and socket "
			"storage can be sampled, with keys up to %u and values up to %u bytes; this is type %u "
			"with %u and %u\n",
			which, MAP_KEY_MAX, MAP_VALUE_MAX, s->info.type, s->info.key_size,
			s->info.value_size);
		return -1;
	}
	s->per_cpu = is_per_cpu(s->info.type);
	if (s->info.type == BPF_MAP_TYPE_SK_STORAGE) {
		s->sockets = map_sockets_open(s->fd, s->info.value_size);
		if (!s->sockets) {
			fprintf(stderr,
				"whither-probe: --map %s: the kernel gives no iterator for it: %s\n",
				which, strerror(errno));
			return -1;
		}
	}
	s->entries = map_entries_new(key_bytes(s));
	return s->entries ? 0 : -1;
}

struct map_samples *map_samples_open(const struct options *o)
{
	struct map_samples *m = calloc(1, sizeof(*m));
	size_t values = 0;

	if (!m)
		return NULL;
	m->interval_ns = o->map_interval_ms * NS_PER_MS;
	for (size_t i = 0; i < o->map_count; i++) {
		struct sampled *s = &m->of[m->count++];
		size_t bytes;

		if (open_one(s, o->maps[i]))
			goto fail;
		bytes = value_stride(s) * cpus_of(s);
		values = bytes > values ? bytes : values;
	}
	m->keys = malloc(MAP_BATCH * MAP_KEY_MAX);
	m->values = malloc(MAP_BATCH * values + 1);
	if (m->keys && m->values)
		return m;
fail:
	map_samples_free(m);
	return NULL;
}

void map_samples_json(FILE *out, const struct map_samples *m)
{
	putc('[', out);
	for (size_t i = 0; m && i < m->count; i++) {
		const struct sampled *s = &m->of[i];
		const char *type = libbpf_bpf_map_type_str(s->info.type);

		fprintf(out, "%s{\"id\":%u,\"name\":", i ? "," : "", s->info.id);
		json_string(out, s->info.name);
		fputs(",\"type\":", out);
		json_string(out, type ? type : "");
		fprintf(out, ",\"keyBytes\":%zu,\"valueBytes\":%u}", key_bytes(s),
			s->info.value_size);
	}
	putc(']', out);
}

static void sample_write(struct map_samples *m, const struct sampled *s, uint8_t change,
			 const void *key, uint16_t cpu, const void *value, size_t value_bytes)
{
	struct wh_map_sample head = {
		.map = s->info.id,
		.change = change,
		.cpu = s->per_cpu ? cpu : 0xffff,
		.time = run_clock_now(&m->capture->clock),
		.key_length = (uint32_t)(key ? key_bytes(s) : 0),
		.value_length = (uint32_t)value_bytes,
	};
	uint8_t *at = m->block;

	memset(m->block, 0, sizeof(m->block));
	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	if (key)
		memcpy(at, key, head.key_length);
	at += (head.key_length + 3u) & ~3u;
	if (value)
		memcpy(at, value, value_bytes);
	at += (value_bytes + 3u) & ~3u;
	whither_block_write(&m->capture->out, WH_BLOCK_SUBTYPE_MAP_SAMPLE, m->block,
			    (size_t)(at - m->block));
}

struct sweep {
	struct map_samples *samples;
	struct sampled *map;
};

static void on_gone(void *context, const void *key, uint16_t cpu)
{
	struct sweep *at = context;

	sample_write(at->samples, at->map, WH_MAP_CHANGE_DELETED, key, cpu, NULL, 0);
}

static void on_entry(void *context, const void *key, const void *value)
{
	struct sweep *at = context;
	struct sampled *s = at->map;

	for (size_t cpu = 0; cpu < cpus_of(s); cpu++) {
		const uint8_t *one = (const uint8_t *)value + cpu * value_stride(s);

		switch (map_entries_see(s->entries, key, (uint16_t)cpu, one, s->info.value_size)) {
		case MAP_ADDED:
			sample_write(at->samples, s, WH_MAP_CHANGE_ADDED, key, (uint16_t)cpu, one,
				     s->info.value_size);
			break;
		case MAP_CHANGED:
			sample_write(at->samples, s, WH_MAP_CHANGE_CHANGED, key, (uint16_t)cpu, one,
				     s->info.value_size);
			break;
		case MAP_NO_ROOM:
			s->no_room++;
			break;
		case MAP_SAME:
			break;
		}
	}
}

/* One entry after another, for maps without batches. */
static int next_entry(struct map_samples *m, struct sampled *s, bool *ended)
{
	int err = bpf_map_get_next_key(s->fd, s->under_way ? s->position : NULL, m->keys);

	*ended = err == -ENOENT;
	if (err)
		return *ended ? 0 : -1;
	memcpy(s->position, m->keys, s->info.key_size);
	return !bpf_map_lookup_elem(s->fd, m->keys, m->values);
}

/* How many entries are in keys and values; -1: the map cannot be read. */
static int next_batch(struct map_samples *m, struct sampled *s, bool *ended)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	uint8_t after[MAP_KEY_MAX] = { 0 };
	uint32_t count = MAP_BATCH;
	int err;

	if (s->no_batch)
		return next_entry(m, s, ended);
	err = bpf_map_lookup_batch(s->fd, s->under_way ? s->position : NULL, after, m->keys,
				   m->values, &count, &opts);
	if (err == -ENOTSUPP || err == -EINVAL || err == -EOPNOTSUPP) {
		s->no_batch = true;
		return next_entry(m, s, ended);
	}
	*ended = err == -ENOENT;
	if (err && !*ended)
		return -1;
	memcpy(s->position, after, sizeof(after));
	return (int)count;
}

static void end_sweep(struct map_samples *m, struct sampled *s)
{
	struct sweep at = { m, s };

	map_entries_end(s->entries, on_gone, &at);
	s->under_way = false;
	if (s->no_room)
		sample_write(m, s, WH_MAP_CHANGE_LEFT_OUT, NULL, 0, &s->no_room,
			     sizeof(s->no_room));
	s->no_room = 0;
}

/* Reads on, MAP_PASS_ENTRIES at most. true: the sweep has ended. */
static bool pass(struct map_samples *m, struct sampled *s)
{
	struct sweep at = { m, s };
	bool ended = false;

	if (!s->under_way)
		map_entries_begin(s->entries);
	if (s->sockets) {
		ended = true;
		if (map_sockets_each(s->sockets, on_entry, &at))
			return true; /* not read to its end: what was not seen is not gone */
	}
	for (uint32_t read = 0; !ended && read < MAP_PASS_ENTRIES;) {
		int n = next_batch(m, s, &ended);

		if (n < 0) {
			s->under_way = false;
			return true; /* what was not seen is not gone */
		}
		for (int i = 0; i < n; i++)
			on_entry(&at, m->keys + (size_t)i * s->info.key_size,
				 m->values + (size_t)i * value_stride(s) * cpus_of(s));
		read += n ? (uint32_t)n : 1;
		s->under_way = true;
	}
	if (ended)
		end_sweep(m, s);
	return ended;
}

void map_samples_turn(struct map_samples *m, struct capture *c, uint64_t now_ns)
{
	if (!m->count || now_ns - m->last_ns < m->interval_ns)
		return;
	m->capture = c;
	m->last_ns = now_ns;
	for (size_t i = 0; i < m->count; i++)
		pass(m, &m->of[i]);
}

void map_samples_end(struct map_samples *m, struct capture *c)
{
	m->capture = c;
	for (size_t i = 0; i < m->count; i++)
		for (unsigned n = 0; n < MAP_PASSES_MAX && !pass(m, &m->of[i]); n++)
			;
}

void map_samples_free(struct map_samples *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++) {
		map_sockets_free(m->of[i].sockets);
		map_entries_free(m->of[i].entries);
		if (m->of[i].fd >= 0)
			close(m->of[i].fd);
	}
	free(m->keys);
	free(m->values);
	free(m);
}
