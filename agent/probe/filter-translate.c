// SPDX-License-Identifier: MIT
#include "filter-translate.h"

#include <errno.h>
#include <stdlib.h>

#include "filter-emit.h"
#include "filter.h"
#include "record.h"

/* By so much a tag moves what is behind it. */
#define TAG_BYTES 4

static void translate_load(struct translation *t, const struct sock_filter *c)
{
	int into = BPF_CLASS(c->code) == BPF_LD ? A : X;

	if (into == X)
		forget_x(t);
	switch (BPF_MODE(c->code)) {
	case BPF_ABS:
		load_absolute(t, BPF_SIZE(c->code), c->k, A);
		return;
	case BPF_IND:
		load_indirect(t, BPF_SIZE(c->code), c->k);
		return;
	case BPF_MSH:
		load_absolute(t, BPF_B, c->k, X);
		alu32_imm(t, BPF_AND, X, 0xf);
		alu32_imm(t, BPF_LSH, X, 2);
		return;
	case BPF_LEN:
		load(t, BPF_W, into, BPF_REG_10, LENGTH);
		return;
	case BPF_IMM:
		alu32_imm(t, BPF_MOV, into, c->k);
		return;
	case BPF_MEM:
		if (c->k >= BPF_MEMWORDS)
			t->error = -EINVAL;
		else
			load(t, BPF_W, into, BPF_REG_10, SCRATCH(c->k));
		return;
	default:
		t->error = -EINVAL;
	}
}

/* Shifts by 32 or more give 0, where BPF would take the number modulo 32. */
static void translate_shift(struct translation *t, const struct sock_filter *c)
{
	size_t fits, done;

	if (BPF_SRC(c->code) == BPF_K) {
		if (c->k < 32)
			alu32_imm(t, BPF_OP(c->code), A, c->k);
		else
			alu32_imm(t, BPF_MOV, A, 0);
		return;
	}
	fits = skip_if(t, BPF_JLT, X, 32);
	alu32_imm(t, BPF_MOV, A, 0);
	op(t, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	done = t->used - 1;
	land(t, fits);
	op(t, BPF_ALU | BPF_X | BPF_OP(c->code), A, X, 0, 0);
	land(t, done);
}

static void translate_alu(struct translation *t, const struct sock_filter *c)
{
	switch (BPF_OP(c->code)) {
	case BPF_LSH:
	case BPF_RSH:
		translate_shift(t, c);
		return;
	case BPF_NEG:
		alu32_imm(t, BPF_NEG, A, 0);
		return;
	case BPF_DIV:
	case BPF_MOD:
		if (BPF_SRC(c->code) == BPF_X)
			jump(t, BPF_JMP | BPF_K | BPF_JEQ, X, 0, 0, TO_FAIL);
		else if (!c->k)
			t->error = -EINVAL;
		break;
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_OR:
	case BPF_AND:
	case BPF_XOR:
		break;
	default:
		t->error = -EINVAL;
	}
	op(t, BPF_ALU | BPF_SRC(c->code) | BPF_OP(c->code), A, BPF_SRC(c->code) == BPF_X ? X : 0, 0,
	   BPF_SRC(c->code) == BPF_X ? 0 : (int32_t)c->k);
}

static void translate_jump(struct translation *t, const struct sock_filter *c, long next)
{
	int source = BPF_SRC(c->code), code = BPF_OP(c->code);
	long yes = next + c->jt, no = next + c->jf;

	switch (code) {
	case BPF_JA:
		jump(t, BPF_JMP | BPF_JA, 0, 0, 0, next + (long)c->k);
		return;
	case BPF_JEQ:
	case BPF_JGT:
	case BPF_JGE:
	case BPF_JSET:
		break;
	default:
		t->error = -EINVAL;
		return;
	}
	if (!c->jt && code != BPF_JSET) {
		code = code == BPF_JEQ ? BPF_JNE : code == BPF_JGT ? BPF_JLE : BPF_JLT;
		yes = no;
		no = next;
	}
	jump(t, BPF_JMP32 | source | code, A, source == BPF_X ? X : 0,
	     source == BPF_X ? 0 : (int32_t)c->k, yes);
	if (no != next)
		jump(t, BPF_JMP | BPF_JA, 0, 0, 0, no);
}

static void translate_return(struct translation *t, const struct sock_filter *c)
{
	if (BPF_RVAL(c->code) == BPF_A)
		alu(t, BPF_MOV, BPF_REG_0, A);
	else
		alu32_imm(t, BPF_MOV, BPF_REG_0, c->k != 0);
	jump(t, BPF_JMP | BPF_JA, 0, 0, 0, TO_END);
}

static void translate_one(struct translation *t, const struct sock_filter *c, long next)
{
	switch (BPF_CLASS(c->code)) {
	case BPF_LD:
	case BPF_LDX:
		translate_load(t, c);
		return;
	case BPF_ST:
	case BPF_STX:
		if (c->k >= BPF_MEMWORDS)
			t->error = -EINVAL;
		else
			store(t, BPF_REG_10, SCRATCH(c->k), BPF_CLASS(c->code) == BPF_ST ? A : X);
		return;
	case BPF_ALU:
		translate_alu(t, c);
		return;
	case BPF_JMP:
		translate_jump(t, c, next);
		return;
	case BPF_RET:
		translate_return(t, c);
		return;
	case BPF_MISC:
		if (BPF_MISCOP(c->code) == BPF_TAX) {
			forget_x(t);
			alu(t, BPF_MOV, X, A);
		} else {
			alu(t, BPF_MOV, A, X);
		}
		return;
	}
}

/* From the arguments to the registers. `scratch`: the filter uses that
 * memory, and kernels before 6.4 do not let anybody read stack that was not written. */
static void prologue(struct translation *t, bool scratch)
{
	size_t untagged;

	/* To the verifier it may be nowhere. */
	jump(t, BPF_JMP | BPF_K | BPF_JEQ, BPF_REG_1, 0, 0, TO_FAIL);
	load(t, BPF_DW, BPF_REG_1, BPF_REG_1, 0);
	op(t, BPF_ALU | BPF_MOV | BPF_X, HAVE, BPF_REG_2, 0, 0);
	alu_imm(t, BPF_MOV, A, 0);
	alu_imm(t, BPF_MOV, X, 0);
	for (int i = 0; scratch && i < BPF_MEMWORDS; i++)
		store(t, BPF_REG_10, SCRATCH(i), A);
	if (t->tags) {
		store(t, BPF_REG_10, TAG, BPF_REG_4);
		store(t, BPF_REG_10, SHIFT, A);
		load(t, BPF_W, BPF_REG_4, BPF_REG_10, TAG);
		untagged = skip_if(t, BPF_JEQ, BPF_REG_4, 0);
		alu_imm(t, BPF_MOV, BPF_REG_4, TAG_BYTES);
		store(t, BPF_REG_10, SHIFT, BPF_REG_4);
		alu(t, BPF_ADD, HAVE, BPF_REG_4);
		alu(t, BPF_ADD, BPF_REG_3, BPF_REG_4);
		land(t, untagged);
	}
	if (t->length)
		store(t, BPF_REG_10, LENGTH, BPF_REG_3);
	op(t, BPF_STX | BPF_MEM | BPF_DW, BPF_REG_10, BPF_REG_1, FROM, 0);
	if (t->access.cast_function) {
		cast(t);
		alu(t, BPF_MOV, SEEN, BPF_REG_0);
	}
}

static bool uses_scratch(const struct sock_filter *classic, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int class = BPF_CLASS(classic[i].code);

		if (class == BPF_ST || class == BPF_STX)
			return true;
	}
	return false;
}

static void translate(struct translation *t, const struct sock_filter *classic, size_t count)
{
	size_t fail, end;

	prologue(t, uses_scratch(classic, count));
	leads_to(t, 0);
	for (size_t i = 0; i < count && !t->error; i++) {
		t->start[i] = t->used;
		t->now = t->known[i];
		translate_one(t, &classic[i], (long)i + 1);
		leads_to(t, (long)i + 1);
	}
	fail = t->used;
	/* The verifier wants no instruction that nothing leads to. */
	if (t->fails)
		alu_imm(t, BPF_MOV, BPF_REG_0, 0);
	end = t->used;
	op(t, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	if (!t->error)
		resolve(t, count, fail, end);
}

int filter_translate(const struct sock_filter *classic, size_t count, bool tags,
		     struct packet_access access, struct bpf_insn *out, size_t room)
{
	struct translation t = {
		.out = out,
		.room = room,
		.jump_room = room,
		.jumps = calloc(room, sizeof(*t.jumps)),
		.count = count,
		.start = calloc(count, sizeof(*t.start)),
		.known = calloc(count, sizeof(*t.known)),
		.access = access,
		.tags = tags,
		.length = filter_reads_length(classic, count),
	};

	_Static_assert(WH_FILTER_ROOM < INT16_MAX, "any two instructions can be jumped between");
	if (!t.jumps || !t.start || !t.known)
		t.error = -ENOMEM;
	else
		translate(&t, classic, count);
	free(t.jumps);
	free(t.start);
	free(t.known);
	return t.error ? t.error : (int)t.used;
}
