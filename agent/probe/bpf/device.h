/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Which of the watched devices a packet is on, if any. */
#ifndef WHITHER_DEVICE_H
#define WHITHER_DEVICE_H

#define NO_SLOT (-1)

static __always_inline __u32 seen_place(const struct net_device *dev)
{
	return lower_half((__u64)dev) * 0x9e3779b1u >> (32 - DEVICES_SEEN_LOG2);
}

static __always_inline bool in_netns(struct net_device *dev, const bool direct)
{
	struct net *net = GET(dev, nd_net.net);

	if ((__u64)net == asked.netns_address)
		return true;
	if (GET(net, ns.inum) != config.netns)
		return false;
	asked.netns_address = (__u64)net;
	return true;
}

/* Slot of a device that is watched, or NO_SLOT. Reads the device, and remembers its address. */
static __noinline int device_look_up(struct net_device *dev, const bool direct)
{
	__u32 ifindex = GET(dev, ifindex);

	/* A device whose memory could not be read is 0 in all that is asked of it. */
	if (!ifindex || !in_netns(dev, direct))
		return NO_SLOT;
#pragma unroll
	for (__u32 i = 0; i < WH_WATCH_STEPS; i++) {
		const volatile struct wh_watch *w =
			&config.watch[wh_watch_at(config.watch_factor, ifindex, i)];
		__u32 slot = w->slot % WH_MAX_SLOTS;

		if (w->ifindex == ifindex) {
			asked.device_addresses[slot] = (__u64)dev;
			asked.device_slots[seen_place(dev)] = slot;
			asked.devices_seen[seen_place(dev)] = (__u64)dev;
			return slot;
		}
		if (!w->ifindex)
			break;
	}
	return NO_SLOT;
}

/* Of every packet of the host, by the address alone: may its device be watched? What is not watched
 * is never taken for what is, unless that has gone and it has come to the same address: before
 * anything is kept, device_look_up() is asked. */
static __always_inline bool device_watched(struct net_device *dev, const bool direct)
{
	return asked.devices_seen[seen_place(dev)] == (__u64)dev ||
	       device_look_up(dev, direct) != NO_SLOT;
}

/* The slot of one that may be watched. Another CPU may be writing what another device has at the
 * place, so what counts is the address. */
static __always_inline int device_slot(struct net_device *dev, const bool direct)
{
	__u32 slot = asked.device_slots[seen_place(dev)] % WH_MAX_SLOTS;

	return asked.device_addresses[slot] == (__u64)dev ? (int)slot : device_look_up(dev, direct);
}

/* Do the packets of its device begin with an Ethernet header? */
static __always_inline bool slot_is_ethernet(int slot)
{
	return slot != NO_SLOT && config.ethernet >> slot & 1;
}

/* The same of one that may be watched: mostly they are all alike. */
static __always_inline bool device_is_ethernet(struct net_device *dev, const bool direct)
{
	return config.mixed ? slot_is_ethernet(device_slot(dev, direct)) : config.ethernet != 0;
}

#endif /* WHITHER_DEVICE_H */
