// SPDX-License-Identifier: MIT
#include "programs.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "bpf-link.h"
#include "json.h"
#include "record.h"
#include "tc-filters.h"

/* Every program of ours that hangs in a chain uses this map of bpf/maps.h; the kernel cuts its
 * name. */
#define OWN_MAP "journey_counter"
/* More than ours use. */
#define MAPS_LOOKED_AT 16u

static const char *const POINT_NAMES[] = {
	[ATTACHED_XDP] = "xdp",
	[ATTACHED_XDP_GENERIC] = "xdp",
	[ATTACHED_TCX_INGRESS] = "tcx/ingress",
	[ATTACHED_TCX_EGRESS] = "tcx/egress",
	[ATTACHED_TC_INGRESS] = "tc/ingress",
	[ATTACHED_TC_EGRESS] = "tc/egress",
};

/* The function that the program begins with, by its BTF: its whole name, where that of the program
 * is cut, and its id, which fentry wants. */
static void find_function(struct program *one)
{
	struct bpf_func_info first = { 0 };
	struct bpf_prog_info info = {
		.nr_func_info = 1,
		.func_info_rec_size = sizeof(first),
		.func_info = (uint64_t)(uintptr_t)&first,
	};
	uint32_t size = sizeof(info);
	const struct btf_type *type;
	struct btf *btf;

	if (bpf_obj_get_info_by_fd(one->fd, &info, &size) || !info.btf_id || !info.nr_func_info)
		return;
	btf = btf__load_from_kernel_by_id(info.btf_id);
	type = btf ? btf__type_by_id(btf, first.type_id) : NULL;
	if (type && btf_is_func(type)) {
		one->btf_id = first.type_id;
		snprintf(one->name, sizeof(one->name), "%s",
			 btf__name_by_offset(btf, type->name_off));
	}
	btf__free(btf);
}

static void add(struct programs *p, uint32_t id, uint32_t slot, enum attach_point at)
{
	struct program *one = &p->of[p->count];
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd;

	if (!id || p->count == PROGRAMS_MAX)
		return;
	p->count++;
	*one = (struct program){ .id = id, .slot = slot, .at = at, .fd = -1 };
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size)) {
		memcpy(one->name, info.name, sizeof(info.name) - 1);
		memcpy(one->tag, info.tag, sizeof(one->tag));
		one->run_time_ns = info.run_time_ns;
		one->runs = info.run_cnt;
		one->skipped = info.recursion_misses;
	}
	close(fd);
}

static void add_xdp(struct programs *p, const struct device *d, uint32_t slot)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	if (bpf_xdp_query((int)d->ifindex, 0, &query))
		return;
	add(p, query.hw_prog_id, slot, ATTACHED_XDP);
	add(p, query.drv_prog_id, slot, ATTACHED_XDP);
	add(p, query.skb_prog_id, slot, ATTACHED_XDP_GENERIC);
}

static void add_chain(struct programs *p, const struct device *d, uint32_t slot, bool ingress)
{
	uint32_t ids[CHAIN_MAX];
	int n = tcx_query(d->ifindex, ingress, ids, CHAIN_MAX);

	for (int i = 0; i < n; i++)
		add(p, ids[i], slot, ingress ? ATTACHED_TCX_INGRESS : ATTACHED_TCX_EGRESS);
}

static void add_filters(struct programs *p, const struct device *d, uint32_t slot, bool ingress)
{
	uint32_t ids[CHAIN_MAX];
	size_t n = tc_filter_programs((int)d->ifindex, ingress, ids, CHAIN_MAX);

	for (size_t i = 0; i < n; i++)
		add(p, ids[i], slot, ingress ? ATTACHED_TC_INGRESS : ATTACHED_TC_EGRESS);
}

void programs_find(struct programs *p, const struct device *devices, size_t count)
{
	memset(p, 0, sizeof(*p));
	for (uint32_t slot = 0; slot < count; slot++) {
		add_xdp(p, &devices[slot], slot);
		add_chain(p, &devices[slot], slot, true);
		add_chain(p, &devices[slot], slot, false);
		add_filters(p, &devices[slot], slot, true);
		add_filters(p, &devices[slot], slot, false);
	}
}

static bool is_own_map(uint32_t id)
{
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id);
	bool own;

	if (fd < 0)
		return false;
	own = !bpf_obj_get_info_by_fd(fd, &info, &size) && !strcmp(info.name, OWN_MAP) &&
	      info.type == BPF_MAP_TYPE_PERCPU_ARRAY && info.key_size == sizeof(uint32_t) &&
	      info.value_size == sizeof(struct wh_journey_counter) && info.max_entries == 1;
	close(fd);
	return own;
}

static bool is_whithers(uint32_t program)
{
	uint32_t maps[MAPS_LOOKED_AT];
	struct bpf_prog_info info = {
		.nr_map_ids = MAPS_LOOKED_AT,
		.map_ids = (uint64_t)(uintptr_t)maps,
	};
	uint32_t size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(program);
	bool own = false;

	if (fd < 0)
		return false;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_LOOKED_AT; i++)
			own |= is_own_map(maps[i]);
	close(fd);
	return own;
}

void programs_forget_whithers(struct programs *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->count; i++)
		if (!is_whithers(p->of[i].id))
			p->of[kept++] = p->of[i];
	p->count = kept;
}

void programs_open(struct programs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct program *one = &p->of[i];

		if (one->at == ATTACHED_TCX_INGRESS || one->at == ATTACHED_TCX_EGRESS)
			continue;
		one->fd = bpf_prog_get_fd_by_id(one->id);
		if (one->fd >= 0)
			find_function(one);
	}
}

void programs_release(struct programs *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->of[i].fd >= 0) {
			close(p->of[i].fd);
			p->of[i].fd = -1;
		}
}

void programs_json(FILE *out, const struct programs *p, const struct device *devices,
		   unsigned netns)
{
	putc('[', out);
	for (size_t i = 0; i < p->count; i++) {
		const struct program *one = &p->of[i];

		fprintf(out, "%s{\"id\":%u,\"name\":", i ? "," : "", one->id);
		json_string(out, one->name);
		fputs(",\"tag\":\"", out);
		for (size_t b = 0; b < sizeof(one->tag); b++)
			fprintf(out, "%02x", one->tag[b]);
		fprintf(out, "\",\"type\":\"%s\",\"attach\":\"%s\",\"device\":",
			one->at == ATTACHED_XDP || one->at == ATTACHED_XDP_GENERIC ? "xdp"
										   : "sched_cls",
			POINT_NAMES[one->at]);
		json_string(out, devices[one->slot].name);
		fprintf(out, ",\"netns\":%u}", netns);
	}
	putc(']', out);
}
