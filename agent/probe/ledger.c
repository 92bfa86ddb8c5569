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

void gap_write(struct capture *c, uint32_t interface, uint8_t cause, uint64_t count, uint64_t from)
{
	struct wh_gap gap = {
		.interface = interface,
		.cause = cause,
		.count = count,
		.from = from,
		.to = run_clock_now(&c->clock),
	};

	whither_block_write(&c->out, WH_BLOCK_SUBTYPE_GAP, &gap, sizeof(gap));
}

static void gap(struct ledger *l, const struct interface *i, uint8_t cause, uint64_t count)
{
	if (count)
		gap_write(l->capture, i->id, cause, count, l->read_ns);
}

void ledger_update(struct ledger *l)
{
	struct capture *c = l->capture;
	int map = hooks_map(&c->hooks, "counters"), cpus = libbpf_num_possible_cpus();

	for (size_t n = 0; n < c->active_count; n++) {
		uint32_t point = c->active[n];
		struct interface *i = &c->interfaces[point], before;

		if (bpf_map_lookup_elem(map, &point, l->per_cpu))
			continue;
		before = *i;
		i->seen = i->lost = i->sampled = i->limited = 0;
		for (int cpu = 0; cpu < cpus; cpu++) {
			i->seen += l->per_cpu[cpu].seen;
			i->lost += l->per_cpu[cpu].lost;
			i->sampled += l->per_cpu[cpu].sampled;
			i->limited += l->per_cpu[cpu].limited;
		}
		i->unsaid += i->lost - before.lost;
		/* Read first, then take the time: nothing was lost after that is counted here. */
		gap(l, i, WH_GAP_CAUSE_RING_FULL, i->lost - before.lost);
		gap(l, i, WH_GAP_CAUSE_SAMPLING, i->sampled - before.sampled);
		gap(l, i, WH_GAP_CAUSE_RATE_LIMIT, i->limited - before.limited);
	}
	l->read_ns = run_clock_now(&c->clock);
}

bool ledger_balanced(const struct ledger *l)
{
	const struct capture *c = l->capture;

	for (size_t n = 0; n < c->active_count; n++) {
		const struct interface *i = &c->interfaces[c->active[n]];

		if (i->seen != i->written + i->lost)
			return false;
	}
	return true;
}

void statistics_write(struct capture *c, const struct interface *i, uint64_t time_ns)
{
	struct block b = block_begin(&c->out, PCAPNG_ISB, ISB_BYTES);

	block_put_u32(&b, i->id);
	block_put_time(&b, time_ns);
	block_option_u64(&b, ISB_IFRECV, i->seen);
	block_option_u64(&b, ISB_IFDROP, i->lost);
	block_option_u64(&b, ISB_USRDELIV, i->written);
	block_put_u32(&b, OPT_END);
	block_end(&b);
}

void ledger_statistics(struct ledger *l)
{
	struct capture *c = l->capture;

	for (size_t n = 0; n < c->active_count; n++)
		statistics_write(c, &c->interfaces[c->active[n]], l->read_ns);
}

void ledger_statistics_of(struct ledger *l, uint32_t slot)
{
	struct capture *c = l->capture;

	for (size_t n = 0; n < c->active_count; n++)
		if (c->hooks.points[c->active[n]].slot == slot)
			statistics_write(c, &c->interfaces[c->active[n]], l->read_ns);
}

/* Packets, or such that had ended unseen, forgotten for lack of room. */
static uint64_t evicted(const struct capture *c)
{
	int cpus = libbpf_num_possible_cpus();
	struct wh_journey_counter per_cpu[cpus];
	uint64_t sum = 0;
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(hooks_map(&c->hooks, "journey_counters"), &zero, per_cpu))
		return 0;
	for (int cpu = 0; cpu < cpus; cpu++)
		sum += per_cpu[cpu].evicted;
	return sum;
}

void ledger_summary(struct ledger *l)
{
	struct capture *c = l->capture;
	uint64_t written = 0, lost = 0, sampled = 0, limited = 0;

	for (size_t n = 0; n < c->active_count; n++) {
		written += c->interfaces[c->active[n]].written;
		lost += c->interfaces[c->active[n]].lost;
		sampled += c->interfaces[c->active[n]].sampled;
		limited += c->interfaces[c->active[n]].limited;
	}
	taps_sums(c->taps, &written, &lost);
	fprintf(stderr, "whither-probe: %" PRIu64 " events written, %" PRIu64 " lost\n", written,
		lost);
	if (sampled || limited)
		fprintf(stderr,
			"whither-probe: left out by --sample %" PRIu64 " events, by --rate %" PRIu64
			"\n",
			sampled, limited);
	if (evicted(c))
		fprintf(stderr,
			"whither-probe: %" PRIu64 " packets were forgotten: too many under way\n",
			evicted(c));
	for (uint32_t id = 1; id <= WH_HOOK_MAX; id++) {
		uint64_t skipped = hook_skipped_runs(&c->hooks, id);

		if (skipped)
			fprintf(stderr,
				"whither-probe: the kernel skipped %s %" PRIu64
				" times, interrupted while it ran (on any device)\n",
				c->hooks.of[id - 1].name, skipped);
	}
}
