/* SPDX-License-Identifier: MIT */
/* pcapng blocks (draft-ietf-opsawg-pcapng), little-endian. A block is built in place in the
 * output's buffer: begin, put and option in any number, end. */
#ifndef WHITHER_PCAPNG_H
#define WHITHER_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output.h"

enum pcapng_block {
	PCAPNG_IDB = 1,
	PCAPNG_ISB = 5,
	PCAPNG_EPB = 6,
	PCAPNG_CUSTOM = 0x0bad,
	PCAPNG_SHB = 0x0a0d0d0a,
};

enum pcapng_option {
	OPT_END = 0,
	SHB_HARDWARE = 2,
	SHB_OS = 3,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	IF_HARDWARE = 15,
	EPB_FLAGS = 2,
	EPB_DROPCOUNT = 4,
	EPB_PACKETID = 5,
	EPB_VERDICT = 7,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
	ISB_USRDELIV = 8,
	OPT_CUSTOM_BINARY = 2989,
};

#define TSRESOL_NS 9

struct block {
	struct output *out;
	uint8_t *start; /* NULL: output has ended, everything below does nothing */
	uint8_t *at;
	uint8_t *limit;
};

/* A block of at most `bytes` including its options. */
struct block block_begin(struct output *out, enum pcapng_block type, size_t bytes);
void block_put(struct block *b, const void *bytes, size_t length);
void block_put_u16(struct block *b, uint16_t value);
void block_put_u32(struct block *b, uint32_t value);
void block_put_u64(struct block *b, uint64_t value);
/* A timestamp is two 32-bit halves, upper first. */
void block_put_time(struct block *b, uint64_t time);
/* Zeroes up to the next multiple of 4. */
void block_pad(struct block *b);
void block_option(struct block *b, uint16_t code, const void *value, size_t length);
void block_option_text(struct block *b, uint16_t code, const char *text);
void block_option_u64(struct block *b, uint16_t code, uint64_t value);
/* End of options and of the block. Returns true when the block is in the buffer. */
bool block_end(struct block *b);

#endif
