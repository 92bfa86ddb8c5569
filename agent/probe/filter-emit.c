// SPDX-License-Identifier: MIT
#include "filter-emit.h"

#include <errno.h>

static void emit(struct translation *t, struct bpf_insn insn)
{
	if (t->used < t->room)
		t->out[t->used++] = insn;
	else
		t->error = -ENOSPC;
}

void op(struct translation *t, int code, int dst, int src, int off, int32_t imm)
{
	emit(t, (struct bpf_insn){ .code = (uint8_t)code,
				   .dst_reg = (uint8_t)(dst & 0xf),
				   .src_reg = (uint8_t)(src & 0xf),
				   .off = (int16_t)off,
				   .imm = imm });
}

void alu(struct translation *t, int code, int dst, int src)
{
	op(t, BPF_ALU64 | BPF_X | code, dst, src, 0, 0);
}

void alu_imm(struct translation *t, int code, int dst, int32_t imm)
{
	op(t, BPF_ALU64 | BPF_K | code, dst, 0, 0, imm);
}

void alu32_imm(struct translation *t, int code, int dst, uint32_t imm)
{
	op(t, BPF_ALU | BPF_K | code, dst, 0, 0, (int32_t)imm);
}

void load(struct translation *t, int size, int dst, int src, int off)
{
	op(t, BPF_LDX | BPF_MEM | size, dst, src, off, 0);
}

void store(struct translation *t, int dst, int off, int src)
{
	op(t, BPF_STX | BPF_MEM | BPF_W, dst, src, off, 0);
}

static uint32_t less(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void leads_to(struct translation *t, long to)
{
	struct known *k;

	/* Those at the end know nothing; one behind it is refused when all is there. */
	if (to < 0 || (size_t)to >= t->count)
		return;
	k = &t->known[to];
	if (!k->reached) {
		*k = t->now;
		k->reached = true;
		return;
	}
	k->have = less(k->have, t->now.have);
	k->behind_x = less(k->behind_x, t->now.behind_x);
	for (int i = 0; i < WORDS; i++)
		if (k->words[i].of != t->now.words[i].of || k->words[i].at != t->now.words[i].at)
			k->words[i].of = NOTHING;
}

void jump(struct translation *t, int code, int dst, int src, int32_t imm, long to)
{
	if (t->jump_count == t->jump_room) {
		t->error = -ENOSPC;
		return;
	}
	t->jumps[t->jump_count++] = (struct jump){ t->used, to };
	leads_to(t, to);
	t->fails |= to == TO_FAIL;
	op(t, code, dst, src, 0, imm);
}

size_t skip_if(struct translation *t, int code, int dst, int32_t imm)
{
	op(t, BPF_JMP | BPF_K | code, dst, 0, 0, imm);
	return t->used - 1;
}

void land(struct translation *t, size_t from)
{
	if (!t->error)
		t->out[from].off = (int16_t)(t->used - from - 1);
}

void give_up(struct translation *t)
{
	jump(t, BPF_JMP | BPF_K | BPF_JGE, HAVE, 0, 0, TO_FAIL);
}

void resolve(struct translation *t, size_t count, size_t fail, size_t end)
{
	for (size_t i = 0; i < t->jump_count; i++) {
		const struct jump *j = &t->jumps[i];
		size_t to;

		if (j->to >= (long)count) {
			t->error = -EINVAL;
			return;
		}
		to = j->to == TO_FAIL ? fail : j->to == TO_END ? end : t->start[j->to];
		t->out[j->at].off = (int16_t)(to - j->at - 1);
	}
}
