// SPDX-License-Identifier: MIT
#include "operations.h"

#include <errno.h>
#include <string.h>
#include <bpf/btf.h>

#include "json.h"
#include "probe-object.h"
#include "trace.h"

#define FUNCTION(function, operation, argument) #function,
static const char *const FUNCTIONS[] = { WH_OPERATIONS_BOTH(FUNCTION)
						 WH_OPERATIONS_ENTRY(FUNCTION) };
_Static_assert(sizeof(FUNCTIONS) / sizeof(*FUNCTIONS) == OPERATION_COUNT, "hooks.h");

static bool is_of(const struct bpf_program *p, const char *function)
{
	const char *section = strchr(bpf_program__section_name(p), '/');

	return section && !strcmp(section + 1, function);
}

/* Each has an object of its own: one that does not load must not take the others along. */
static int watch(struct hooks *h, const struct wh_config *config, const char *function)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "whither");
	struct bpf_object *object =
		bpf_object__open_mem(OPERATIONS, (size_t)(OPERATIONS_END - OPERATIONS), &opts);
	struct bpf_program *p;
	int err;

	if (!object)
		return errno;
	bpf_object__for_each_program(p, object) bpf_program__set_autoload(p, is_of(p, function));
	err = hooks_prepare(h, object, config);
	if (!err)
		err = bpf_object__load(object);
	if (!err && !trace_keep(&h->trace, object))
		err = -ENOSPC;
	if (err) {
		bpf_object__close(object);
		return -err;
	}
	bpf_object__for_each_program(p, object)
	{
		struct bpf_link *link;

		if (!bpf_program__autoload(p))
			continue;
		link = bpf_program__attach_trace(p);
		if (!link)
			return errno;
		h->trace.links[h->trace.link_count++] = link;
	}
	return 0;
}

static bool in_kernel(const struct btf *btf, const char *function)
{
	return btf && btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) > 0;
}

void operations_attach(struct hooks *h, const struct options *o, const struct place *where)
{
	struct wh_config config = hooks_configuration(o, where);
	struct btf *btf = btf__load_vmlinux_btf();

	for (size_t i = 0; i < OPERATION_COUNT; i++) {
		struct operation *one = &h->operations[i];
		const char *why = "";
		int err = 0;

		one->function = FUNCTIONS[i];
		if (trace_refused()) {
			why = "fentry and fexit are refused: ";
			err = trace_refused();
		} else if (!trace_operations(o))
			why = "only some hooks were asked for (--hooks)";
		else if (!in_kernel(btf, one->function))
			why = "this kernel has it inlined, or not at all";
		else
			err = watch(h, &config, one->function);
		one->watched = !err && !*why;
		if (err == EBUSY)
			why = "this kernel's copy of it cannot be hooked: ";
		snprintf(one->reason, sizeof(one->reason), "%s%s", why, err ? strerror(err) : "");
	}
	btf__free(btf);
}

void operations_json(FILE *out, const struct hooks *h)
{
	putc('[', out);
	for (size_t i = 0; i < OPERATION_COUNT; i++) {
		const struct operation *one = &h->operations[i];

		fprintf(out, "%s{\"function\":", i ? "," : "");
		json_string(out, FUNCTIONS[i]);
		fprintf(out, ",\"watched\":%s,\"reason\":", one->watched ? "true" : "false");
		json_string(out, one->reason);
		putc('}', out);
	}
	putc(']', out);
}
