/* SPDX-License-Identifier: MIT */
/* The hooks: loading their programs, attaching them, and why one is not there. */
#ifndef WHITHER_HOOKS_H
#define WHITHER_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <bpf/libbpf.h>

#include "args.h"
#include "clsact.h"
#include "devices.h"
#include "record.h"

struct hook {
	uint32_t id;
	const char *name;    /* in captures: DEV:NAME */
	const char *program; /* in the BPF object */
	uint16_t link_type;
	uint16_t direction; /* epb_flags */
	bool attached;	    /* to at least one device */
	const char *how;    /* "tp_btf", "tcx link", "clsact filter"; "" = not at all */
	char reason[192];   /* why it is missing, wholly or on some device */
};

struct hooks {
	struct hook of[WH_HOOK_MAX]; /* index id - 1 */
	struct bpf_object *object;
	struct bpf_link *tracepoints[WH_HOOK_MAX];
	int tcx_links[WH_MAX_SLOTS][WH_HOOK_MAX]; /* file descriptors, -1 = none */
	bool on_device[WH_MAX_SLOTS][WH_HOOK_MAX];
	struct clsact clsact;
};

static inline bool hook_is_tc(uint32_t id)
{
	return id == WH_HOOK_TCX_INGRESS_FIRST || id == WH_HOOK_TCX_INGRESS_LAST ||
	       id == WH_HOOK_TCX_EGRESS_FIRST || id == WH_HOOK_TCX_EGRESS_LAST;
}

/* Loads every program that this kernel takes. Returns 0 when at least one did, else prints and
 * returns -1. */
int hooks_load(struct hooks *h, const struct options *o);
/* The file descriptor of a map of the object; the map is there, or the build is broken. */
int hooks_map(const struct hooks *h, const char *name);
/* Attaches what was loaded; all maps must be filled before. */
void hooks_attach(struct hooks *h, const struct options *o, const struct device *devices,
		  size_t count);
/* Detaches everything and waits until no program runs any more. */
void hooks_detach(struct hooks *h);
void hooks_free(struct hooks *h);
/* Runs that the kernel skipped because the same program was already running on that CPU. */
uint64_t hook_skipped_runs(const struct hooks *h, uint32_t id);

#endif
