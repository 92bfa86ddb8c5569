// SPDX-License-Identifier: MIT
#include "counts.h"

#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>

#include "section.h"

#define ROWS_MAX (WH_COUNTED_MAX + WH_COUNTED_REST)

struct block_body {
	struct wh_counts head;
	struct wh_counted rows[ROWS_MAX];
};
_Static_assert(sizeof(struct block_body) ==
		       sizeof(struct wh_counts) + ROWS_MAX * sizeof(struct wh_counted),
	       "the rows follow at once");

static const uint32_t COUNTING[] = { WH_HOOK_XDP_REDIRECT, WH_HOOK_XDP_REDIRECT_ERR,
				     WH_HOOK_XDP_EXCEPTION };
#define COUNTING_HOOKS (sizeof(COUNTING) / sizeof(*COUNTING))
_Static_assert(COUNTING_HOOKS *WH_MAX_SLOTS == WH_COUNTED_REST, "an entry for each");

int counts_new(struct counts *counts, const struct capture *c)
{
	int map = hooks_map(&c->hooks, "counted");

	*counts = (struct counts){
		.per_cpu = calloc((size_t)libbpf_num_possible_cpus(), sizeof(*counts->per_cpu)),
	};
	if (!counts->per_cpu)
		return -1;
	for (uint32_t slot = 0; slot < c->where.device_count; slot++)
		for (size_t i = 0; i < COUNTING_HOOKS; i++) {
			struct wh_counted_key rest = { .slot = slot, .hook = COUNTING[i] };

			if (bpf_map_update_elem(map, &rest, counts->per_cpu, BPF_NOEXIST))
				return -1;
		}
	return 0;
}

void counts_free(struct counts *counts)
{
	free(counts->per_cpu);
	counts->per_cpu = NULL;
}

static void add(struct block_body *body, const struct capture *c, const struct counts *counts,
		const struct wh_counted_key *key)
{
	struct wh_counted *row = &body->rows[body->head.count];
	int cpus = libbpf_num_possible_cpus();

	*row = (struct wh_counted){
		.ifindex = c->where.devices[key->slot].ifindex,
		.program = key->program,
		.map = key->map,
		.index = key->index,
		.value = key->value,
		.hook = (uint8_t)key->hook,
	};
	for (int cpu = 0; cpu < cpus; cpu++) {
		row->count += counts->per_cpu[cpu].count;
		if (*counts->per_cpu[cpu].name)
			memcpy(row->name, counts->per_cpu[cpu].name, sizeof(row->name));
	}
	body->head.count += row->count > 0;
}

void counts_write(struct counts *counts, struct capture *c, bool again)
{
	static struct block_body body;
	int map = hooks_map(&c->hooks, "counted");
	struct wh_counted_key key, *before = NULL;
	uint64_t packets = 0;

	body.head = (struct wh_counts){ .row_len = sizeof(*body.rows) };
	while (body.head.count < ROWS_MAX && !bpf_map_get_next_key(map, before, &key)) {
		if (!bpf_map_lookup_elem(map, &key, counts->per_cpu))
			add(&body, c, counts, &key);
		before = &key;
	}
	for (size_t i = 0; i < body.head.count; i++)
		packets += body.rows[i].count;
	if (!packets || (packets == counts->written && !again))
		return;
	/* Read first, then take the time: what is counted was before. */
	body.head.time = run_clock_now(&c->clock);
	counts->written = packets;
	whither_block_write(&c->out, WH_BLOCK_SUBTYPE_COUNTS, &body,
			    sizeof(body.head) + body.head.count * sizeof(*body.rows));
}
