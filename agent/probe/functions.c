// SPDX-License-Identifier: MIT
#include "functions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "trace.h"

enum way {
	BY_FENTRY,
	BY_KPROBE_MULTI,
	WAYS
};
static const char *const WAY_NAMES[WAYS] = { "fentry", "kprobe.multi" };

static const struct {
	const char *name;
	const char *programs[WAYS];
	uint32_t hook;
} FUNCTIONS[] = {
#define FUNCTION(function, HOOK_NAME, raw, argument, device) \
	{ #function, { "on_" #function, "multi_" #function }, WH_HOOK_##HOOK_NAME },
	WH_FUNCTIONS(FUNCTION)
#undef FUNCTION
};
#define FUNCTION_COUNT (sizeof(FUNCTIONS) / sizeof(*FUNCTIONS))
_Static_assert(FUNCTION_COUNT <= 32, "a bit for each");

bool functions_serve(uint32_t hook)
{
	for (size_t i = 0; i < FUNCTION_COUNT; i++)
		if (FUNCTIONS[i].hook == hook)
			return true;
	return false;
}

static struct bpf_link *link_multi(const struct bpf_program *p, const char *function)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = &function, .cnt = 1);

	return bpf_program__attach_kprobe_multi_opts(p, NULL, &opts);
}

/* Whether this kernel lets kprobe.multi programs attach: 0, or an errno. Asked once. */
static int multi_refused(void)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static int answer = -1;
	static const char *function = SOME_FUNCTION;
	LIBBPF_OPTS(bpf_prog_load_opts, load_opts, .expected_attach_type = BPF_TRACE_KPROBE_MULTI);
	LIBBPF_OPTS(bpf_link_create_opts, link_opts, .kprobe_multi.syms = &function,
		    .kprobe_multi.cnt = 1);
	int program, link;

	if (answer >= 0)
		return answer;
	program = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "whither", "GPL", nothing,
				sizeof(nothing) / sizeof(*nothing), &load_opts);
	if (program < 0)
		return answer = -program;
	link = bpf_link_create(program, 0, BPF_TRACE_KPROBE_MULTI, &link_opts);
	answer = link < 0 ? -link : 0;
	if (link >= 0)
		close(link);
	close(program);
	return answer;
}

void functions_missing(struct hook *hook)
{
	size_t used = strlen(hook->reason);

	if (functions_serve(hook->id) && multi_refused())
		snprintf(hook->reason + used, sizeof(hook->reason) - used,
			 "; so is kprobe.multi: %s", strerror(multi_refused()));
}

/* Opens and loads the programs in `mask`. Returns 0 or a negative errno. */
static int load(struct hooks *h, const struct wh_config *config, enum way way, uint32_t mask,
		struct bpf_object **object)
{
	int err;

	*object = trace_open();
	if (!*object)
		return -errno;
	for (size_t i = 0; i < FUNCTION_COUNT; i++)
		bpf_program__set_autoload(
			bpf_object__find_program_by_name(*object, FUNCTIONS[i].programs[way]),
			mask & 1u << i);
	err = hooks_prepare(h, *object, config);
	if (!err)
		err = bpf_object__load(*object);
	if (!err)
		return 0;
	bpf_object__close(*object);
	*object = NULL;
	return err;
}

/* Those that are attached have their hook on all devices. */
static void attach(struct hooks *h, const struct place *where, struct bpf_object *object,
		   enum way way, uint32_t mask)
{
	if (!trace_keep(&h->trace, object)) {
		bpf_object__close(object);
		return;
	}
	for (size_t i = 0; i < FUNCTION_COUNT; i++) {
		struct hook *hook = &h->of[FUNCTIONS[i].hook - 1];
		struct bpf_program *p =
			bpf_object__find_program_by_name(object, FUNCTIONS[i].programs[way]);
		struct bpf_link *link;

		if (!(mask & 1u << i))
			continue;
		link = way == BY_FENTRY ? bpf_program__attach_trace(p)
					: link_multi(p, FUNCTIONS[i].name);
		if (!link) {
			hook_failed(hook, errno, "%s", FUNCTIONS[i].name);
			continue;
		}
		h->trace.links[h->trace.link_count++] = link;
		hook_on_all_devices(h, hook, where->device_count, WAY_NAMES[way]);
		if (!hook->failed) /* why it is not there in a better way */
			*hook->reason = '\0';
	}
}

/* The functions of hooks that are asked for and have no better way; of those that the kernel does
 * not have, the hook has the reason. */
static uint32_t wanted(struct hooks *h, const struct options *o)
{
	struct btf *btf = btf__load_vmlinux_btf();
	uint32_t mask = 0;

	for (size_t i = 0; i < FUNCTION_COUNT; i++) {
		struct hook *hook = &h->of[FUNCTIONS[i].hook - 1];

		if (hook->attached ||
		    (o->filter.hooks && !list_names_hook(o->filter.hooks, hook->name)))
			continue;
		if (btf && btf__find_by_name_kind(btf, FUNCTIONS[i].name, BTF_KIND_FUNC) > 0)
			mask |= 1u << i;
		else
			hook_failed(hook, ENOENT, "no function %s", FUNCTIONS[i].name);
	}
	btf__free(btf);
	return mask;
}

void functions_attach(struct hooks *h, const struct options *o, const struct place *where)
{
	struct wh_config config = hooks_configuration(o, where);
	enum way way = trace_refused() ? BY_KPROBE_MULTI : BY_FENTRY;
	uint32_t mask = trace_refused() && multi_refused() ? 0 : wanted(h, o);
	struct bpf_object *object;
	int err = mask ? load(h, &config, way, mask, &object) : 0;

	if (mask && !err)
		attach(h, where, object, way, mask);
	/* libbpf does not say which one does not load: each alone. */
	for (size_t i = 0; err && i < FUNCTION_COUNT; i++) {
		int alone = mask & 1u << i ? load(h, &config, way, 1u << i, &object) : 0;

		if (alone)
			hook_failed(&h->of[FUNCTIONS[i].hook - 1], -alone, "%s", FUNCTIONS[i].name);
		else if (mask & 1u << i)
			attach(h, where, object, way, 1u << i);
	}
}

uint64_t functions_skipped_runs(const struct hooks *h, uint32_t hook)
{
	uint64_t skipped = 0;

	for (size_t n = 0; n < h->trace.object_count; n++)
		for (size_t i = 0; i < FUNCTION_COUNT * WAYS; i++) {
			struct bpf_program *p =
				FUNCTIONS[i / WAYS].hook == hook
					? bpf_object__find_program_by_name(
						  h->trace.objects[n],
						  FUNCTIONS[i / WAYS].programs[i % WAYS])
					: NULL;
			struct bpf_prog_info info = { 0 };
			uint32_t size = sizeof(info);

			if (p && bpf_program__autoload(p) &&
			    !bpf_obj_get_info_by_fd(bpf_program__fd(p), &info, &size))
				skipped += info.recursion_misses;
		}
	return skipped;
}
