/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_SECTION_H
#define WHITHER_SECTION_H

#include "capture.h"

#define SCHEMA_BYTES_MAX (256u << 10)

/* Reads a schema file into memory (to be freed). NULL and a message when it cannot be. The probe
 * does not parse it: what reads captures does, and says what is wrong. */
char *schema_read(const char *path);

/* Everything before the first packet: section header, Whither's blocks, one interface for each hook
 * on each device. Numbers the interfaces. schema: NULL = none. */
void section_write(struct capture *c, const char *schema);

/* One more interface, `DEVICE:name`, at any time after section_write. Its number. */
uint32_t section_interface(struct capture *c, uint32_t slot, const char *name, uint32_t hook,
			   uint16_t link_type);

/* A custom block of Whither's. */
void whither_block_write(struct output *out, uint8_t subtype, const void *body, size_t length);

#endif
