// SPDX-License-Identifier: MIT
#include "programs.h"

#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf-link.h"
#include "json.h"
#include "tc-filters.h"

static const char *const POINT_NAMES[] = {
	[ATTACHED_XDP] = "xdp",
	[ATTACHED_TCX_INGRESS] = "tcx/ingress",
	[ATTACHED_TCX_EGRESS] = "tcx/egress",
	[ATTACHED_TC_INGRESS] = "tc/ingress",
	[ATTACHED_TC_EGRESS] = "tc/egress",
};

static void add(struct programs *p, uint32_t id, uint32_t slot, enum attach_point at)
{
	struct program *one = &p->of[p->count];
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd;

	if (!id || p->count == PROGRAMS_MAX)
		return;
	p->count++;
	*one = (struct program){ .id = id, .slot = slot, .at = at };
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size)) {
		memcpy(one->name, info.name, sizeof(one->name) - 1);
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
	add(p, query.skb_prog_id, slot, ATTACHED_XDP);
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

void programs_json(FILE *out, const struct programs *p, const struct device *devices)
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
			one->at == ATTACHED_XDP ? "xdp" : "sched_cls", POINT_NAMES[one->at]);
		json_string(out, devices[one->slot].name);
		putc('}', out);
	}
	putc(']', out);
}
