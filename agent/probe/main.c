// SPDX-License-Identifier: MIT
/* whither-probe: reads like a list. Open what needs privileges, drop them, load, attach, write
 * until told to stop, detach, drain, say goodbye. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "args.h"
#include "btf.h"
#include "capture.h"
#include "caps.h"
#include "cost.h"
#include "counts.h"
#include "doctor.h"
#include "events.h"
#include "ledger.h"
#include "map-samples.h"
#include "presence.h"
#include "section.h"
#include "taps.h"

/* Events wait in the ring at most this long; BPF wakes the probe earlier only when the ring fills.
 */
#define POLL_INTERVAL_MS 5
/* How often, and how far apart, the account is looked at until it balances. */
#define SETTLE_TURNS 20
#define SETTLE_MS    10

static volatile sig_atomic_t stop;

/* The signal may come just before a write that then blocks for ever: the alarm interrupts that too.
 */
static void on_signal(int number)
{
	(void)number;
	stop = 1;
	alarm(1);
}

static int print_warnings(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)args, (void)format;
	/* Why a hook is missing is said once, in words; libbpf's own log is for WHITHER_DEBUG. */
	return getenv("WHITHER_DEBUG") && level <= LIBBPF_INFO ? vfprintf(stderr, format, args) : 0;
}

static void catch_signals(void)
{
	/* No SA_RESTART: a write to a reader that stands still must notice. */
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Started with a standard descriptor closed, the next file opened would take its place. */
static void fill_standard_fds(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			abort();
}

static bool is_pipe(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

static void follow_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		stop = 1;
}

/* The account of those that went since last time; then the others go on. */
static void part_with(struct place *where, struct ledger *ledger)
{
	ledger_update(ledger);
	for (size_t slot = 0; slot < where->device_count; slot++)
		if (where->devices[slot].gone && !where->devices[slot].said)
			ledger_statistics_of(ledger, (uint32_t)slot);
	presence_say(where);
}

/* Until told to stop, the reader leaves, or nothing is left to watch. */
static void run(struct capture *c, struct events *events, struct ledger *ledger, struct cost *cost,
		struct counts *counts)
{
	struct pollfd fds[] = {
		{ .fd = events_fd(events), .events = POLLIN },
		{ .fd = c->out.fd }, /* events 0: only told when the reader left */
		{ .fd = c->where.links, .events = POLLIN },
		{ .fd = -1 }, /* from here on of the cost */
		{ .fd = -1 },
	};
	struct pollfd *of_cost = fds + 3;
	uint64_t now = clock_ns(CLOCK_MONOTONIC), flushed = now, looked = now, reported = now,
		 visited = now, counted = now;

	while (!stop && !c->out.error && presence_left(&c->where)) {
		cost_wait(cost, of_cost);
		poll(fds, sizeof(fds) / sizeof(*fds), POLL_INTERVAL_MS);
		if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
			break;
		events_take(events, false);
		now = clock_ns(CLOCK_MONOTONIC);
		cost_turn(cost, c, of_cost, now);
		if (fds[2].revents && presence_look(&c->where) && presence_left(&c->where))
			part_with(&c->where, ledger);
		if (now - visited >= NETNS_LOOK_INTERVAL_MS * NS_PER_MS) {
			c->where.netns.gone = netns_is_gone(&c->where.netns);
			visited = now;
		}
		map_samples_turn(c->maps, c, now);
		if (now - looked >= LEDGER_INTERVAL_MS * NS_PER_MS) {
			ledger_update(ledger);
			if (taps_on(c->taps))
				taps_look(c->taps);
			looked = now;
		}
		if (now - counted >= COUNTS_INTERVAL_MS * NS_PER_MS) {
			counts_write(counts, c, false);
			counted = now;
		}
		if (now - reported >= STATISTICS_INTERVAL_MS * NS_PER_MS) {
			ledger_statistics(ledger);
			counts_write(counts, c, true);
			taps_statistics(c->taps);
			reported = now;
		}
		if (now - flushed >= FLUSH_INTERVAL_MS * NS_PER_MS) {
			output_flush(&c->out);
			flushed = now;
		}
	}
}

/* Detaching waits for the programs that run, but not every kernel promises that none begins late.
 */
static void settle(struct events *events, struct ledger *ledger)
{
	for (int turn = 0; turn < SETTLE_TURNS; turn++) {
		events_take(events, true);
		ledger_update(ledger);
		if (ledger_balanced(ledger))
			return;
		usleep(SETTLE_MS * 1000);
	}
}

int main(int argc, char **argv)
{
	static struct capture c;
	struct cost cost;
	struct events *events = NULL;
	struct ledger ledger = { 0 };
	struct counts counts = { 0 };
	struct options o;
	pid_t parent = getppid();
	char *schema = NULL;
	int err = args_parse(argc, argv, &o);
	bool attached = false;

	fill_standard_fds();
	if (err)
		return err - 1;
	if (o.doctor)
		return doctor(&o);
	if (o.programs)
		return btf_programs();
	if (o.btf_program)
		return btf_of_program(o.btf_program);
	libbpf_set_print(print_warnings);
	catch_signals();

	/* What takes more privileges than capturing does. */
	err = 1;
	if (place_find(&o, &c.where))
		return 1;
	if (o.schema && !(schema = schema_read(o.schema)))
		return 1;
	c.taps = taps_find();
	c.maps = map_samples_open(&o);
	if (!c.taps || !c.maps)
		return 1;
	c.snaplen = o.snaplen;
	c.filter = &o.filter;
	if (output_open(&c.out, o.output, &stop))
		return 1;
	if (cost_begin(&cost, &o, &c.where))
		return 1;
	if (!o.filter.hooks || list_names_hook(o.filter.hooks, "tap"))
		taps_open(c.taps);
	if (caps_keep_needed()) {
		fputs("whither-probe: cannot give up privileges, so it does not start\n", stderr);
		return 1;
	}
	/* libpcap parses what somebody typed: not as root. */
	if (filter_compile(&o.filter))
		return EXIT_USAGE;
	if (o.die_with_parent || is_pipe(c.out.fd))
		follow_parent(parent);

	if (hooks_load(&c.hooks, &o, &c.where))
		return 1;
	c.clock = clock_calibrate();
	c.started_ns = run_clock_now(&c.clock);
	events = events_new(&c);
	if (!events || ledger_new(&ledger, &c) || counts_new(&counts, &c))
		goto out;
	cost_start(&cost, &o, &c);
	attached = true;
	hooks_attach(&c.hooks, &o, &c.where);
	programs_release(&c.where.programs);
	taps_listen(c.taps, &c);
	section_write(&c, schema);
	output_flush(&c.out);

	run(&c, events, &ledger, &cost, &counts);

	taps_silence(c.taps);
	hooks_detach(&c.hooks);
	attached = false;
	settle(events, &ledger);
	cost_end(&cost, &c);
	taps_end(c.taps);
	map_samples_end(c.maps, &c);
	counts_write(&counts, &c, false);
	ledger_statistics(&ledger);
	taps_statistics(c.taps);
	ledger_summary(&ledger);
	err = output_close(&c.out);
	if (err && err != EPIPE)
		fprintf(stderr, "whither-probe: the capture is incomplete: %s\n",
			err == ETIMEDOUT ? "its reader stands still" : strerror(err));
	err = err && err != EPIPE;
	/* Last, because who shows one line shows the last. */
	if (!err && !stop && !presence_left(&c.where)) {
		presence_say(&c.where);
		err = EXIT_GONE;
	}
out:
	if (attached)
		hooks_detach(&c.hooks);
	counts_free(&counts);
	ledger_free(&ledger);
	events_free(events);
	hooks_free(&c.hooks);
	taps_free(c.taps);
	map_samples_free(c.maps);
	filter_free(&o.filter);
	free(schema);
	return err;
}
