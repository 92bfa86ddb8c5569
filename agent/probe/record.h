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
#define WH_HOOK_STRIDE 64u
_Static_assert(WH_HOOK_MAX < WH_HOOK_STRIDE, "a hook id must fit its stride");

/* A point is a hook on a device: one interface of the capture, one account of loss. First
 * slot * WH_HOOK_STRIDE + hook for the hooks that a device has once, then those that it may have
 * several times, numbered as they are attached. */
#define WH_FIXED_POINTS (WH_MAX_SLOTS * WH_HOOK_STRIDE)
#define WH_EXTRA_POINTS 256u
#define WH_POINTS	(WH_FIXED_POINTS + WH_EXTRA_POINTS)

/* skb_shared_info.meta_len is a u8 and a multiple of 4. */
#define WH_META_MAX	   252u
#define WH_SNAPLEN_MAX	   4096u
#define WH_SNAPLEN_DEFAULT 128u

/* Room for metadata and packet in a ring record. bpf_ringbuf_reserve() wants a constant size, so
 * there are three: the default snaplen with a small area, a whole area, everything. */
#define WH_ROOM_SMALL  192u
#define WH_ROOM_MEDIUM 512u
#define WH_ROOM_LARGE  (WH_META_MAX + WH_SNAPLEN_MAX + 4u)

/* Packets under way are kept in sets of WH_WAYS, found by a hash of the address. Rather many: an
 * entry that outlives its packet costs nothing, one evicted early splits a journey. */
#define WH_SETS_LOG2 15u
#define WH_SETS	     (1u << WH_SETS_LOG2)
#define WH_WAYS	     4u

/* One event in the ring. Behind it a wh_rare, when `rare` is set; then meta_bytes of metadata and
 * cap_len of the packet. What the extensions do not announce is not set. What few events have is
 * apart because each cache line of the ring costs: the reader had it last. */
struct wh_record {
	__u64 ktime_ns; /* CLOCK_MONOTONIC when the hook ran */
	__u64 journey;	/* 1-based */
	__u32 point;
	__u32 wire_len; /* fragments included */
	__u32 cap_len;
	__u16 meta_bytes;
	__u16 rare;
	struct wh_event event;
	struct wh_ext_socket socket;
	struct wh_ext_beside beside;
};
_Static_assert(sizeof(struct wh_record) == 128,
	       "no holes: every byte is set or announced as unset");

struct wh_rare {
	struct wh_ext_link link;
	union {
		struct wh_ext_task task;
		struct wh_ext_drop drop;
		struct wh_ext_program program;
	};
	struct wh_ext_operations operations;
	struct wh_ext_cb cb;
};
_Static_assert(sizeof(struct wh_rare) == 128, "no holes");
_Static_assert(sizeof(struct wh_record) % 8 == 0 && sizeof(struct wh_rare) % 8 == 0,
	       "the ring aligns to 8");

static inline __attribute__((always_inline)) struct wh_rare *wh_rare_of(const struct wh_record *r)
{
	return (struct wh_rare *)(r + 1);
}

/* Where metadata and packet are. */
static inline __attribute__((always_inline)) __u8 *wh_bytes_of(const struct wh_record *r)
{
	return (__u8 *)(r + 1) + (r->rare ? sizeof(struct wh_rare) : 0);
}

/* Instructions of each version of the filter expression. */
#define WH_FILTER_ROOM 2048u

/* Bits of wh_config.filter. */
#define WH_FILTER_EXPRESSION 1u
#define WH_FILTER_TAGS	     2u /* the expression looks for VLAN tags */
#define WH_FILTER_MARK	     4u
#define WH_FILTER_METADATA   8u
#define WH_FILTER_TLV	     16u
#define WH_FILTER_LENGTH     32u /* the expression asks for the length of the packet */

/* Bits of a journey's id in the kernel: it is followed and its events are counted, but not kept. */
#define WH_LEFT_OUT_BY_SAMPLING (1ull << 63)
#define WH_LEFT_OUT_BY_RATE	(1ull << 62)
#define WH_LEFT_OUT		(WH_LEFT_OUT_BY_SAMPLING | WH_LEFT_OUT_BY_RATE)

/* So long a time may a rate limit be used up at once. */
#define WH_RATE_BURST_NS 100000000ull

/* Watched devices, found by ifindex: a table with open addressing. The probe chooses the factor of
 * the hash so that every device is found within WH_WATCH_STEPS. */
#define WH_WATCH_LOG2  8u
#define WH_WATCH_SIZE  (1u << WH_WATCH_LOG2)
#define WH_WATCH_STEPS 8u

static inline __attribute__((always_inline)) __u32 wh_watch_at(__u32 factor, __u32 ifindex,
							       __u32 step)
{
	return ((ifindex * factor >> (32 - WH_WATCH_LOG2)) + step) % WH_WATCH_SIZE;
}

/* How TLVs lie in an area (MetadataSchema.framing of core/metadata/types.ts). */
struct wh_framing {
	__u32 start;	   /* B before the first */
	__u8 type_bytes;   /* 1, 2, 4 */
	__u8 length_bytes; /* 1, 2, 4 */
	__u8 big;	   /* byte order of both */
	__u8 unit;	   /* of the length, B */
	__u8 counted;	   /* B of the header that the length counts, too */
	__u8 align;	   /* each begins at a multiple of it from the first: 1, 2, 4, 8 */
	__u16 pad;	   /* a single byte that is skipped; WH_NO_PAD */
	__u64 terminator;  /* a type that ends the list; WH_NO_TERMINATOR */
};
_Static_assert(sizeof(struct wh_framing) == 24, "no holes");
#define WH_NO_PAD	 0x100u
#define WH_NO_TERMINATOR (~0ull)

/* A TLV that a packet must have for a journey to begin. */
#define WH_TLVS_MAX 8u
struct wh_tlv {
	__u64 value; /* when has_value */
	__u32 type;
	__u8 has_value;
	__u8 big; /* byte order of the value */
	__u16 reserved;
};
_Static_assert(sizeof(struct wh_tlv) == 16, "no holes");

struct wh_watch {
	__u32 ifindex; /* 0 = nobody */
	__u32 slot;
};

/* Set before load, constant afterwards: the verifier removes what is not used. */
struct wh_config {
	__u32 snaplen;	  /* B, at most WH_SNAPLEN_MAX */
	__u32 cpus;	  /* possible CPUs: journey ids are unique without sharing a counter */
	__u32 wake_bytes; /* the reader is woken when this much waits in the ring */
	__u32 watch_factor;
	__u32 netns;   /* inode number of the namespace that all watched devices are in */
	__u32 with_cb; /* copy skb->cb */
	__u32 point;   /* of a program that serves one point alone; 0 = the hook's own */
	__u32 step;    /* likewise */
	/* Of an object that watches somebody's program: the slots of the devices the program is on,
	 * as bits. Its points are as many for the entry, in order of the slots, then as many for
	 * the exit; `point` is the first, `step` that of the entry. 0 = of other objects. */
	__u64 slots;
	__u64 ethernet;	 /* slots of devices whose packets begin with an Ethernet header, as bits */
	__u32 mixed;	 /* those of some devices do, of others not */
	__u32 program;	 /* id of that program */
	__u64 ends_only; /* hooks that tell nothing and only end journeys, as bits by id */
	__u32 operations; /* those of the kernel are watched: maps.h, notes */
	__u32 frames; /* XDP programs are watched: a packet may be known before it has an sk_buff */
	__u64 event_ns; /* what an event costs of the rate limit; 0 = there is none */
	__u32 filter;	/* WH_FILTER_*: what a packet must be for a journey to begin */
	__u32 mark;
	__u32 mark_mask;
	__u32 sample; /* one journey in so many is kept; 0 = all */
	struct wh_framing framing;
	struct wh_tlv tlvs[WH_TLVS_MAX];
	__u32 tlv_count;
	struct wh_watch watch[WH_WATCH_SIZE];
};

/* Per CPU and point. seen - lost = written to the ring. */
struct wh_counter {
	__u64 seen;
	__u64 lost;
	__u64 sampled; /* not among those seen: of journeys left out by sampling */
	__u64 limited; /* likewise, by the rate limit */
};

/* Kinds of packets that are counted where no packet is shown, for all devices together; beside one
 * for each device and hook that takes those of which there is no room. */
#define WH_COUNTED_MAX	1024u
#define WH_COUNTED_REST (3u * WH_MAX_SLOTS)

/* Fields as of struct wh_counted. Of the rest, all behind `hook` is 0. */
struct wh_counted_key {
	__u32 slot;
	__u32 hook;
	__u32 program;
	__u32 map;
	__u32 index;
	__u32 value;
};
_Static_assert(sizeof(struct wh_counted_key) == 24, "no holes");

/* Per CPU. */
struct wh_counted_value {
	__u64 count;
	char name[16]; /* of the program, on the CPU that met it first */
};

/* Per CPU, index 0. */
struct wh_journey_counter {
	__u64 started;
	__u64 evicted; /* for lack of room: if that packet still lives, it gets another id */
};

#endif /* WHITHER_RECORD_H */
