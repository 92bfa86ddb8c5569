// SPDX-License-Identifier: MIT
#include "pcapng.h"

#include <assert.h>
#include <string.h>

struct block block_begin(struct output *out, enum pcapng_block type, size_t bytes)
{
	struct block b = { .out = out, .start = output_room(out, bytes) };

	if (!b.start)
		return b;
	b.at = b.start;
	b.limit = b.start + bytes;
	block_put_u32(&b, type);
	block_put_u32(&b, 0); /* total length, set by block_end */
	return b;
}

void block_put(struct block *b, const void *bytes, size_t length)
{
	if (!b->start)
		return;
	assert(length <= (size_t)(b->limit - b->at));
	memcpy(b->at, bytes, length);
	b->at += length;
}

void block_put_u16(struct block *b, uint16_t value)
{
	block_put(b, &value, sizeof(value));
}

void block_put_u32(struct block *b, uint32_t value)
{
	block_put(b, &value, sizeof(value));
}

void block_put_u64(struct block *b, uint64_t value)
{
	block_put(b, &value, sizeof(value));
}

void block_put_time(struct block *b, uint64_t time)
{
	block_put_u32(b, (uint32_t)(time >> 32));
	block_put_u32(b, (uint32_t)time);
}

void block_pad(struct block *b)
{
	static const uint8_t zeroes[4];

	if (b->start)
		block_put(b, zeroes, (size_t)(b->start - b->at) & 3);
}

void block_option(struct block *b, uint16_t code, const void *value, size_t length)
{
	block_put_u16(b, code);
	block_put_u16(b, (uint16_t)length);
	block_put(b, value, length);
	block_pad(b);
}

void block_option_text(struct block *b, uint16_t code, const char *text)
{
	if (*text)
		block_option(b, code, text, strlen(text));
}

void block_option_u64(struct block *b, uint16_t code, uint64_t value)
{
	block_option(b, code, &value, sizeof(value));
}

bool block_end(struct block *b)
{
	uint32_t total;

	if (!b->start)
		return false;
	block_pad(b);
	total = (uint32_t)(b->at - b->start) + 4;
	block_put_u32(b, total);
	memcpy(b->start + 4, &total, sizeof(total));
	b->out->used += total;
	return true;
}
