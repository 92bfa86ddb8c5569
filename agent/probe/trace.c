// SPDX-License-Identifier: MIT
#include "trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

/* Where the programs of one kind hang, and the two hooks that they have. */
struct kind {
	enum attach_point at;
	uint32_t entry; /* the exit's id is the next */
	bool tc;
	const char *none; /* why there is no hook when there is no such program */
};
static const struct kind KINDS[] = {
	{ ATTACHED_XDP, WH_HOOK_XDP_FENTRY, false,
	  "no XDP program was on a watched device at start" },
	{ ATTACHED_XDP_GENERIC, WH_HOOK_XDPGENERIC_FENTRY, false,
	  "no XDP program in generic mode was on a watched device at start" },
	{ ATTACHED_TC_INGRESS, WH_HOOK_TC_INGRESS_FENTRY, true,
	  "no BPF program of a clsact filter was on a watched device at start" },
	{ ATTACHED_TC_EGRESS, WH_HOOK_TC_EGRESS_FENTRY, true,
	  "no BPF program of a clsact filter was on a watched device at start" },
};
#define KIND_COUNT (sizeof(KINDS) / sizeof(*KINDS))
_Static_assert(WH_HOOK_XDP_FEXIT == WH_HOOK_XDP_FENTRY + 1 &&
		       WH_HOOK_XDPGENERIC_FEXIT == WH_HOOK_XDPGENERIC_FENTRY + 1 &&
		       WH_HOOK_TC_INGRESS_FEXIT == WH_HOOK_TC_INGRESS_FENTRY + 1 &&
		       WH_HOOK_TC_EGRESS_FEXIT == WH_HOOK_TC_EGRESS_FENTRY + 1,
	       "entry and exit are neighbours");

static const struct kind *kind_of(uint32_t hook)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (hook == KINDS[i].entry || hook == KINDS[i].entry + 1)
			return &KINDS[i];
	return NULL;
}

bool trace_serves(const struct hook *hook)
{
	return kind_of(hook->id) || (functions_serve(hook->id) && strncmp(hook->name, "nf/", 3));
}

int trace_refused(void)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static int answer = -1;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY);
	struct btf *btf;
	int function, fd;

	if (answer >= 0)
		return answer;
	if (getenv("WHITHER_NO_FENTRY"))
		return answer = EPERM;
	btf = btf__load_vmlinux_btf();
	function = btf ? btf__find_by_name_kind(btf, SOME_FUNCTION, BTF_KIND_FUNC) : -ENOENT;
	btf__free(btf);
	if (function < 0)
		return answer = ENOENT;
	opts.attach_btf_id = (uint32_t)function;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "whither", "GPL", nothing,
			   sizeof(nothing) / sizeof(*nothing), &opts);
	answer = fd < 0 ? -fd : 0;
	if (fd >= 0)
		close(fd);
	return answer;
}

/* Entry and exit go together: what a program did is the difference. */
static bool asked_for(const struct options *o, const struct hooks *h, const struct kind *kind)
{
	return !o->filter.hooks || list_names_hook(o->filter.hooks, h->of[kind->entry - 1].name) ||
	       list_names_hook(o->filter.hooks, h->of[kind->entry].name);
}

bool trace_frames(const struct options *o, const struct place *where)
{
	if (trace_refused() ||
	    (o->filter.hooks && !list_names_hook(o->filter.hooks, "xdp@fentry") &&
	     !list_names_hook(o->filter.hooks, "xdpgeneric@fentry")))
		return false;
	for (size_t i = 0; i < where->programs.count; i++)
		if (where->programs.of[i].at == ATTACHED_XDP ||
		    where->programs.of[i].at == ATTACHED_XDP_GENERIC)
			return true;
	return false;
}

bool trace_operations(const struct options *o)
{
	return !o->filter.hooks && !trace_refused();
}

/* What the next program to be loaded hooks on to. libbpf would look it up by a name, for which it
 * takes privileges that are given up by then. */
static const struct program *target;

static int aim(struct bpf_program *p, struct bpf_prog_load_opts *opts, long cookie)
{
	(void)p, (void)cookie;
	opts->attach_prog_fd = (uint32_t)target->fd;
	opts->attach_btf_id = target->btf_id;
	return 0;
}

static int register_sections(void)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = aim);
	static bool done;
	int err;

	if (done)
		return 0;
	err = libbpf_register_prog_handler("program_entry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY,
					   &opts);
	if (err >= 0)
		err = libbpf_register_prog_handler("program_exit", BPF_PROG_TYPE_TRACING,
						   BPF_TRACE_FEXIT, &opts);
	done = err >= 0;
	return err < 0 ? err : 0;
}

struct bpf_object *trace_open(void)
{
	const struct image *image = hooks_trace_image();
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "whither");
	struct bpf_object *object;
	struct bpf_program *p;

	if (register_sections())
		return NULL;
	object = bpf_object__open_mem(image->bytes, image->size, &opts);
	if (object)
		bpf_object__for_each_program(p, object) bpf_program__set_autoload(p, false);
	return object;
}

static struct bpf_object *open_for(struct hooks *h, const struct wh_config *config,
				   const struct kind *kind)
{
	struct bpf_object *object = trace_open();
	int err;

	if (!object)
		return NULL;
	for (uint32_t id = kind->entry; id <= kind->entry + 1; id++)
		bpf_program__set_autoload(
			bpf_object__find_program_by_name(object, h->of[id - 1].program), true);
	err = hooks_prepare(h, object, config);
	if (!err)
		err = bpf_object__load(object);
	if (!err)
		return object;
	bpf_object__close(object);
	errno = -err;
	return NULL;
}

bool trace_keep(struct trace *t, struct bpf_object *object)
{
	if (t->object_count == TRACE_OBJECTS)
		return false;
	t->objects[t->object_count++] = object;
	return true;
}

/* What hangs in one place, on one device or several: they share the two programs that watch it. */
struct group {
	const struct kind *kind;
	const struct program *program;
	uint64_t slots;
	unsigned position; /* in its chain */
};

/* Where in kernel order the program's entry is; its exit is one further. 0: the chain is too long.
 * clsact filters run behind tcx, and where there is none the probe's own are first and last. */
static uint32_t step_in_chain(const struct hooks *h, const struct group *g)
{
	bool ingress = g->kind->at == ATTACHED_TC_INGRESS;
	uint32_t first = ingress ? WH_STEP_TCX_INGRESS_FIRST : WH_STEP_TCX_EGRESS_FIRST;
	uint32_t last = ingress ? WH_STEP_TCX_INGRESS_LAST : WH_STEP_TCX_EGRESS_LAST;
	uint32_t id = ingress ? WH_HOOK_TCX_INGRESS_FIRST : WH_HOOK_TCX_EGRESS_FIRST;
	bool behind_tcx = !strcmp(h->of[id - 1].how, "tcx link");
	uint32_t behind = ingress ? WH_STEP_NF_PREROUTING : WH_STEP_NET_DEV_QUEUE;
	uint32_t step = (behind_tcx ? last : first) + 1 + 2 * g->position;

	return step + 1 < (behind_tcx ? behind : last) ? step : 0;
}

static void name_points(struct hooks *h, const struct group *g, uint32_t point)
{
	for (uint32_t exit = 0; exit < 2; exit++)
		for (uint32_t slot = 0; slot < WH_MAX_SLOTS; slot++) {
			struct hook *hook = &h->of[g->kind->entry + exit - 1];
			struct point *p = &h->points[point];

			if (!(g->slots >> slot & 1))
				continue;
			p->slot = slot;
			p->hook = hook->id;
			if (g->kind->tc)
				snprintf(p->name, sizeof(p->name), "%s:%.*s#%u", hook->name,
					 PROGRAM_NAME_SHOWN, g->program->name, g->program->id);
			else
				snprintf(p->name, sizeof(p->name), "%.*s()@%s", PROGRAM_NAME_SHOWN,
					 g->program->name, exit ? "fexit" : "fentry");
			hook->attached = true;
			hook->how = exit ? "fexit" : "fentry";
			point++;
		}
}

static void fail(struct hooks *h, const struct group *g, int err, const char *what)
{
	for (uint32_t exit = 0; exit < 2; exit++)
		hook_failed(&h->of[g->kind->entry + exit - 1], err, "%s program %s#%u", what,
			    g->program->name, g->program->id);
}

static void watch(struct hooks *h, const struct options *o, const struct place *where,
		  const struct group *g)
{
	struct wh_config config = hooks_configuration(o, where);
	uint32_t points = 2 * (uint32_t)__builtin_popcountll(g->slots);
	struct bpf_object *object;
	struct bpf_program *p;

	if (g->program->fd < 0 || !g->program->btf_id)
		return fail(h, g, ENOENT, "no BTF of");
	config.slots = g->slots;
	config.program = g->program->id;
	config.step = g->kind->tc ? step_in_chain(h, g) : 0;
	if ((g->kind->tc && !config.step) || h->extra_points + points > WH_EXTRA_POINTS)
		return fail(h, g, ENOSPC, "too many programs:");
	config.point = WH_FIXED_POINTS + h->extra_points;
	target = g->program;
	object = open_for(h, &config, g->kind);
	if (!object)
		return fail(h, g, errno, "loading for");
	if (!trace_keep(&h->trace, object)) {
		bpf_object__close(object);
		return fail(h, g, ENOSPC, "too many programs:");
	}
	bpf_object__for_each_program(p, object)
	{
		struct bpf_link *link;

		if (!bpf_program__autoload(p))
			continue;
		link = bpf_program__attach_trace(p);
		if (!link)
			return fail(h, g, errno, "attaching to");
		h->trace.links[h->trace.link_count++] = link;
	}
	h->extra_points += points;
	name_points(h, g, config.point);
}

/* How many programs of the same place come before. */
static unsigned position_of(const struct programs *all, size_t at)
{
	unsigned position = 0;

	for (size_t i = 0; i < at; i++)
		position += all->of[i].slot == all->of[at].slot && all->of[i].at == all->of[at].at;
	return position;
}

static bool same(const struct programs *all, size_t a, size_t b)
{
	return all->of[a].id == all->of[b].id && all->of[a].at == all->of[b].at &&
	       position_of(all, a) == position_of(all, b);
}

static void watch_kind(struct hooks *h, const struct options *o, const struct place *where,
		       const struct kind *kind)
{
	const struct programs *all = &where->programs;

	for (size_t i = 0; i < all->count; i++) {
		struct group g = {
			.kind = kind,
			.program = &all->of[i],
			.position = position_of(all, i),
		};
		bool first = true;

		if (all->of[i].at != kind->at)
			continue;
		for (size_t k = 0; k < all->count; k++)
			if (same(all, i, k)) {
				first = first && k >= i;
				g.slots |= 1ull << all->of[k].slot;
			}
		if (first)
			watch(h, o, where, &g);
	}
}

void trace_attach(struct hooks *h, const struct options *o, const struct place *where)
{
	int err;

	if (trace_refused())
		return;
	err = register_sections();
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = &KINDS[i];
		struct hook *entry = &h->of[kind->entry - 1], *exit = entry + 1;

		if (!asked_for(o, h, kind))
			continue;
		if (err) {
			hook_failed(entry, -err, "libbpf");
			hook_failed(exit, -err, "libbpf");
			continue;
		}
		watch_kind(h, o, where, kind);
		for (struct hook *hook = entry; hook <= exit; hook++)
			if (!hook->attached && !hook->failed)
				snprintf(hook->reason, sizeof(hook->reason), "%s", kind->none);
	}
}

void trace_detach(struct trace *t)
{
	while (t->link_count)
		bpf_link__destroy(t->links[--t->link_count]);
}

void trace_free(struct trace *t)
{
	while (t->object_count)
		bpf_object__close(t->objects[--t->object_count]);
}
