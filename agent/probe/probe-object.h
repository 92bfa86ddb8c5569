/* SPDX-License-Identifier: MIT */
/* The compiled BPF programs, part of the executable (probe-object.S). */
#ifndef WHITHER_PROBE_OBJECT_H
#define WHITHER_PROBE_OBJECT_H

extern const unsigned char PROBE_CASTS[], PROBE_CASTS_END[];
extern const unsigned char PROBE_PLAIN[], PROBE_PLAIN_END[];
extern const unsigned char PROBE_SOCKETS[], PROBE_SOCKETS_END[];

#endif
