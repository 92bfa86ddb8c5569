// SPDX-License-Identifier: MIT
/* How a filter reads the packet. */
#include "filter-emit.h"

/* Where the tag stands in an Ethernet frame, and where it ends. */
#define TAG_AT	  12
#define TAG_TCI	  14
#define TAG_END	  16

/* No packet is longer; what a filter reads behind that is never there. */
#define PACKET_MAX 0x100000u

/* Words are read whole, as libpcap's expressions ask for one field after the other. Each begins at a multiple of
 * WORD_STEP, so that none of their loads lies across its end. */
#define WORD_BYTES 8u
#define WORD_STEP  4u
_Static_assert(WORD_STEP - 1 + sizeof(uint32_t) <= WORD_BYTES, "any load is within one word");

static void forget_words(struct translation *t)
{
	for (int i = 0; i < WORDS; i++)
		t->now.words[i].of = NOTHING;
}

static int bytes_of(int size)
{
	return size == BPF_W ? 4 : size == BPF_H ? 2 : 1;
}

void cast(struct translation *t)
{
	/* A call, to the verifier: it takes the registers of words. */
	forget_words(t);
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

/* Words are kept only where nothing else takes their registers. */
static bool by_words(const struct translation *t)
{
	return t->access.cast_function && !t->tags;
}

/* Where `size` bytes are in a word that was read; -1: in none. */
static int find_word(const struct translation *t, int of, uint32_t at, int size)
{
	for (int i = 0; i < WORDS; i++) {
		const struct word *w = &t->now.words[i];

		if ((int)w->of == of && at >= w->at && at + (uint32_t)size <= w->at + WORD_BYTES)
			return i;
	}
	return -1;
}

static void take_from_word(struct translation *t, int word, int size, uint32_t at, int into)
{
	int skip = (int)(at - t->now.words[word].at);

	alu(t, BPF_MOV, into, WORD + word);
	if (skip)
		alu_imm(t, BPF_RSH, into, 8 * skip);
	if (size == BPF_B)
		alu32_imm(t, BPF_AND, into, 0xff);
	to_host_order(t, size, into);
}

void forget_x(struct translation *t)
{
	t->now.behind_x = 0;
	for (int i = 0; i < WORDS; i++)
		if (t->now.words[i].of == FROM_X)
			t->now.words[i].of = NOTHING;
}

/* The register of a word that is to be read: one that holds nothing, or the next in turn. */
static int free_word(struct translation *t)
{
	for (int i = 0; i < WORDS; i++)
		if (t->now.words[i].of == NOTHING)
			return i;
	return (int)(t->next_word++ % WORDS);
}

static void load_by_word(struct translation *t, int size, uint32_t at, int into)
{
	int word = find_word(t, FROM_START, at, bytes_of(size));
	uint32_t begin = at - at % WORD_STEP;

	if (word < 0) {
		word = free_word(t);
		t->now.words[word] = (struct word){ FROM_START, begin };
		load(t, BPF_DW, WORD + word, SEEN, (int)begin);
	}
	take_from_word(t, word, size, at, into);
}

void load_absolute(struct translation *t, int size, uint32_t at, int into)
{
	uint32_t end = at + (uint32_t)bytes_of(size);
	size_t done = 0;

	if (at >= PACKET_MAX) {
		give_up(t);
		return;
	}
	if (t->now.have < end) {
		jump(t, BPF_JMP | BPF_K | BPF_JLT, HAVE, 0, (int32_t)end, TO_FAIL);
		t->now.have = end;
	}
	if (by_words(t) && at + WORD_BYTES <= CAST_BYTES) {
		load_by_word(t, size, at, into);
		return;
	}
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

void load_indirect(struct translation *t, int size, uint32_t at)
{
	uint32_t end = at + (uint32_t)bytes_of(size);
	size_t untagged, in_front;
	int word;

	if (at >= PACKET_MAX) {
		give_up(t);
		return;
	}
	word = by_words(t) ? find_word(t, FROM_X, at, bytes_of(size)) : -1;
	if (word >= 0 && end <= t->now.behind_x) {
		take_from_word(t, word, size, at, A);
		return;
	}
	alu(t, BPF_MOV, BPF_REG_1, X);
	alu_imm(t, BPF_ADD, BPF_REG_1, (int32_t)at);
	if (t->now.behind_x < end) {
		alu(t, BPF_MOV, BPF_REG_2, BPF_REG_1);
		alu_imm(t, BPF_ADD, BPF_REG_2, bytes_of(size));
		jump(t, BPF_JMP | BPF_X | BPF_JGT, BPF_REG_2, HAVE, 0, TO_FAIL);
		t->now.behind_x = t->tags ? 0 : end;
	}
	if (word >= 0) {
		take_from_word(t, word, size, at, A);
		return;
	}
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
	if (!by_words(t)) {
		fetch(t, size, A);
		return;
	}
	cast(t);
	t->now.words[0] = (struct word){ FROM_X, at };
	load(t, BPF_DW, WORD, BPF_REG_0, 0);
	take_from_word(t, 0, size, at, A);
}
