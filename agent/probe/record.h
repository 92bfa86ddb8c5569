/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* What the BPF programs and the probe say to each other. Never written to a file: the file's
 * structs are in whither-format.gen.h. */
#ifndef WHITHER_RECORD_H
#define WHITHER_RECORD_H

#include <linux/types.h>

#include "whither-format.gen.h"

/* Most devices one probe watches. A slot is a device's number in the probe, 0-based. */
#define WH_MAX_SLOTS 64u
/* Hook ids rounded up to a power of two, so that slot and hook make one index. */
#define WH_HOOK_STRIDE 16u
#define WH_COUNTERS    (WH_MAX_SLOTS * WH_HOOK_STRIDE)
_Static_assert(WH_HOOK_MAX < WH_HOOK_STRIDE, "a hook id must fit its stride");

/* skb_shared_info.meta_len is a u8 and a multiple of 4. */
#define WH_META_MAX	   252u
#define WH_SNAPLEN_MAX	   4096u
#define WH_SNAPLEN_DEFAULT 128u

/* Room for metadata and packet in a ring record. bpf_ringbuf_reserve() wants a constant size, so
 * there are three: the default snaplen with a small area, a whole area, everything. */
#define WH_ROOM_SMALL  192u
#define WH_ROOM_MEDIUM 512u
#define WH_ROOM_LARGE  (WH_META_MAX + WH_SNAPLEN_MAX + 4u)

/* Rather many: an entry that outlives its packet costs nothing, one evicted early splits a journey.
 */
#define WH_JOURNEYS_MAX 65536u

/* One event in the ring. bytes: meta_bytes of metadata, then cap_len of the packet. The metadata
 * area ends where the packet begins, so one read fetches both. */
struct wh_record {
	__u64 ktime_ns; /* CLOCK_MONOTONIC when the hook ran */
	__u64 journey;	/* 1-based */
	__u32 slot;
	__u32 wire_len; /* from the MAC header, fragments included */
	__u32 cap_len;
	__u32 meta_bytes;
	struct wh_event event;
	struct wh_ext_socket socket; /* when event.extensions says so, as the two below */
	union {
		struct wh_ext_task task;
		struct wh_ext_drop drop;
	};
	__u8 bytes[];
};
_Static_assert(sizeof(struct wh_record) == 136, "no holes: it is copied whole");
_Static_assert(sizeof(struct wh_record) % 8 == 0, "the ring aligns to 8");

/* Set before load, constant afterwards: the verifier removes what is not used. */
struct wh_config {
	__u32 snaplen;	  /* B, at most WH_SNAPLEN_MAX */
	__u32 cpus;	  /* possible CPUs: journey ids are unique without sharing a counter */
	__u32 wake_bytes; /* the reader is woken when this much waits in the ring */
	__u32 reserved;
};

/* Key of the device map. The inode number of the network namespace and the ifindex in it. */
struct wh_device_key {
	__u32 netns;
	__u32 ifindex;
};

/* Per CPU and per (slot, hook), index slot * WH_HOOK_STRIDE + hook. seen - lost = written to the
 * ring. */
struct wh_counter {
	__u64 seen;
	__u64 lost;
};

/* Per CPU, index 0. */
struct wh_journey_counter {
	__u64 started;
	__u64 untracked; /* no room in the journey map: later hooks give the packet another id */
};

#endif /* WHITHER_RECORD_H */
