/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
#ifndef WHITHER_MAPS_H
#define WHITHER_MAPS_H

/* Events on their way to the probe. Size set at load (--ring-bytes). When it is full, the event is
 * counted in `counters` and dropped. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} events SEC(".maps");

/* What every point saw and what it could not hand over. Written here, read by the probe. 136 kB a
 * CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WH_POINTS);
	__type(key, __u32);
	__type(value, struct wh_counter);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wh_journey_counter);
} journey_counters SEC(".maps");

/* What is counted where no packet is shown (count.h). The probe puts the keys of the rest in. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, WH_COUNTED_MAX + WH_COUNTED_REST);
	__type(key, struct wh_counted_key);
	__type(value, struct wh_counted_value);
} counted SEC(".maps");

/* When the events so far have used up the rate limit (CLOCK_MONOTONIC). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} rate SEC(".maps");

/* Addresses of sk_buffs, and of their heads. A set is searched as a whole, so its keys share a
 * cache line. 0 = free. */
struct address_set {
	__u64 address[WH_WAYS];
};

#define DEVICES_SEEN_LOG2 8

/* What every hook asks of every packet of the host. Not a map to look up in: instructions have the
 * address of a variable in them. 1 MB, the same for all objects of a probe: hooks_prepare(). All
 * is in one struct, so that it lies alike in each of them. */
struct {
	struct address_set addresses[WH_SETS]; /* packets under way */
	/* By a hash of it, the address of a watched device; 0 = none was seen yet. */
	__u64 devices_seen[1 << DEVICES_SEEN_LOG2];
	/* device.h: where the device of a slot was last seen in memory, 0 = not yet. */
	__u64 device_addresses[WH_MAX_SLOTS];
	/* Which slot may be at a place of devices_seen. */
	__u8 device_slots[1 << DEVICES_SEEN_LOG2];
	/* Where the namespace of the watched devices is in memory, 0 = not seen yet. It stays: the
	 * probe is in it. */
	__u64 netns_address;
} asked;

/* Where the packet at an address was seen last. Index set * WH_WAYS + way. Written by whoever has
 * the packet: an sk_buff is in one place at a time. */
struct journey {
	__u64 tagged_id; /* journey_id() of address.h */
	__u64 ktime_ns;
	__u64 other;	 /* of an sk_buff its head, of a head its sk_buff */
	__u64 dev;	 /* address of the net_device: unique over all namespaces, unlike ifindex */
	__u32 ifindex;	 /* of dev */
	__u16 slot;	 /* device whose interface the events without a device of their own go to */
	__u16 step;	 /* WH_STEP_*: how far it has come */
	__be16 protocol; /* skb->protocol when last seen */
	__u8 handed_on;	 /* of a frame: XDP sent it elsewhere, it may come up on any device */
	__u8 reserved;
	__u32 iif; /* skb_iif from there on */
};
_Static_assert(sizeof(struct journey) == 48, "no holes");

/* 6 MB, allocated at load. A ring of its own would forget in order; a hash map costs ten times as
 * much a packet. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WH_SETS *WH_WAYS);
	__type(key, __u32);
	__type(value, struct journey);
} journeys SEC(".maps");

/* What the kernel did to the packet at the same index, since its last event. 8 MB, where operations
 * are watched; else one entry. */
struct note {
	__u64 journey; /* whose it is; another packet may be at the place by now */
	struct wh_ext_operations told;
	__u32 head[4]; /* at the entry of each, lower half */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WH_SETS *WH_WAYS);
	__type(key, __u32);
	__type(value, struct note);
} notes SEC(".maps");

const volatile struct wh_config config SEC(".rodata.config") = {};

#endif /* WHITHER_MAPS_H */
