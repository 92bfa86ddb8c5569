// SPDX-License-Identifier: MIT
#include "ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <bpf/bpf.h>

#include "pcapng.h"
#include "section.h"

#define ISB_BYTES 128

int ledger_new(struct ledger *l, struct capture *c)
{
	*l = (struct ledger){
		.capture = c,
		.per_cpu = calloc((size_t)libbpf_num_possible_cpus(), sizeof(*l->per_cpu)),
		.read_ns = run_clock_now(&c->clock),
	};
	return l->per_cpu ? 0 : -1;
}

void ledger_free(struct ledger *l)
{
	free(l->per_cpu);
	l->per_cpu = NULL;
}

static void gap_write(struct ledger *l, const struct interface *i, uint64_t count, uint64_t to)
{
	struct wh_gap gap = {
		.interface = i->id,
		.cause = WH_GAP_CAUSE_RING_FULL,
		.count = count,
		.from = l->read_ns,
		.to = to,
	};

	whither_block_write(&l->capture->out, WH_BLOCK_SUBTYPE_GAP, &gap, sizeof(gap));
}

void ledger_update(struct ledger *l)
{
	struct capture *c = l->capture;
	int map = hooks_map(&c->hooks, "counters"), cpus = libbpf_num_possible_cpus();
	uint64_t lost_before;

	for (uint32_t index = 0; index < c->device_count * WH_HOOK_STRIDE; index++) {
		struct interface *i = &c->interfaces[index];

		if (i->id == NO_INTERFACE || bpf_map_lookup_elem(map, &index, l->per_cpu))
			continue;
		lost_before = i->lost;
		i->seen = i->lost = 0;
		for (int cpu = 0; cpu < cpus; cpu++) {
			i->seen += l->per_cpu[cpu].seen;
			i->lost += l->per_cpu[cpu].lost;
		}
		if (i->lost == lost_before)
			continue;
		i->unsaid += i->lost - lost_before;
		/* Read first, then take the time: nothing was lost after that is counted here. */
		gap_write(l, i, i->lost - lost_before, run_clock_now(&c->clock));
	}
	l->read_ns = run_clock_now(&c->clock);
}

bool ledger_balanced(const struct ledger *l)
{
	const struct capture *c = l->capture;

	for (uint32_t index = 0; index < WH_COUNTERS; index++) {
		const struct interface *i = &c->interfaces[index];

		if (i->id != NO_INTERFACE && i->seen != i->written + i->lost)
			return false;
	}
	return true;
}

void ledger_statistics(struct ledger *l)
{
	struct capture *c = l->capture;

	for (uint32_t index = 0; index < c->device_count * WH_HOOK_STRIDE; index++) {
		const struct interface *i = &c->interfaces[index];
		struct block b;

		if (i->id == NO_INTERFACE)
			continue;
		b = block_begin(&c->out, PCAPNG_ISB, ISB_BYTES);
		block_put_u32(&b, i->id);
		block_put_time(&b, l->read_ns);
		block_option_u64(&b, ISB_IFRECV, i->seen);
		block_option_u64(&b, ISB_IFDROP, i->lost);
		block_option_u64(&b, ISB_USRDELIV, i->written);
		block_put_u32(&b, OPT_END);
		block_end(&b);
	}
}

/* Packets whose later hooks got another journey id for lack of room in the map. */
static uint64_t untracked(const struct capture *c)
{
	int cpus = libbpf_num_possible_cpus();
	struct wh_journey_counter per_cpu[cpus];
	uint64_t sum = 0;
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(hooks_map(&c->hooks, "journey_counters"), &zero, per_cpu))
		return 0;
	for (int cpu = 0; cpu < cpus; cpu++)
		sum += per_cpu[cpu].untracked;
	return sum;
}

void ledger_summary(struct ledger *l)
{
	struct capture *c = l->capture;
	uint64_t written = 0, lost = 0;

	for (uint32_t index = 0; index < c->device_count * WH_HOOK_STRIDE; index++) {
		written += c->interfaces[index].written;
		lost += c->interfaces[index].lost;
	}
	fprintf(stderr, "whither-probe: %" PRIu64 " events written, %" PRIu64 " lost\n", written,
		lost);
	if (untracked(c))
		fprintf(stderr,
			"whither-probe: %" PRIu64
			" packets could not be followed: too many under way\n",
			untracked(c));
	for (uint32_t id = 1; id <= WH_HOOK_MAX; id++) {
		uint64_t skipped = hook_skipped_runs(&c->hooks, id);

		if (skipped)
			fprintf(stderr,
				"whither-probe: the kernel skipped %s %" PRIu64
				" times, interrupted while it ran (on any device)\n",
				c->hooks.of[id - 1].name, skipped);
	}
}
