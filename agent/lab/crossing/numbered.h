/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* What a numbered packet begins its payload with, and the metadata that repeats it. */
#ifndef WHITHER_NUMBERED_H
#define WHITHER_NUMBERED_H

#include <linux/types.h>

/* "whNR" */
#define NUMBERED_MAGIC 0x77684e52u

/* Network byte order. */
struct numbered {
	__u32 magic; /* @0 */
	__u32 reserved;
	__u64 number; /* @8 */
};
_Static_assert(sizeof(struct numbered) == 16, "fits a minimal datagram");

/* The trace id of the edge lab's schema: type u8, length u8, u64 little-endian, padding. */
struct numbered_area {
	__u8 type; /* @0 */
	__u8 length;
	__u8 number[8];
	__u8 pad[2];
};
_Static_assert(sizeof(struct numbered_area) == 12, "a multiple of 4");

#define NUMBERED_TRACE_ID 1

#endif
