/* SPDX-License-Identifier: MIT */
/* Hooks that need trampolines (fentry, fexit): the entry and exit of somebody's programs. */
#ifndef WHITHER_TRACE_H
#define WHITHER_TRACE_H

#include <stdio.h>

#include "hooks.h"

/* Any function of the kernel that is never inlined. */
#define SOME_FUNCTION "consume_skb"

/* Whether this kernel lets fentry programs load: 0, or an errno. Asked once. */
int trace_refused(void);
/* Whether operations of the kernel will be watched. */
bool trace_operations(const struct options *o);
/* Whether programs of XDP will be watched, so that packets are known before they have an sk_buff.
 */
bool trace_frames(const struct options *o, const struct place *where);
/* Whether a hook is attached here and not by hooks_attach(). */
bool trace_serves(const struct hook *hook);
/* Loads and attaches, unless refused; for after the other hooks. What is missing has its reason in
 * h->of. */
void trace_attach(struct hooks *h, const struct options *o, const struct place *where);
/* The object with the filter in force, none of its programs to be loaded yet. NULL and errno. */
struct bpf_object *trace_open(void);
/* Whether functions of the kernel are the hook, or can stand in for it. */
bool functions_serve(uint32_t hook);
/* Of a hook that is missing because fentry is refused: the same of kprobe.multi, when it is. */
void functions_missing(struct hook *hook);
/* Attaches functions for the hooks that are not attached yet. */
void functions_attach(struct hooks *h, const struct options *o, const struct place *where);
/* As hook_skipped_runs(). */
uint64_t functions_skipped_runs(const struct hooks *h, uint32_t hook);
/* Loads and attaches what watches operations; each that cannot be watched has its reason. */
void operations_attach(struct hooks *h, const struct options *o, const struct place *where);
/* [{"function","watched","reason"}] */
void operations_json(FILE *out, const struct hooks *h);
/* Takes over an object; false: there are too many. */
bool trace_keep(struct trace *t, struct bpf_object *object);
void trace_detach(struct trace *t);
void trace_free(struct trace *t);

#endif
