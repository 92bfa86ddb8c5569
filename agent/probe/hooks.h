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
#include "place.h"
#include "probe-image.h"
#include "record.h"

struct hook {
	uint32_t id;
	const char *name;    /* in captures: DEV:NAME */
	const char *program; /* in the BPF object */
	uint16_t link_type;
	uint16_t direction; /* epb_flags */
	bool attached;	    /* to at least one device */
	const char *how;    /* "tp_btf", "tcx link", …; "" = not at all */
	bool failed;	    /* it should be there, wholly or on some device */
	bool ends_only;	    /* not asked for, and tells nothing: it ends journeys */
	char reason[224];   /* why it is missing */
};

#define POINT_NAME_BYTES 64

/* One hook on one device: an interface of the capture. */
struct point {
	uint32_t slot;
	uint32_t hook;		     /* 0 = not attached there */
	char name[POINT_NAME_BYTES]; /* behind the device and a colon */
};

#define LINKS_MAX 1024u
/* Programs of others that can be watched at their entry and exit. */
#define TRACE_OBJECTS 64u

/* For trace.c. */
struct trace {
	struct bpf_object *objects[TRACE_OBJECTS];
	size_t object_count;
	struct bpf_link *links[TRACE_OBJECTS * 2];
	size_t link_count;
};

/* A function of the kernel that does something to metadata (operations.h). */
struct operation {
	const char *function;
	bool watched;
	char reason[128]; /* why it is not */
};
#define OPERATION_COUNT 11

struct hooks {
	struct hook of[WH_HOOK_MAX]; /* index id - 1 */
	struct bpf_object *object;
	struct bpf_link *tracepoints[WH_HOOK_MAX];
	int links[LINKS_MAX]; /* file descriptors of the others */
	size_t link_count;
	struct bpf_object *extra[WH_EXTRA_POINTS]; /* programs that serve one point alone */
	size_t extra_count;
	uint32_t extra_points; /* in use behind WH_FIXED_POINTS */
	struct trace trace;
	struct operation operations[OPERATION_COUNT];
	struct point points[WH_POINTS]; /* index: the point */
	struct clsact clsact;
};

/* Loads every program that this kernel takes. Returns 0 when at least one did, else prints and
 * returns -1. */
int hooks_load(struct hooks *h, const struct options *o, const struct place *where);
/* The file descriptor of a map of the object; the map is there, or the build is broken. */
int hooks_map(const struct hooks *h, const char *name);
/* Attaches what was loaded. */
void hooks_attach(struct hooks *h, const struct options *o, const struct place *where);
/* Detaches everything and waits until no program runs any more. */
void hooks_detach(struct hooks *h);
void hooks_free(struct hooks *h);
/* Runs that the kernel skipped because the same program was already running on that CPU. */
uint64_t hook_skipped_runs(const struct hooks *h, uint32_t id);

/* For attach.c: what went wrong, as printf, with an errno. */
void hook_failed(struct hook *hook, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same where it was not to be expected that it works. */
void hook_missing(struct hook *hook, int err, const char *why);
/* What every program of the probe is told. */
struct wh_config hooks_configuration(const struct options *o, const struct place *where);
/* The object of trace.bpf.c for this kernel, with the filter in it. */
const struct image *hooks_trace_image(void);
/* Gives an object that is open its constants and the maps of the first. Returns 0 or a negative
 * errno. */
int hooks_prepare(const struct hooks *h, struct bpf_object *object, const struct wh_config *config);
/* The hook is attached to all devices at once. */
void hook_on_all_devices(struct hooks *h, struct hook *hook, size_t devices, const char *how);
/* The file descriptor of its program, -1: it was not loaded. */
int hook_program(const struct hooks *h, const struct hook *hook);
/* Opens the object once more for one program that serves one point alone, with the maps of the
 * first. NULL and errno when it cannot be loaded. */
struct bpf_object *hooks_open_extra(struct hooks *h, const struct options *o,
				    const struct place *where, const struct hook *hook,
				    uint32_t point, uint32_t step);

#endif
