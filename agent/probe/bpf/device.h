/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Which of the watched devices a packet is on, if any. */
#ifndef WHITHER_DEVICE_H
#define WHITHER_DEVICE_H

#define NO_SLOT (-1)

/* Where the namespace of the watched devices is in memory, 0 = not seen yet. It stays: the probe is
 * in it. */
__u64 netns_address;

/* Where the device of a slot was last seen in memory, 0 = not yet. A device may go, and another one
 * come to its address. */
__u64 device_addresses[WH_MAX_SLOTS];

/* By a hash of the address, which slot may be there. */
#define DEVICE_HINTS_LOG2 8
__u8 device_hints[1 << DEVICE_HINTS_LOG2];

static __always_inline __u32 hint_of(const struct net_device *dev)
{
	return lower_half((__u64)dev) * 0x9e3779b1u >> (32 - DEVICE_HINTS_LOG2);
}

static __always_inline bool in_netns(struct net_device *dev, const bool direct)
{
	struct net *net = GET(dev, nd_net.net);

	if ((__u64)net == netns_address)
		return true;
	if (GET(net, ns.inum) != config.netns)
		return false;
	netns_address = (__u64)net;
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
			device_addresses[slot] = (__u64)dev;
			device_hints[hint_of(dev)] = slot;
			return slot;
		}
		if (!w->ifindex)
			break;
	}
	return NO_SLOT;
}

/* The same of every packet of the host, by the address alone. What is not watched is never taken
 * for what is, unless that has gone and it has come to the same address: before anything is kept,
 * device_look_up() is asked. */
static __always_inline int device_slot(struct net_device *dev, const bool direct)
{
	__u32 slot = device_hints[hint_of(dev)] % WH_MAX_SLOTS;

	return device_addresses[slot] == (__u64)dev ? (int)slot : device_look_up(dev, direct);
}

/* Do the packets of its device begin with an Ethernet header? */
static __always_inline bool slot_is_ethernet(int slot)
{
	return slot != NO_SLOT && config.ethernet >> slot & 1;
}

#endif /* WHITHER_DEVICE_H */
