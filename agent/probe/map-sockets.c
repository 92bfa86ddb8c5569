// SPDX-License-Identifier: MIT
#include "map-sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "probe-object.h"

struct map_sockets {
	struct bpf_object *object;
	struct bpf_link *link;
	size_t used;
	size_t record; /* cookie and value */
	uint8_t buffer[65536];
};

struct map_sockets *map_sockets_open(int map, uint32_t value_bytes)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "whither");
	union bpf_iter_link_info info = { .map.map_fd = (uint32_t)map };
	LIBBPF_OPTS(bpf_iter_attach_opts, iter, .link_info = &info, .link_info_len = sizeof(info));
	struct map_sockets *m = calloc(1, sizeof(*m));
	struct bpf_map *constants;

	if (!m)
		return NULL;
	m->record = sizeof(uint64_t) + value_bytes;
	m->object = bpf_object__open_mem(PROBE_SOCKETS, PROBE_SOCKETS_END - PROBE_SOCKETS, &opts);
	constants = m->object ? bpf_object__find_map_by_name(m->object, ".rodata.value") : NULL;
	if (constants &&
	    !bpf_map__set_initial_value(constants, &value_bytes, sizeof(value_bytes)) &&
	    !bpf_object__load(m->object))
		m->link = bpf_program__attach_iter(
			bpf_object__find_program_by_name(m->object, "sockets"), &iter);
	if (m->link)
		return m;
	map_sockets_free(m);
	return NULL;
}

int map_sockets_each(struct map_sockets *m,
		     void (*entry)(void *context, const void *cookie, const void *value),
		     void *context)
{
	int fd = bpf_iter_create(bpf_link__fd(m->link)), err = 0;
	ssize_t n;

	if (fd < 0)
		return errno;
	m->used = 0;
	while ((n = read(fd, m->buffer + m->used, sizeof(m->buffer) - m->used))) {
		size_t at = 0;

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0) {
			err = errno;
			break;
		}
		m->used += (size_t)n;
		for (; m->used - at >= m->record; at += m->record)
			entry(context, m->buffer + at, m->buffer + at + sizeof(uint64_t));
		m->used -= at;
		memmove(m->buffer, m->buffer + at, m->used);
	}
	close(fd);
	return err;
}

void map_sockets_free(struct map_sockets *m)
{
	if (!m)
		return;
	bpf_link__destroy(m->link);
	bpf_object__close(m->object);
	free(m);
}
