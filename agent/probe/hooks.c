// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "hooks.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/membarrier.h>

#include "bpf-link.h"
#include "probe-image.h"
#include "probe-object.h"
#include "trace.h"

/* The map that libbpf makes of the variables. */
#define VARIABLES ".bss"

/* The ring is looked at every few ms; it must not fill before. */
#define WAKE_SHARE 4

#define HOOK(ID, IDENT, NAME, LINKTYPE, DIRECTION) \
	[ID - 1] = { .id = ID,                     \
		     .name = NAME,                 \
		     .program = #IDENT,            \
		     .link_type = LINKTYPE,        \
		     .direction = DIRECTION,       \
		     .how = "" },
static const struct hook CATALOGUE[WH_HOOK_MAX] = { WH_HOOKS(HOOK) };

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

void hook_failed(struct hook *hook, int err, const char *format, ...)
{
	va_list args;
	size_t used;

	va_start(args, format);
	vsnprintf(hook->reason, sizeof(hook->reason), format, args);
	va_end(args);
	used = strlen(hook->reason);
	snprintf(hook->reason + used, sizeof(hook->reason) - used, ": %s%s", strerror(err),
		 advice(err));
	hook->failed = true;
}

void hook_missing(struct hook *hook, int err, const char *why)
{
	snprintf(hook->reason, sizeof(hook->reason), "%s: %s%s", why, strerror(err), advice(err));
}

static void missing(struct hook *hook, const char *why)
{
	snprintf(hook->reason, sizeof(hook->reason), "%s", why);
}

/* What the kernel's BTF says of it. */
struct kernel {
	struct packet_access access; /* by bpf_rdonly_cast() (Linux 6.2), where there is one */
	bool netfilter;		     /* BPF netfilter programs (Linux 6.4) */
};

/* 0 = it is not there. */
static int find_in(const struct btf *btf, const char *name, unsigned kind)
{
	int id = btf ? btf__find_by_name_kind(btf, name, kind) : 0;

	return id > 0 ? id : 0;
}

static const struct kernel *kernel(void)
{
	static struct kernel found;
	static bool asked;
	struct btf *btf;

	if (asked)
		return &found;
	asked = true;
	btf = btf__load_vmlinux_btf();
	found.access.cast_function = find_in(btf, "bpf_rdonly_cast", BTF_KIND_FUNC);
	found.access.cast_type = find_in(btf, CAST_TYPE, BTF_KIND_STRUCT);
	found.netfilter = find_in(btf, "bpf_nf_ctx", BTF_KIND_STRUCT);
	btf__free(btf);
	return &found;
}

/* Hooks that need not be tried. */
static bool hopeless(struct hook *hook)
{
	switch (hook->id) {
	case WH_HOOK_NET_DEV_XMIT:
		missing(hook, "the packet may be freed by then: there is nothing to read");
		return true;
	default:
		break;
	}
	/* libbpf would look for its context in modules, and fail for want of CAP_SYS_ADMIN. */
	if (!strncmp(hook->name, "nf/", 3) && !kernel()->netfilter) {
		missing(hook, "this kernel has no BPF netfilter programs (Linux 6.4 has)");
		return true;
	}
	return false;
}

static bool asked_for(const struct options *o, const struct hook *hook)
{
	return !o->filter.hooks || list_names_hook(o->filter.hooks, hook->name);
}

/* An sk_buff that is freed unseen leaves its address and its head to the next packet, which may
 * well be taken for the same one on another device. So its end is watched, also where nobody asks.
 */
static bool ends_journeys(const struct hook *hook)
{
	return hook->id == WH_HOOK_CONSUME_SKB || hook->id == WH_HOOK_KFREE_SKB;
}

/* What is opened, for all hooks and for each that serves one point or program alone. */
static struct image probe_image, trace_image;

const struct image *hooks_trace_image(void)
{
	return &trace_image;
}

/* Two builds of the same programs: one reads kernel memory through bpf_rdonly_cast(), which costs
 * next to nothing, one without it. */
static int make_images(const struct filter *filter)
{
	struct packet_access access = kernel()->access;
	bool casts = access.cast_function;
	const unsigned char *probe = casts ? PROBE_CASTS : PROBE_PLAIN;
	const unsigned char *probe_end = casts ? PROBE_CASTS_END : PROBE_PLAIN_END;
	const unsigned char *trace = casts ? TRACE_CASTS : TRACE_PLAIN;
	const unsigned char *trace_end = casts ? TRACE_CASTS_END : TRACE_PLAIN_END;

	return image_make(&probe_image, probe, (size_t)(probe_end - probe), filter, access) ||
			       image_make(&trace_image, trace, (size_t)(trace_end - trace), filter,
					  access)
		       ? -1
		       : 0;
}

static struct bpf_object *open_build(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "whither");

	return bpf_object__open_mem(probe_image.bytes, probe_image.size, &opts);
}

/* false: with this factor a device is too far from where it would be looked for first. */
static bool fill_watch(struct wh_config *config, const struct place *where)
{
	memset(config->watch, 0, sizeof(config->watch));
	for (uint32_t slot = 0; slot < where->device_count; slot++) {
		uint32_t ifindex = where->devices[slot].ifindex, step = 0;
		struct wh_watch *w;

		do {
			if (step == WH_WATCH_STEPS)
				return false;
			w = &config->watch[wh_watch_at(config->watch_factor, ifindex, step++)];
		} while (w->ifindex);
		*w = (struct wh_watch){ ifindex, slot };
	}
	return true;
}

struct wh_config hooks_configuration(const struct options *o, const struct place *where)
{
	struct wh_config config = {
		.snaplen = o->snaplen,
		.cpus = (uint32_t)libbpf_num_possible_cpus(),
		.wake_bytes = o->ring_bytes / WAKE_SHARE,
		.netns = where->netns.inode,
		.with_cb = o->cb,
		.frames = trace_frames(o, where),
		.operations = trace_operations(o),
	};

	for (size_t slot = 0; slot < where->device_count; slot++)
		config.ethernet |= (uint64_t)where->devices[slot].ethernet << slot;
	config.mixed = config.ethernet &&
		       (size_t)__builtin_popcountll(config.ethernet) < where->device_count;
	for (size_t i = 0; i < WH_HOOK_MAX; i++)
		if (ends_journeys(&CATALOGUE[i]) && !asked_for(o, &CATALOGUE[i]))
			config.ends_only |= 1ull << CATALOGUE[i].id;
	filter_configure(&o->filter, &config);
	config.watch_factor = 0x9e3779b1; /* 2^32 / golden ratio, and if it will not do, another */
	while (!fill_watch(&config, where))
		config.watch_factor += 0x3c6ef372;
	return config;
}

/* Opens the object with its sizes and constants set; programs not in `mask` (bit id) are left out.
 */
static struct bpf_object *open_object(const struct wh_config *config, unsigned ring_bytes,
				      uint64_t mask)
{
	struct bpf_object *object = open_build();
	struct bpf_map *ring, *notes, *constants;
	struct bpf_program *p;

	if (!object)
		return NULL;
	ring = bpf_object__find_map_by_name(object, "events");
	constants = bpf_object__find_map_by_name(object, ".rodata.config");
	notes = bpf_object__find_map_by_name(object, "notes");
	if (!ring || !notes || !constants || bpf_map__set_max_entries(ring, ring_bytes) ||
	    (!config->operations && bpf_map__set_max_entries(notes, 1)) ||
	    bpf_map__set_initial_value(constants, config, sizeof(*config)))
		goto fail;
	bpf_object__for_each_program(p, object)
	{
		if (strcmp(bpf_program__section_name(p), "netfilter"))
			continue;
		bpf_program__set_type(p, (enum bpf_prog_type)PROG_TYPE_NETFILTER);
		bpf_program__set_expected_attach_type(p,
						      (enum bpf_attach_type)ATTACH_TYPE_NETFILTER);
	}
	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		p = bpf_object__find_program_by_name(object, CATALOGUE[i].program);
		if (p)
			bpf_program__set_autoload(p, mask & (1ull << CATALOGUE[i].id));
	}
	return object;
fail:
	bpf_object__close(object);
	errno = EINVAL;
	return NULL;
}

/* Loads only to see whether that works. Returns 0 or an errno. */
static int try_load(const struct wh_config *config, uint64_t mask)
{
	struct bpf_object *object = open_object(config, (unsigned)sysconf(_SC_PAGESIZE), mask);
	int err = object ? -bpf_object__load(object) : errno;

	bpf_object__close(object);
	return err;
}

/* One program that does not load fails the whole object, and libbpf does not say which: try each
 * alone. Only on kernels where something is missing that is not known beforehand. */
static uint64_t find_loadable(struct hooks *h, const struct wh_config *config, uint64_t all)
{
	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		uint64_t bit = 1ull << h->of[i].id;
		int err = all & bit ? try_load(config, bit) : 0;

		if (!err)
			continue;
		hook_failed(&h->of[i], err, "the kernel refused to load the program");
		all &= ~bit;
	}
	return all;
}

int hooks_load(struct hooks *h, const struct options *o, const struct place *where)
{
	struct wh_config config = hooks_configuration(o, where);
	const struct hook *first = NULL;
	uint64_t all = 0;

	memset(h, 0, sizeof(*h));
	memcpy(h->of, CATALOGUE, sizeof(CATALOGUE));
	h->clsact = CLSACT_NONE;
	if (make_images(&o->filter))
		return -1;
	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		if (hopeless(&h->of[i]))
			continue;
		if (asked_for(o, &h->of[i])) {
			if (trace_serves(&h->of[i])) {
				if (trace_refused()) {
					hook_missing(&h->of[i], trace_refused(),
						     "fentry and fexit are refused");
					functions_missing(&h->of[i]);
				}
				continue;
			}
			all |= 1ull << h->of[i].id;
			first = first ? first : &h->of[i];
			continue;
		}
		missing(&h->of[i], "not asked for (--hooks)");
		h->of[i].ends_only = config.ends_only >> h->of[i].id & 1;
		all |= (uint64_t)h->of[i].ends_only << h->of[i].id;
	}
	_Static_assert(WH_HOOK_MAX < 64, "a bit for each hook");
	h->object = open_object(&config, o->ring_bytes, all);
	if (h->object && !bpf_object__load(h->object))
		return 0;
	bpf_object__close(h->object);
	all = find_loadable(h, &config, all);
	h->object = all & ~config.ends_only ? open_object(&config, o->ring_bytes, all) : NULL;
	if (h->object && !bpf_object__load(h->object))
		return 0;
	bpf_object__close(h->object);
	h->object = NULL;
	fprintf(stderr, "whither-probe: no BPF program loads here: %s\n",
		first ? first->reason : "none was asked for");
	return -1;
}

int hooks_prepare(const struct hooks *h, struct bpf_object *object, const struct wh_config *config)
{
	struct bpf_map *map, *constants = bpf_object__find_map_by_name(object, ".rodata.config"),
			     *variables = bpf_object__find_map_by_name(object, VARIABLES);
	int err = constants ? bpf_map__set_initial_value(constants, config, sizeof(*config))
			    : -EINVAL;

	if (!err && variables)
		err = bpf_map__reuse_fd(variables, hooks_map(h, VARIABLES));
	bpf_object__for_each_map(map, object) if (!err && !bpf_map__is_internal(map)) err =
		bpf_map__reuse_fd(map, hooks_map(h, bpf_map__name(map)));
	return err;
}

struct bpf_object *hooks_open_extra(struct hooks *h, const struct options *o,
				    const struct place *where, const struct hook *hook,
				    uint32_t point, uint32_t step)
{
	struct wh_config config = hooks_configuration(o, where);
	struct bpf_object *object;
	int err;

	config.point = point;
	config.step = step;
	object = open_object(&config, o->ring_bytes, 1ull << hook->id);
	if (!object)
		return NULL;
	err = hooks_prepare(h, object, &config);
	if (!err)
		err = bpf_object__load(object);
	if (!err)
		return object;
	bpf_object__close(object);
	errno = -err;
	return NULL;
}

int hooks_map(const struct hooks *h, const char *name)
{
	return bpf_object__find_map_fd_by_name(h->object, name);
}

int hook_program(const struct hooks *h, const struct hook *hook)
{
	struct bpf_program *p = bpf_object__find_program_by_name(h->object, hook->program);

	return p && bpf_program__autoload(p) ? bpf_program__fd(p) : -1;
}

void hooks_detach(struct hooks *h)
{
	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		bpf_link__destroy(h->tracepoints[i]);
		h->tracepoints[i] = NULL;
	}
	trace_detach(&h->trace);
	while (h->link_count)
		close(h->links[--h->link_count]);
	clsact_detach(&h->clsact);
	/* Programs that began before may still run. They do so under RCU, and this waits for a
	 * grace period: what is counted and what is in the ring then agree for good. */
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(100 * 1000);
}

void hooks_free(struct hooks *h)
{
	trace_free(&h->trace);
	while (h->extra_count)
		bpf_object__close(h->extra[--h->extra_count]);
	bpf_object__close(h->object);
	h->object = NULL;
	image_free(&probe_image);
	image_free(&trace_image);
}

uint64_t hook_skipped_runs(const struct hooks *h, uint32_t id)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = hook_program(h, &h->of[id - 1]);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return functions_skipped_runs(h, id);
	return info.recursion_misses;
}
