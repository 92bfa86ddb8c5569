// SPDX-License-Identifier: MIT
#include "tap-sites.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>

/* Of one program; the kernel's limit is 64. */
#define PROGRAM_MAPS_MAX 64u

struct pair {
	uint32_t sites;
	uint32_t events;
	uint32_t bytes; /* of the sites */
};

static bool map_info(uint32_t id, struct bpf_map_info *info)
{
	uint32_t size = sizeof(*info);
	int fd = bpf_map_get_fd_by_id(id), err;

	if (fd < 0)
		return false;
	memset(info, 0, sizeof(*info));
	err = bpf_obj_get_info_by_fd(fd, info, &size);
	close(fd);
	return !err;
}

/* The maps of a program by which its taps are known; both ids 0: it has none. */
static struct pair pair_of(int program)
{
	uint32_t ids[PROGRAM_MAPS_MAX], size = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = { .nr_map_ids = PROGRAM_MAPS_MAX,
				      .map_ids = (uint64_t)(uintptr_t)ids };
	struct bpf_map_info map;
	struct pair pair = { 0 };

	if (bpf_obj_get_info_by_fd(program, &info, &size))
		return pair;
	for (uint32_t i = 0; i < info.nr_map_ids && i < PROGRAM_MAPS_MAX; i++) {
		if (!map_info(ids[i], &map))
			continue;
		if (map.type == BPF_MAP_TYPE_ARRAY && !strcmp(map.name, WHITHER_SITES_MAP)) {
			pair.sites = ids[i];
			pair.bytes = map.value_size;
		}
		if (map.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY &&
		    !strcmp(map.name, WHITHER_EVENTS_MAP))
			pair.events = ids[i];
	}
	return pair;
}

static void cannot(struct tap_sites *s, const char *why)
{
	snprintf(s->reason, sizeof(s->reason), "%s", why);
}

static bool known(const struct tap_sites *s, uint32_t id)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->of[i].id == id)
			return true;
	return false;
}

static bool versions_fit(const struct tap_object *o)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->sites[i].version != WHITHER_TAP_VERSION ||
		    !memchr(o->sites[i].name, 0, WHITHER_NAME_BYTES))
			return false;
	return true;
}

static void add(struct tap_sites *s, const struct pair *pair)
{
	struct tap_object o = {
		.id = pair->sites,
		.bytes = pair->bytes,
		.count = pair->bytes / sizeof(struct whither_site),
		.first = s->sites,
	};

	if (s->count == TAP_OBJECTS_MAX || s->sites + o.count > TAP_SITES_MAX) {
		cannot(s, "more taps are loaded than one probe listens to");
		return;
	}
	o.sites_map = bpf_map_get_fd_by_id(pair->sites);
	o.events_map = bpf_map_get_fd_by_id(pair->events);
	o.sites = o.sites_map < 0
			  ? MAP_FAILED
			  : mmap(NULL, o.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, o.sites_map, 0);
	if (o.events_map < 0 || o.sites == MAP_FAILED)
		cannot(s,
		       "a program with taps was loaded without BPF_F_MMAPABLE for " WHITHER_SITES_MAP);
	else if (o.bytes % sizeof(struct whither_site) || !versions_fit(&o))
		cannot(s, "a program was built with the whither.h of another version");
	else {
		s->of[s->count++] = o;
		s->sites += (uint32_t)o.count;
		return;
	}
	if (o.sites != MAP_FAILED)
		munmap(o.sites, o.bytes);
	close(o.events_map);
	close(o.sites_map);
}

void tap_sites_find(struct tap_sites *s)
{
	int end;

	memset(s, 0, sizeof(*s));
	for (uint32_t id = 0; !(end = bpf_prog_get_next_id(id, &id));) {
		int fd = bpf_prog_get_fd_by_id(id);
		struct pair pair;

		if (fd < 0) /* gone meanwhile */
			continue;
		pair = pair_of(fd);
		close(fd);
		if (pair.sites && pair.events && !known(s, pair.sites))
			add(s, &pair);
	}
	if (end == -EPERM)
		cannot(s, "looking for programs with taps takes CAP_SYS_ADMIN");
}

void tap_object_on(struct tap_object *o, uint16_t snaplen)
{
	for (size_t i = 0; i < o->count; i++) {
		if (!*o->sites[i].name)
			continue;
		o->sites[i].snap = snaplen;
		__atomic_store_n(&o->sites[i].on, o->first + (uint32_t)i + 1, __ATOMIC_RELEASE);
	}
}

void tap_object_off(struct tap_object *o)
{
	for (size_t i = 0; i < o->count; i++)
		__atomic_store_n(&o->sites[i].on, 0, __ATOMIC_RELEASE);
}

bool tap_object_taken(struct tap_object *o)
{
	bool on = false;

	for (size_t i = 0; i < o->count; i++)
		on |= o->sites[i].on != 0;
	if (!on)
		return false;
	/* What a killed probe left stays until the next packet; a living one says it again. */
	tap_object_off(o);
	usleep(TAP_REASSERT_MS * 1000);
	for (size_t i = 0; i < o->count; i++)
		if (o->sites[i].on)
			return true;
	return false;
}

const struct whither_site *tap_site(const struct tap_sites *s, uint32_t number)
{
	for (size_t i = 0; i < s->count; i++)
		if (number - s->of[i].first < s->of[i].count)
			return &s->of[i].sites[number - s->of[i].first];
	return NULL;
}

void tap_sites_close(struct tap_sites *s)
{
	for (size_t i = 0; i < s->count; i++) {
		munmap(s->of[i].sites, s->of[i].bytes);
		close(s->of[i].events_map);
		close(s->of[i].sites_map);
	}
	s->count = s->sites = 0;
}
