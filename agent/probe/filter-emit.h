/* SPDX-License-Identifier: MIT */
/* For filter-translate.c alone: writing instructions, and what is known of the packet where each
 * is. */
#ifndef WHITHER_FILTER_EMIT_H
#define WHITHER_FILTER_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter-translate.h"

#define A    BPF_REG_6
#define X    BPF_REG_7
#define SEEN BPF_REG_8 /* the packet, to read from where the kernel can cast */
#define HAVE BPF_REG_9 /* bytes that can be read there */
/* WORDS registers from here on hold bytes of the packet that were read before. */
#define WORD  BPF_REG_3
#define WORDS 3

/* The stack, from its top; the 16 words of scratch memory last, for few filters use them, and from
 * 64 bytes on newer kernels give a program a stack of its own, in memory that nothing else warms.
 */
#define FROM	   (-8) /* address of the packet */
#define LOADED	   (-16)
#define LENGTH	   (-20)
#define TAG	   (-24)
#define SHIFT	   (-28) /* by how much a tag moves what is behind it: 0 or 4 */
#define SCRATCH(i) (SHIFT - 4 * ((int)(i) + 1))

enum target {
	TO_FAIL = -1,
	TO_END = -2,
};

struct jump {
	size_t at; /* instruction whose offset is to be set */
	long to;   /* classic instruction, or an enum target */
};

/* What is known where an instruction begins, whichever way leads there. */
struct known {
	bool reached;
	uint32_t have;	   /* so many bytes can be read */
	uint32_t behind_x; /* so many behind X */
	struct word {
		enum {
			NOTHING,
			FROM_START,
			FROM_X
		} of;
		uint32_t at; /* its first byte */
	} words[WORDS];
};

struct translation {
	struct bpf_insn *out;
	size_t room;
	size_t used;
	struct jump *jumps;
	size_t jump_count;
	size_t jump_room;
	size_t count;	     /* classic instructions */
	size_t *start;	     /* of each */
	struct known *known; /* likewise */
	struct known now;
	unsigned next_word;
	struct packet_access access;
	bool tags;
	bool length; /* it asks for the length of the packet */
	bool fails;  /* some way leads to TO_FAIL */
	int error;
};

void op(struct translation *t, int code, int dst, int src, int off, int32_t imm);
void alu(struct translation *t, int code, int dst, int src);
void alu_imm(struct translation *t, int code, int dst, int32_t imm);
void alu32_imm(struct translation *t, int code, int dst, uint32_t imm);
void load(struct translation *t, int size, int dst, int src, int off);
void store(struct translation *t, int dst, int off, int src);

/* The offset is set when all is there. */
void jump(struct translation *t, int code, int dst, int src, int32_t imm, long to);
/* A jump over the next instructions; returns its place for `land`. */
size_t skip_if(struct translation *t, int code, int dst, int32_t imm);
void land(struct translation *t, size_t from);
/* Always, which only the verifier finds out: what follows is still reachable on paper. */
void give_up(struct translation *t);
/* One may come to classic instruction `to` from here. */
void leads_to(struct translation *t, long to);
/* Everything is where it will be: the jumps get their distances. */
void resolve(struct translation *t, size_t count, size_t fail, size_t end);

/* filter-load.c: bytes of the packet into a register, in host order. A load beyond those that are
 * there fails. */
void load_absolute(struct translation *t, int size, uint32_t at, int into);
/* At X and `at`, into A. */
void load_indirect(struct translation *t, int size, uint32_t at);
/* X is another now. */
void forget_x(struct translation *t);
/* R1 = an address -> R0 = what kernel memory may be read through. */
void cast(struct translation *t);

#endif
