// SPDX-License-Identifier: MIT
/* Registers: R6 = A, R7 = X, R8 = the packet, to read from where the kernel can cast, R9 = bytes
 * that can be read there. */
#include "filter-translate.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "record.h"

#define A    BPF_REG_6
#define X    BPF_REG_7
#define SEEN BPF_REG_8
#define HAVE BPF_REG_9

/* The stack, from its top: the 16 words of scratch memory, then these. */
#define SCRATCH(i) (-4 * ((int)(i) + 1))
#define LENGTH	   (-72)
#define TAG	   (-76)
#define SHIFT	   (-80) /* by how much a tag moves what is behind it: 0 or 4 */
#define LOADED	   (-88)
#define FROM	   (-96) /* address of the packet */
_Static_assert(BPF_MEMWORDS == 16, "scratch memory fits above LENGTH");

/* Where the tag stands in an Ethernet frame, and where it ends. */
#define TAG_AT	  12
#define TAG_TCI	  14
#define TAG_END	  16
#define TAG_BYTES 4

/* No packet is longer; what a filter reads behind that is never there. */
#define PACKET_MAX 0x100000u

enum target {
	TO_FAIL = -1,
	TO_END = -2,
};

struct jump {
	size_t at; /* instruction whose offset is to be set */
	long to;   /* classic instruction, or an enum target */
};

struct translation {
	struct bpf_insn *out;
	size_t room;
	size_t used;
	struct jump *jumps;
	size_t jump_count;
	size_t jump_room;
	size_t *start; /* of each classic instruction */
	struct packet_access access;
	bool tags;
	int error;
};

static void emit(struct translation *t, struct bpf_insn insn)
{
	if (t->used < t->room)
		t->out[t->used++] = insn;
	else
		t->error = -ENOSPC;
}

static void op(struct translation *t, int code, int dst, int src, int off, int32_t imm)
{
	emit(t, (struct bpf_insn){ .code = (uint8_t)code,
				   .dst_reg = (uint8_t)(dst & 0xf),
				   .src_reg = (uint8_t)(src & 0xf),
				   .off = (int16_t)off,
				   .imm = imm });
}

static void alu(struct translation *t, int code, int dst, int src)
{
	op(t, BPF_ALU64 | BPF_X | code, dst, src, 0, 0);
}

static void alu_imm(struct translation *t, int code, int dst, int32_t imm)
{
	op(t, BPF_ALU64 | BPF_K | code, dst, 0, 0, imm);
}

static void alu32_imm(struct translation *t, int code, int dst, uint32_t imm)
{
	op(t, BPF_ALU | BPF_K | code, dst, 0, 0, (int32_t)imm);
}

static void load(struct translation *t, int size, int dst, int src, int off)
{
	op(t, BPF_LDX | BPF_MEM | size, dst, src, off, 0);
}

static void store(struct translation *t, int dst, int off, int src)
{
	op(t, BPF_STX | BPF_MEM | BPF_W, dst, src, off, 0);
}

/* The offset is set when all is there. */
static void jump(struct translation *t, int code, int dst, int src, int32_t imm, long to)
{
	if (t->jump_count == t->jump_room) {
		t->error = -ENOSPC;
		return;
	}
	t->jumps[t->jump_count++] = (struct jump){ t->used, to };
	op(t, code, dst, src, 0, imm);
}

/* A jump over the next instructions; returns its place for `land`. */
static size_t skip_if(struct translation *t, int code, int dst, int32_t imm)
{
	op(t, BPF_JMP | BPF_K | code, dst, 0, 0, imm);
	return t->used - 1;
}

static void land(struct translation *t, size_t from)
{
	if (!t->error)
		t->out[from].off = (int16_t)(t->used - from - 1);
}

/* Always, which only the verifier finds out: what follows is still reachable on paper. */
static void give_up(struct translation *t)
{
	jump(t, BPF_JMP | BPF_K | BPF_JGE, HAVE, 0, 0, TO_FAIL);
}

static int bytes_of(int size)
{
	return size == BPF_W ? 4 : size == BPF_H ? 2 : 1;
}

/* R1 = an address -> R0 = what kernel memory may be read through. */
static void cast(struct translation *t)
{
	alu_imm(t, BPF_MOV, BPF_REG_2, t->access.cast_type);
	op(t, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, t->access.cast_function);
}

static void to_host_order(struct translation *t, int size, int into)
{
	if (size != BPF_B)
		op(t, BPF_ALU | BPF_END | BPF_TO_BE, into, 0, 0, 8 * bytes_of(size));
}

/* R1 = address -> `into` = the value there, in host order. It is known to be part of the packet. */
static void fetch(struct translation *t, int size, int into)
{
	if (t->access.cast_function) {
		cast(t);
		load(t, size, into, BPF_REG_0, 0);
	} else {
		alu(t, BPF_MOV, BPF_REG_3, BPF_REG_1);
		alu_imm(t, BPF_MOV, BPF_REG_2, bytes_of(size));
		alu(t, BPF_MOV, BPF_REG_1, BPF_REG_10);
		alu_imm(t, BPF_ADD, BPF_REG_1, LOADED);
		op(t, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_probe_read_kernel);
		jump(t, BPF_JMP | BPF_K | BPF_JNE, BPF_REG_0, 0, 0, TO_FAIL);
		load(t, size, into, BPF_REG_10, LOADED);
	}
	to_host_order(t, size, into);
}

/* The tag in place of what is at TAG_AT and TAG_TCI; anything that lies across its edges, or is a
 * part of it that no expression of libpcap asks for, is not there. Returns the place of the jump
 * that then skips the load from the packet. */
static size_t fetch_tag(struct translation *t, int size, uint32_t at, int into)
{
	size_t untagged, done;

	load(t, BPF_W, into, BPF_REG_10, TAG);
	untagged = skip_if(t, BPF_JEQ, into, 0);
	if (size == BPF_H && at == TAG_AT)
		alu32_imm(t, BPF_RSH, into, 16);
	else if (size == BPF_H && at == TAG_TCI)
		alu32_imm(t, BPF_AND, into, 0xffff);
	else if (size != BPF_W || at != TAG_AT)
		give_up(t);
	op(t, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	done = t->used - 1;
	land(t, untagged);
	return done;
}

static void load_absolute(struct translation *t, int size, uint32_t at, int into)
{
	uint32_t end = at + (uint32_t)bytes_of(size);
	size_t done = 0;

	if (at >= PACKET_MAX) {
		give_up(t);
		return;
	}
	jump(t, BPF_JMP | BPF_K | BPF_JLT, HAVE, 0, (int32_t)end, TO_FAIL);
	if (t->access.cast_function && end <= (t->tags ? TAG_AT : CAST_BYTES)) {
		load(t, size, into, SEEN, (int)at);
		to_host_order(t, size, into);
		return;
	}
	if (t->tags && at < TAG_END && end > TAG_AT)
		done = fetch_tag(t, size, at, into);
	load(t, BPF_DW, BPF_REG_1, BPF_REG_10, FROM);
	if (t->tags && at >= TAG_END) {
		load(t, BPF_W, BPF_REG_2, BPF_REG_10, SHIFT);
		alu(t, BPF_SUB, BPF_REG_1, BPF_REG_2);
	}
	if (at)
		alu_imm(t, BPF_ADD, BPF_REG_1, (int32_t)at);
	fetch(t, size, into);
	if (done)
		land(t, done);
}

static void load_indirect(struct translation *t, int size, uint32_t at)
{
	size_t untagged, in_front;

	if (at >= PACKET_MAX) {
		give_up(t);
		return;
	}
	alu(t, BPF_MOV, BPF_REG_1, X);
	alu_imm(t, BPF_ADD, BPF_REG_1, (int32_t)at);
	alu(t, BPF_MOV, BPF_REG_2, BPF_REG_1);
	alu_imm(t, BPF_ADD, BPF_REG_2, bytes_of(size));
	jump(t, BPF_JMP | BPF_X | BPF_JGT, BPF_REG_2, HAVE, 0, TO_FAIL);
	if (t->tags) {
		load(t, BPF_W, BPF_REG_3, BPF_REG_10, SHIFT);
		untagged = skip_if(t, BPF_JEQ, BPF_REG_3, 0);
		in_front = skip_if(t, BPF_JLE, BPF_REG_2, TAG_AT);
		jump(t, BPF_JMP | BPF_K | BPF_JLT, BPF_REG_1, 0, TAG_END, TO_FAIL);
		alu(t, BPF_SUB, BPF_REG_1, BPF_REG_3);
		land(t, untagged);
		land(t, in_front);
	}
	load(t, BPF_DW, BPF_REG_2, BPF_REG_10, FROM);
	alu(t, BPF_ADD, BPF_REG_1, BPF_REG_2);
	fetch(t, size, A);
}

static void translate_load(struct translation *t, const struct sock_filter *c)
{
	int into = BPF_CLASS(c->code) == BPF_LD ? A : X;

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
		if (BPF_MISCOP(c->code) == BPF_TAX)
			alu(t, BPF_MOV, X, A);
		else
			alu(t, BPF_MOV, A, X);
		return;
	}
}

/* From the argument to the registers. `scratch`: the filter uses that memory, and kernels
 * before 6.4 do not let anybody read stack that was not written. */
static void prologue(struct translation *t, bool scratch)
{
	size_t untagged;

	jump(t, BPF_JMP | BPF_K | BPF_JEQ, BPF_REG_1, 0, 0, TO_FAIL);
	load(t, BPF_W, HAVE, BPF_REG_1, offsetof(struct wh_packet, have));
	load(t, BPF_W, BPF_REG_2, BPF_REG_1, offsetof(struct wh_packet, length));
	alu_imm(t, BPF_MOV, A, 0);
	alu_imm(t, BPF_MOV, X, 0);
	for (int i = 0; scratch && i < BPF_MEMWORDS; i++)
		store(t, BPF_REG_10, SCRATCH(i), A);
	if (t->tags) {
		load(t, BPF_W, BPF_REG_3, BPF_REG_1, offsetof(struct wh_packet, tag));
		store(t, BPF_REG_10, TAG, BPF_REG_3);
		store(t, BPF_REG_10, SHIFT, A);
		untagged = skip_if(t, BPF_JEQ, BPF_REG_3, 0);
		alu_imm(t, BPF_MOV, BPF_REG_3, TAG_BYTES);
		store(t, BPF_REG_10, SHIFT, BPF_REG_3);
		alu(t, BPF_ADD, HAVE, BPF_REG_3);
		alu(t, BPF_ADD, BPF_REG_2, BPF_REG_3);
		land(t, untagged);
	}
	store(t, BPF_REG_10, LENGTH, BPF_REG_2);
	load(t, BPF_DW, BPF_REG_1, BPF_REG_1, offsetof(struct wh_packet, from));
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

/* Everything is where it will be: the jumps get their distances. */
static void resolve(struct translation *t, size_t count, size_t fail, size_t end)
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

static void translate(struct translation *t, const struct sock_filter *classic, size_t count)
{
	size_t fail, end;

	prologue(t, uses_scratch(classic, count));
	for (size_t i = 0; i < count && !t->error; i++) {
		t->start[i] = t->used;
		translate_one(t, &classic[i], (long)i + 1);
	}
	fail = t->used;
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
		.start = calloc(count, sizeof(*t.start)),
		.access = access,
		.tags = tags,
	};

	_Static_assert(WH_FILTER_ROOM < INT16_MAX, "any two instructions can be jumped between");
	if (!t.jumps || !t.start)
		t.error = -ENOMEM;
	else
		translate(&t, classic, count);
	free(t.jumps);
	free(t.start);
	return t.error ? t.error : (int)t.used;
}
