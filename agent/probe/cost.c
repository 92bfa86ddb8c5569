// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cost.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "cost-keeper.h"
#include "section.h"

/* Ours (a program a hook, and those of single points) and those of others. */
#define ROWS_MAX	  1024u
#define AGENT_CPU_UNKNOWN UINT64_MAX

struct block_body {
	struct wh_cost head;
	struct wh_cost_program rows[ROWS_MAX];
};
_Static_assert(sizeof(struct block_body) ==
		       sizeof(struct wh_cost) + ROWS_MAX * sizeof(struct wh_cost_program),
	       "the rows follow at once");

int cost_begin(struct cost *cost, const struct options *o, const struct place *where)
{
	*cost = (struct cost){ .control = o->control ? STDIN_FILENO : -1, .keeper = -1 };
	if (!o->control && !o->cost)
		return 0;
	cost->keeper = cost_keeper_start(where);
	if (cost->keeper >= 0)
		return 0;
	fprintf(stderr, "whither-probe: cannot start a process to tell the cost: %s\n",
		strerror(-cost->keeper));
	return -1;
}

/* /proc/PID/stat, fields 14 and 15: clock ticks in user space and in the kernel, of all threads. */
static uint64_t cpu_of(uint32_t process)
{
	unsigned long long user, kernel;
	char path[32], text[512], *behind;
	uint64_t ns = AGENT_CPU_UNKNOWN;
	FILE *f;

	if (!process)
		return ns;
	snprintf(path, sizeof(path), "/proc/%u/stat", process);
	f = fopen(path, "re");
	if (!f)
		return ns;
	/* The name in parentheses may hold anything, also parentheses. */
	if (fgets(text, sizeof(text), f) && (behind = strrchr(text, ')')) &&
	    sscanf(behind + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
		   &kernel) == 2)
		ns = (user + kernel) * (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
	fclose(f);
	return ns;
}

static void add_own(struct block_body *body, int fd, uint8_t hook, uint32_t ifindex)
{
	struct wh_cost_program *row = &body->rows[body->head.count];
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	if (body->head.count == ROWS_MAX || bpf_obj_get_info_by_fd(fd, &info, &size))
		return;
	body->head.count++;
	*row = (struct wh_cost_program){
		.run_time = info.run_time_ns,
		.runs = info.run_cnt,
		.skipped = info.recursion_misses,
		.id = info.id,
		.ifindex = ifindex,
		.attach = WH_COST_ATTACH_OWN,
		.hook = hook,
	};
	memcpy(&row->tag, info.tag, sizeof(row->tag));
	memcpy(row->name, info.name, sizeof(row->name));
}

static uint8_t hook_of(const struct hooks *h, const char *program)
{
	for (size_t i = 0; i < WH_HOOK_MAX; i++)
		if (h->of[i].program && !strcmp(h->of[i].program, program))
			return (uint8_t)h->of[i].id;
	return WH_HOOK_NONE;
}

static void add_object(struct block_body *body, const struct hooks *h,
		       const struct bpf_object *object, uint32_t ifindex)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, object) if (bpf_program__autoload(p))
		add_own(body, bpf_program__fd(p), hook_of(h, bpf_program__name(p)), ifindex);
}

static void add_all_own(struct block_body *body, const struct capture *c)
{
	const struct hooks *h = &c->hooks;

	add_object(body, h, h->object, 0);
	for (size_t i = 0; i < h->extra_count; i++) {
		uint32_t slot = h->points[WH_FIXED_POINTS + i].slot;

		add_object(body, h, h->extra[i], c->where.devices[slot].ifindex);
	}
	for (size_t i = 0; i < h->trace.object_count; i++)
		add_object(body, h, h->trace.objects[i], 0);
}

/* The chains hold programs of ours, too. */
static bool is_own(const struct block_body *body, uint32_t id, size_t own)
{
	for (size_t i = 0; i < own; i++)
		if (body->rows[i].id == id)
			return true;
	return false;
}

static void write_block(struct cost *cost, struct capture *c, const struct cost_reply *reply)
{
	static struct block_body body;
	uint64_t now = run_clock_now(&c->clock);
	size_t own;

	if (reply->error)
		cost->since_ns = 0;
	else if (!cost->since_ns)
		cost->since_ns = now;
	body.head = (struct wh_cost){
		.time = now,
		.probe_cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID),
		.agent_cpu = cpu_of(cost->agent),
		.bytes = c->out.bytes + c->out.used,
		.since = cost->since_ns,
		.row_len = sizeof(*body.rows),
		.counting = reply->error ? WH_COST_COUNTING_REFUSED : WH_COST_COUNTING_ON,
		.error = reply->error,
	};
	for (size_t n = 0; n < c->active_count; n++)
		body.head.events += c->interfaces[c->active[n]].written;
	add_all_own(&body, c);
	own = body.head.count;
	for (uint32_t i = 0; i < reply->count && body.head.count < ROWS_MAX; i++)
		if (!is_own(&body, reply->rows[i].id, own))
			body.rows[body.head.count++] = reply->rows[i];
	whither_block_write(&c->out, WH_BLOCK_SUBTYPE_COST, &body,
			    sizeof(body.head) + body.head.count * sizeof(*body.rows));
}

/* Without a keeper nobody counts, and the rest is still told. */
static void lose_keeper(struct cost *cost)
{
	close(cost->keeper);
	cost->keeper = -1;
	cost->asked = false;
}

static bool ask(struct cost *cost, char order)
{
	if (cost->keeper >= 0 && send(cost->keeper, &order, 1, MSG_NOSIGNAL) == 1)
		return true;
	if (cost->keeper >= 0)
		lose_keeper(cost);
	return false;
}

/* NULL: the keeper has ended. */
static const struct cost_reply *answer(struct cost *cost)
{
	static struct cost_reply reply;
	ssize_t got = recv(cost->keeper, &reply, sizeof(reply), 0);

	cost->asked = false;
	if (got >= (ssize_t)offsetof(struct cost_reply, rows))
		return &reply;
	lose_keeper(cost);
	return NULL;
}

/* Asks and waits. */
static const struct cost_reply *answer_now(struct cost *cost)
{
	struct pollfd line = { .events = POLLIN };

	if (!cost->asked && !ask(cost, KEEPER_SAMPLE))
		return NULL;
	cost->asked = true;
	line.fd = cost->keeper;
	return poll(&line, 1, COST_ANSWER_MS) > 0 ? answer(cost) : NULL;
}

void cost_start(struct cost *cost, const struct options *o, const struct capture *c)
{
	const struct cost_reply *reply;

	if (!o->cost)
		return;
	reply = answer_now(cost);
	cost->on = true;
	if (reply && !reply->error)
		cost->since_ns = run_clock_now(&c->clock);
}

static void switch_on(struct cost *cost, bool on)
{
	if (cost->on == on)
		return;
	cost->on = on;
	cost->asked_ns = 0;
	cost->since_ns = 0;
	if (!on)
		ask(cost, KEEPER_OFF);
}

static void obey(struct cost *cost, const char *order)
{
	unsigned agent;
	int end = 0;

	if (!strcmp(order, "cost off")) {
		switch_on(cost, false);
	} else if (sscanf(order, "cost on %9u%n", &agent, &end) == 1 && !order[end]) {
		cost->agent = agent;
		switch_on(cost, true);
	}
}

/* Lines; what is no order is left alone, as is a line that is too long for one. */
static void take_orders(struct cost *cost)
{
	char text[256];
	ssize_t got = read(cost->control, text, sizeof(text));

	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0) {
		/* Whoever was looking is gone. */
		cost->control = -1;
		switch_on(cost, false);
		return;
	}
	for (ssize_t i = 0; i < got; i++) {
		if (text[i] != '\n') {
			if (cost->order_used < sizeof(cost->order))
				cost->order[cost->order_used++] = text[i];
			continue;
		}
		if (cost->order_used < sizeof(cost->order)) {
			cost->order[cost->order_used] = '\0';
			obey(cost, cost->order);
		}
		cost->order_used = 0;
	}
}

void cost_wait(const struct cost *cost, struct pollfd fds[COST_FDS])
{
	fds[0] = (struct pollfd){ .fd = cost->control, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = cost->keeper, .events = POLLIN };
}

void cost_turn(struct cost *cost, struct capture *c, const struct pollfd fds[COST_FDS],
	       uint64_t now)
{
	static const struct cost_reply nobody = { .error = ESRCH };
	const struct cost_reply *reply;

	if (fds[0].revents)
		take_orders(cost);
	if (fds[1].revents && cost->keeper >= 0) {
		reply = answer(cost);
		/* It may have been switched off since it was asked. */
		if (cost->on)
			write_block(cost, c, reply ? reply : &nobody);
	}
	if (!cost->on || cost->asked ||
	    (cost->asked_ns && now - cost->asked_ns < COST_INTERVAL_MS * NS_PER_MS))
		return;
	cost->asked_ns = now;
	cost->asked = ask(cost, KEEPER_SAMPLE);
	if (!cost->asked)
		write_block(cost, c, &nobody);
}

void cost_end(struct cost *cost, struct capture *c)
{
	const struct cost_reply *reply = cost->on ? answer_now(cost) : NULL;

	if (reply)
		write_block(cost, c, reply);
	if (cost->keeper >= 0)
		close(cost->keeper);
	cost->keeper = -1;
}
