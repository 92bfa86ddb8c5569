// SPDX-License-Identifier: MIT
/* Attaching: one function for each way, best first. */
#include "hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <linux/netfilter.h>

#include "bpf-link.h"
#include "trace.h"

/* The first and last priorities of netfilter are its own. Another BPF program may have the ones
 * next to them: then the next. */
#define NF_PRIORITY_EDGE  INT_MAX
#define NF_PRIORITY_TRIES 16

static bool keep_link(struct hooks *h, int fd)
{
	if (h->link_count == LINKS_MAX) {
		close(fd);
		return false;
	}
	h->links[h->link_count++] = fd;
	return true;
}

static void on_device(struct hooks *h, struct hook *hook, size_t slot, const char *how)
{
	struct point *p = &h->points[slot * WH_HOOK_STRIDE + hook->id];

	p->slot = (uint32_t)slot;
	p->hook = hook->id;
	snprintf(p->name, sizeof(p->name), "%s", hook->name);
	hook->attached = true;
	hook->how = how;
}

void hook_on_all_devices(struct hooks *h, struct hook *hook, size_t devices, const char *how)
{
	for (size_t slot = 0; slot < devices; slot++)
		on_device(h, hook, slot, how);
}

static void attach_tracepoint(struct hooks *h, struct hook *hook, size_t devices)
{
	struct bpf_link *link =
		bpf_program__attach(bpf_object__find_program_by_name(h->object, hook->program));

	if (!link) {
		hook_failed(hook, errno, "attaching failed");
		return;
	}
	h->tracepoints[hook->id - 1] = link;
	if (!hook->ends_only)
		hook_on_all_devices(h, hook, devices, "tp_btf");
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
static bool attach_tcx(struct hooks *h, struct hook *hook, const struct place *where)
{
	int prog = hook_program(h, hook);

	for (size_t d = 0; d < where->device_count; d++) {
		const struct device *device = &where->devices[d];
		int fd = tcx_link_create(prog, device->ifindex, is_ingress(hook), is_first(hook));

		if (fd == -EINVAL)
			return false;
		if (fd < 0)
			hook_failed(hook, -fd, "tcx on %s", device->name);
		else if (keep_link(h, fd))
			on_device(h, hook, d, "tcx link");
	}
	return true;
}

/* An observer behind one program of a chain. */
static int observe_after(struct hooks *h, const struct options *o, const struct place *where,
			 struct hook *hook, const struct program *program, unsigned position)
{
	uint32_t point = WH_FIXED_POINTS + h->extra_points;
	uint32_t step = (is_ingress(hook) ? WH_STEP_TCX_INGRESS_FIRST : WH_STEP_TCX_EGRESS_FIRST) +
			position;
	struct point *p = &h->points[point];
	struct bpf_object *object;
	int fd;

	_Static_assert(WH_STEP_TCX_INGRESS_FIRST + CHAIN_MAX < WH_STEP_TCX_INGRESS_LAST &&
			       WH_STEP_TCX_EGRESS_FIRST + CHAIN_MAX < WH_STEP_TCX_EGRESS_LAST,
		       "room for a chain");
	if (h->extra_points == WH_EXTRA_POINTS)
		return -ENOSPC;
	object = hooks_open_extra(h, o, where, hook, point, step);
	if (!object)
		return -errno;
	fd = tcx_link_create_after(
		bpf_program__fd(bpf_object__find_program_by_name(object, hook->program)),
		where->devices[program->slot].ifindex, is_ingress(hook), program->id);
	if (fd < 0 || !keep_link(h, fd)) {
		bpf_object__close(object);
		return fd < 0 ? fd : -ENOSPC;
	}
	h->extra[h->extra_count++] = object;
	h->extra_points++;
	p->slot = program->slot;
	p->hook = hook->id;
	snprintf(p->name, sizeof(p->name), "%s:%s#%u", hook->name, program->name, program->id);
	hook->attached = true;
	hook->how = "tcx link";
	return 0;
}

/* Behind every program of a chain but its last: what that leaves is seen by the hook @last. */
static void attach_between(struct hooks *h, const struct options *o, const struct place *where,
			   struct hook *hook)
{
	enum attach_point at = is_ingress(hook) ? ATTACHED_TCX_INGRESS : ATTACHED_TCX_EGRESS;
	const struct programs *all = &where->programs;
	unsigned position = 0;

	for (size_t i = 0; i + 1 < all->count; i++) {
		const struct program *one = &all->of[i], *next = one + 1;
		int err;

		position = i && all->of[i - 1].slot == one->slot && all->of[i - 1].at == at
				   ? position + 1
				   : 1;
		if (one->at != at || next->at != at || next->slot != one->slot)
			continue;
		err = observe_after(h, o, where, hook, one, position);
		if (err)
			hook_failed(hook, -err, "behind program %u on %s", one->id,
				    where->devices[one->slot].name);
	}
	if (!hook->attached && !*hook->reason)
		snprintf(hook->reason, sizeof(hook->reason),
			 "no chain of two or more programs was there at start");
}

static void attach_clsact(struct hooks *h, uint64_t ids, const struct place *where)
{
	struct clsact_filter filters[WH_MAX_SLOTS * 4];
	size_t n = 0;

	for (size_t d = 0; d < where->device_count; d++)
		for (size_t i = 0; i < WH_HOOK_MAX; i++)
			if (ids & (1ull << h->of[i].id))
				filters[n++] = (struct clsact_filter){
					.ifindex = where->devices[d].ifindex,
					.slot = (uint32_t)d,
					.hook = h->of[i].id,
					.prog_fd = hook_program(h, &h->of[i]),
					.ingress = is_ingress(&h->of[i]),
					.first = is_first(&h->of[i]),
				};
	clsact_attach(&h->clsact, filters, n);
	for (size_t i = 0; i < n; i++) {
		struct hook *hook = &h->of[filters[i].hook - 1];

		if (filters[i].error)
			hook_failed(hook, filters[i].error, "clsact filter on %s",
				    where->devices[filters[i].slot].name);
		else
			on_device(h, hook, filters[i].slot, "clsact filter");
	}
}

static int netfilter_link(int prog, uint32_t family, uint32_t hook, bool first)
{
	int fd = -EBUSY;

	for (int i = 1; i <= NF_PRIORITY_TRIES && fd == -EBUSY; i++)
		fd = netfilter_link_create(prog, family, hook,
					   first ? i - NF_PRIORITY_EDGE : NF_PRIORITY_EDGE - i);
	return fd;
}

static void attach_netfilter(struct hooks *h, struct hook *hook, size_t devices)
{
	static const struct {
		uint32_t id;
		uint32_t number;
		bool first; /* before rules and programs, else after */
	} AT[] = {
		{ WH_HOOK_NF_PREROUTING, NF_INET_PRE_ROUTING, true },
		{ WH_HOOK_NF_LOCAL_IN, NF_INET_LOCAL_IN, false },
		{ WH_HOOK_NF_FORWARD, NF_INET_FORWARD, true },
		{ WH_HOOK_NF_LOCAL_OUT, NF_INET_LOCAL_OUT, true },
		{ WH_HOOK_NF_POSTROUTING, NF_INET_POST_ROUTING, false },
	};
	static const struct {
		uint32_t number;
		const char *name;
	} FAMILIES[] = { { NFPROTO_IPV4, "IPv4" }, { NFPROTO_IPV6, "IPv6" } };

	for (size_t i = 0; i < sizeof(AT) / sizeof(*AT); i++)
		for (size_t f = 0; AT[i].id == hook->id && f < 2; f++) {
			int fd = netfilter_link(hook_program(h, hook), FAMILIES[f].number,
						AT[i].number, AT[i].first);

			if (fd < 0)
				hook_failed(hook, -fd, "netfilter link for %s", FAMILIES[f].name);
			else if (keep_link(h, fd))
				hook_on_all_devices(h, hook, devices, "netfilter link");
		}
}

/* The root of the cgroup v2 hierarchy, or -1. */
static int open_cgroup_root(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *m;
	int fd = -1;

	if (!mounts)
		return -1;
	while (fd < 0 && (m = getmntent(mounts)))
		if (!strcmp(m->mnt_type, "cgroup2"))
			fd = open(m->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	endmntent(mounts);
	return fd;
}

static void attach_cgroup(struct hooks *h, struct hook *hook, size_t devices)
{
	enum bpf_attach_type type =
		is_ingress(hook) ? BPF_CGROUP_INET_INGRESS : BPF_CGROUP_INET_EGRESS;
	int root = open_cgroup_root(), fd;

	if (root < 0) {
		snprintf(hook->reason, sizeof(hook->reason),
			 "no cgroup v2 hierarchy is mounted here");
		return;
	}
	fd = bpf_link_create(hook_program(h, hook), root, type, NULL);
	close(root);
	if (fd < 0)
		hook_failed(hook, -fd, "cgroup link");
	else if (keep_link(h, fd))
		hook_on_all_devices(h, hook, devices, "cgroup link");
}

static bool begins(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

void hooks_attach(struct hooks *h, const struct options *o, const struct place *where)
{
	size_t devices = where->device_count;
	uint64_t by_clsact = 0;

	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		struct hook *hook = &h->of[i];

		if (hook_program(h, hook) < 0)
			continue;
		if (hook->id == WH_HOOK_TCX_INGRESS_AFTER || hook->id == WH_HOOK_TCX_EGRESS_AFTER)
			attach_between(h, o, where, hook);
		else if (begins(hook->name, "nf/"))
			attach_netfilter(h, hook, devices);
		else if (begins(hook->name, "cgroup_skb/"))
			attach_cgroup(h, hook, devices);
		else if (!begins(hook->name, "tcx/"))
			attach_tracepoint(h, hook, devices);
		else if (o->no_tcx || !attach_tcx(h, hook, where))
			by_clsact |= 1ull << hook->id;
	}
	if (by_clsact)
		attach_clsact(h, by_clsact, where);
	trace_attach(h, o, where);
	functions_attach(h, o, where);
	operations_attach(h, o, where);
	for (size_t i = 0; i < WH_HOOK_MAX; i++)
		if (h->of[i].failed)
			fprintf(stderr, "whither-probe: hook %s %s: %s\n", h->of[i].name,
				h->of[i].attached ? "is incomplete" : "is missing",
				h->of[i].reason);
}
