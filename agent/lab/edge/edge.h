/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* The edge lab's metadata, and what its programs note down about it for the tests. */
#ifndef WHITHER_EDGE_H
#define WHITHER_EDGE_H

#include <linux/types.h>

/* TLVs: type u8, length u8 (of the value alone), value; type 0 is one byte of padding.
 * Little-endian but for the address. edge/schema.json says the same to readers. */
#define EDGE_TRACE_ID 1 /* u64 */
#define EDGE_VERDICT  2 /* u8, enum edge_verdict */
#define EDGE_ORIGIN   3 /* IPv4 address, network byte order */
#define EDGE_TENANT   4 /* u32 */

enum edge_verdict {
	EDGE_UNKNOWN = 0, /* not IP */
	EDGE_PASS = 1,
	EDGE_DROP = 2,
	EDGE_REDIRECT = 3,
};

/* The area. XDP writes the first three TLVs and leaves `tenant` as padding, tcx fills it in. */
struct edge_area {
	__u8 trace_type; /* @0 */
	__u8 trace_length;
	__u8 trace_id[8];
	__u8 verdict_type; /* @10 */
	__u8 verdict_length;
	__u8 verdict;
	__u8 origin_type; /* @13 */
	__u8 origin_length;
	__u8 origin[4];
	__u8 tenant_type; /* @19 */
	__u8 tenant_length;
	__u8 tenant[4];
	__u8 pad[3]; /* the area is a multiple of 4 */
};
_Static_assert(sizeof(struct edge_area) == 28, "size of the area");
_Static_assert(__builtin_offsetof(struct edge_area, tenant_type) == 19, "tenant");

/* tenant = EDGE_TENANT_BASE + last byte of the origin */
#define EDGE_TENANT_BASE 7000u
/* UDP to this port (discard) is dropped by the edge. */
#define EDGE_DROP_PORT 9

/* Notes, keyed by trace id: the area as each program left it. */
struct edge_note {
	__u8 after_xdp[28];
	__u8 after_tcx[28];
	__u32 tcx_seen; /* 0: after_tcx is not there */
};

#define EDGE_NOTES_MAX 65536

/* What the programs saw, all packets. */
struct edge_counts {
	__u64 xdp;
	__u64 tcx;
	__u64 dropped; /* by tcx */
};

#endif
