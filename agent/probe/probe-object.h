/* SPDX-License-Identifier: MIT */
/* The compiled BPF programs, part of the executable (probe-object.S). */
#ifndef WHITHER_PROBE_OBJECT_H
#define WHITHER_PROBE_OBJECT_H

/* The hooks that every kernel may have. */
extern const unsigned char PROBE_CASTS[], PROBE_CASTS_END[];
extern const unsigned char PROBE_PLAIN[], PROBE_PLAIN_END[];
extern const unsigned char PROBE_SOCKETS[], PROBE_SOCKETS_END[];
/* Those that need trampolines, and what watches operations of the kernel. */
extern const unsigned char OPERATIONS[], OPERATIONS_END[];
extern const unsigned char TRACE_CASTS[], TRACE_CASTS_END[];
extern const unsigned char TRACE_PLAIN[], TRACE_PLAIN_END[];

#endif
