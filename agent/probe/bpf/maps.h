/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
#ifndef WHITHER_MAPS_H
#define WHITHER_MAPS_H

/* Watched devices. Key wh_device_key, value slot. Filled by the probe before anything is attached,
 * read by every hook. 12 B a device. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WH_MAX_SLOTS);
	__type(key, struct wh_device_key);
	__type(value, __u32);
} devices SEC(".maps");

/* Events on their way to the probe. Size set at load (--ring-bytes). When it is full, the event is
 * counted in `counters` and dropped. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} events SEC(".maps");

/* What every hook saw and what it could not hand over. Written here, read by the probe. 16 kB a
 * CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WH_COUNTERS);
	__type(key, __u32);
	__type(value, struct wh_counter);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wh_journey_counter);
} journey_counters SEC(".maps");

/* Packets under way: where one was seen last. */
struct journey {
	__u64 id;
	__u64 head;
	__u64 dev; /* address of the net_device: unique over all namespaces, unlike ifindex */
	__u64 ktime_ns;
	__u32 slot; /* device whose interface the events without a device of their own go to */
	__u32 hook;
	__u32 ifindex; /* of dev */
	__u32 reserved;
};

/* Key: address of the sk_buff. Written by the hooks of Rx and Tx, deleted when the skb is freed.
 * Not every free has a tracepoint (pure TCP ACKs, coalesced segments), hence LRU: what is left
 * behind goes first. About 8 MB, allocated at load. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, WH_JOURNEYS_MAX);
	__type(key, __u64);
	__type(value, struct journey);
} journeys SEC(".maps");

const volatile struct wh_config config SEC(".rodata.config") = {};

#endif /* WHITHER_MAPS_H */
