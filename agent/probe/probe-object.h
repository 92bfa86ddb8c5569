/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_PROBE_OBJECT_H
#define WHITHER_PROBE_OBJECT_H

#include <stddef.h>

/* The compiled BPF programs, an ELF object inside this executable (probe-object.S). */
extern const unsigned char PROBE_OBJECT[];
extern const unsigned char PROBE_OBJECT_END[];

static inline size_t probe_object_bytes(void)
{
	return (size_t)(PROBE_OBJECT_END - PROBE_OBJECT);
}

#endif
