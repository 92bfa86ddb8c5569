// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "hooks.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <linux/membarrier.h>

#include "bpf-link.h"
#include "probe-object.h"

/* The ring is looked at every few ms; it must not fill before. */
#define WAKE_SHARE 4

#define HOOK(ID, IDENT, NAME, LINKTYPE, DIRECTION) \
	{ .id = ID,                                \
	  .name = NAME,                            \
	  .program = #IDENT,                       \
	  .link_type = LINKTYPE,                   \
	  .direction = DIRECTION,                  \
	  .how = "" },
static const struct hook CATALOGUE[WH_HOOK_MAX] = { WH_HOOKS(HOOK) };

static __attribute__((format(printf, 2, 3))) void missing(struct hook *hook, const char *format,
							  ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(hook->reason, sizeof(hook->reason), format, args);
	va_end(args);
}

static const char *advice(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return " (it takes CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, and a kernel not locked down against it)";
	case ESRCH:
	case ENOENT:
		return " (this kernel does not have it, or has no BTF)";
	default:
		return "";
	}
}

static void report_load(struct hook *hook, int err)
{
	missing(hook, "the kernel refused to load the program: %s%s", strerror(err), advice(err));
}

/* Opens the object with its sizes and constants set; programs not in `mask` (bit id) are left out.
 */
static struct bpf_object *open_object(const struct options *o, uint32_t mask)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "whither");
	struct bpf_object *object = bpf_object__open_mem(PROBE_OBJECT, probe_object_bytes(), &opts);
	struct wh_config config = {
		.snaplen = o->snaplen,
		.cpus = (uint32_t)libbpf_num_possible_cpus(),
		.wake_bytes = o->ring_bytes / WAKE_SHARE,
	};
	struct bpf_map *ring, *constants;

	if (!object)
		return NULL;
	ring = bpf_object__find_map_by_name(object, "events");
	constants = bpf_object__find_map_by_name(object, ".rodata.config");
	if (!ring || !constants || bpf_map__set_max_entries(ring, o->ring_bytes) ||
	    bpf_map__set_initial_value(constants, &config, sizeof(config)))
		goto fail;
	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		struct bpf_program *p =
			bpf_object__find_program_by_name(object, CATALOGUE[i].program);

		if (!p)
			goto fail;
		bpf_program__set_autoload(p, mask & (1u << CATALOGUE[i].id));
	}
	return object;
fail:
	bpf_object__close(object);
	errno = EINVAL;
	return NULL;
}

/* One program that does not load fails the whole object, and libbpf does not say which: try each
 * alone. Only on kernels where something is missing. */
static uint32_t find_loadable(struct hooks *h, const struct options *o)
{
	uint32_t good = 0;

	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		uint32_t bit = 1u << CATALOGUE[i].id;
		struct bpf_object *alone = open_object(o, bit);
		int err = alone ? -bpf_object__load(alone) : errno;

		if (err)
			report_load(&h->of[i], err);
		else
			good |= bit;
		bpf_object__close(alone);
	}
	return good;
}

int hooks_load(struct hooks *h, const struct options *o)
{
	uint32_t all = ((1u << WH_HOOK_MAX) - 1) << 1;

	memset(h, 0, sizeof(*h));
	memcpy(h->of, CATALOGUE, sizeof(CATALOGUE));
	memset(h->tcx_links, -1, sizeof(h->tcx_links));
	h->clsact = CLSACT_NONE;
	h->object = open_object(o, all);
	if (h->object && !bpf_object__load(h->object))
		return 0;
	bpf_object__close(h->object);
	all = find_loadable(h, o);
	h->object = all ? open_object(o, all) : NULL;
	if (h->object && !bpf_object__load(h->object))
		return 0;
	bpf_object__close(h->object);
	h->object = NULL;
	fprintf(stderr, "whither-probe: no BPF program loads here: %s\n", h->of[0].reason);
	return -1;
}

int hooks_map(const struct hooks *h, const char *name)
{
	return bpf_object__find_map_fd_by_name(h->object, name);
}

/* -1: it was not loaded. */
static int program_fd(const struct hooks *h, const struct hook *hook)
{
	struct bpf_program *p = bpf_object__find_program_by_name(h->object, hook->program);

	return p && bpf_program__autoload(p) ? bpf_program__fd(p) : -1;
}

static void attach_tracepoint(struct hooks *h, struct hook *hook, size_t devices)
{
	struct bpf_link *link =
		bpf_program__attach(bpf_object__find_program_by_name(h->object, hook->program));

	if (!link) {
		missing(hook, "attaching failed: %s%s", strerror(errno), advice(errno));
		return;
	}
	h->tracepoints[hook->id - 1] = link;
	hook->attached = true;
	hook->how = "tp_btf";
	for (size_t d = 0; d < devices; d++)
		h->on_device[d][hook->id - 1] = true;
}

static bool is_ingress(const struct hook *hook)
{
	return hook->direction == 1;
}

static bool is_first(const struct hook *hook)
{
	return hook->id == WH_HOOK_TCX_INGRESS_FIRST || hook->id == WH_HOOK_TCX_EGRESS_FIRST;
}

/* Returns false when this kernel has no tcx at all. */
static bool attach_tcx(struct hooks *h, struct hook *hook, const struct device *devices,
		       size_t count)
{
	int prog = program_fd(h, hook);

	for (size_t d = 0; d < count; d++) {
		int fd =
			tcx_link_create(prog, devices[d].ifindex, is_ingress(hook), is_first(hook));

		if (fd == -EINVAL)
			return false;
		if (fd < 0) {
			missing(hook, "tcx on %s: %s%s", devices[d].name, strerror(-fd),
				advice(-fd));
			continue;
		}
		h->tcx_links[d][hook->id - 1] = fd;
		h->on_device[d][hook->id - 1] = true;
		hook->attached = true;
		hook->how = "tcx link";
	}
	return true;
}

static void attach_clsact(struct hooks *h, uint32_t ids, const struct device *devices, size_t count)
{
	struct clsact_filter filters[WH_MAX_SLOTS * 4];
	size_t n = 0;

	for (size_t d = 0; d < count; d++)
		for (size_t i = 0; i < WH_HOOK_MAX; i++)
			if (ids & (1u << h->of[i].id))
				filters[n++] = (struct clsact_filter){
					.ifindex = devices[d].ifindex,
					.slot = (uint32_t)d,
					.hook = h->of[i].id,
					.prog_fd = program_fd(h, &h->of[i]),
					.ingress = is_ingress(&h->of[i]),
					.first = is_first(&h->of[i]),
				};
	clsact_attach(&h->clsact, filters, n);
	for (size_t i = 0; i < n; i++) {
		struct hook *hook = &h->of[filters[i].hook - 1];

		if (filters[i].error) {
			missing(hook, "clsact filter on %s: %s%s", devices[filters[i].slot].name,
				strerror(filters[i].error), advice(filters[i].error));
			continue;
		}
		h->on_device[filters[i].slot][hook->id - 1] = true;
		hook->attached = true;
		hook->how = "clsact filter";
	}
}

void hooks_attach(struct hooks *h, const struct options *o, const struct device *devices,
		  size_t count)
{
	uint32_t by_clsact = 0;

	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		struct hook *hook = &h->of[i];

		if (program_fd(h, hook) < 0)
			continue;
		if (!hook_is_tc(hook->id))
			attach_tracepoint(h, hook, count);
		else if (o->no_tcx || !attach_tcx(h, hook, devices, count))
			by_clsact |= 1u << hook->id;
	}
	if (by_clsact)
		attach_clsact(h, by_clsact, devices, count);
	for (size_t i = 0; i < WH_HOOK_MAX; i++)
		if (*h->of[i].reason)
			fprintf(stderr, "whither-probe: hook %s %s: %s\n", h->of[i].name,
				h->of[i].attached ? "is incomplete" : "is missing",
				h->of[i].reason);
}

void hooks_detach(struct hooks *h)
{
	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		bpf_link__destroy(h->tracepoints[i]);
		h->tracepoints[i] = NULL;
		for (size_t d = 0; d < WH_MAX_SLOTS; d++) {
			if (h->tcx_links[d][i] >= 0)
				close(h->tcx_links[d][i]);
			h->tcx_links[d][i] = -1;
		}
	}
	clsact_detach(&h->clsact);
	/* Programs that began before may still run. They do so under RCU, and this waits for a
	 * grace period: what is counted and what is in the ring then agree for good. */
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(100 * 1000);
}

void hooks_free(struct hooks *h)
{
	bpf_object__close(h->object);
	h->object = NULL;
}

uint64_t hook_skipped_runs(const struct hooks *h, uint32_t id)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = program_fd(h, &h->of[id - 1]);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return 0;
	return info.recursion_misses;
}
