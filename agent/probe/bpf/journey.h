/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* One packet, one journey: which events belong to the same packet.
 *
 * The address of an sk_buff names a packet only while the packet lives; the slab hands it out again
 * within microseconds, and not every free can be seen. So each hook asks whether what it sees can
 * be the next step of what was last seen at that address. If not, it is a new packet. */
#ifndef WHITHER_JOURNEY_H
#define WHITHER_JOURNEY_H

/* A stacked driver (vxlan, bridge, macvlan) hands a packet on in the same call; it may move the
 * head for its own header. Anything later at the same address with another head is another packet.
 */
#define STACKED_XMIT_NS 1000000ull

/* Ids of the hooks grow along each lane, Rx before Tx (core/format/hooks.ts). */
_Static_assert(WH_HOOK_NETIF_RECEIVE_SKB < WH_HOOK_TCX_INGRESS_FIRST &&
		       WH_HOOK_TCX_INGRESS_FIRST < WH_HOOK_TCX_INGRESS_LAST &&
		       WH_HOOK_TCX_INGRESS_LAST < WH_HOOK_SKB_COPY_DATAGRAM_IOVEC &&
		       WH_HOOK_SKB_COPY_DATAGRAM_IOVEC < WH_HOOK_TCX_EGRESS_FIRST &&
		       WH_HOOK_TCX_EGRESS_FIRST < WH_HOOK_TCX_EGRESS_LAST &&
		       WH_HOOK_TCX_EGRESS_LAST < WH_HOOK_NET_DEV_QUEUE &&
		       WH_HOOK_NET_DEV_QUEUE < WH_HOOK_NET_DEV_START_XMIT,
	       "hook ids follow kernel order");

/* Where a packet is now. */
struct position {
	__u64 skb;
	__u64 head;
	__u64 dev;
	__u64 ktime_ns;
	__u32 hook;
	__u32 ifindex; /* of dev */
	__u32 skb_iif;
};

static __always_inline bool is_tx(__u32 hook)
{
	return hook >= WH_HOOK_TCX_EGRESS_FIRST;
}

/* Can `now` be the next step of the packet last seen at `then`? */
static __always_inline bool continues(const struct journey *then, const struct position *now)
{
	bool tx = is_tx(now->hook), was_tx = is_tx(then->hook);

	/* One device, one direction: hooks come in order. A busy driver may be asked twice. */
	if (then->dev == now->dev && tx == was_tx)
		return now->hook > then->hook ||
		       (now->hook == WH_HOOK_NET_DEV_START_XMIT && then->hook == now->hook);
	/* Forwarded: it was received somewhere, which a packet made on this host was not. */
	if (tx && !was_tx)
		return now->skb_iif != 0;
	/* Stacked device. */
	if (tx)
		return then->head == now->head ||
		       (then->hook == WH_HOOK_NET_DEV_START_XMIT &&
			now->ktime_ns - then->ktime_ns < STACKED_XMIT_NS);
	/* Across a veth pair or loopback, or up from a lower device: the skb is handed over as it
	 * is. */
	return then->head == now->head;
}

static __always_inline struct wh_journey_counter *journey_counter(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&journey_counters, &zero);
}

/* Ids are small, never 0 and unique over CPUs without a shared counter. */
static __always_inline __u64 next_journey_id(void)
{
	struct wh_journey_counter *c = journey_counter();

	if (!c)
		return 0;
	return __sync_fetch_and_add(&c->started, 1) * config.cpus + bpf_get_smp_processor_id() + 1;
}

/* The journey of a packet that passes a hook of Rx or Tx on a watched device. */
static __always_inline __u64 journey_at(const struct position *now, __u32 slot)
{
	struct journey *j = bpf_map_lookup_elem(&journeys, &now->skb);
	struct journey fresh = {
		.head = now->head,
		.dev = now->dev,
		.ktime_ns = now->ktime_ns,
		.slot = slot,
		.hook = now->hook,
		.ifindex = now->ifindex,
	};
	struct wh_journey_counter *c;

	if (j && continues(j, now)) {
		j->head = now->head;
		j->dev = now->dev;
		j->ktime_ns = now->ktime_ns;
		j->slot = slot;
		j->hook = now->hook;
		j->ifindex = now->ifindex;
		return j->id;
	}
	fresh.id = next_journey_id();
	if (bpf_map_update_elem(&journeys, &now->skb, &fresh, BPF_ANY)) {
		c = journey_counter();
		if (c)
			__sync_fetch_and_add(&c->untracked, 1);
	}
	return fresh.id;
}

/* The same on a device nobody watches. A packet that is handed up or on (a bridge, forwarding) goes
 * on unseen. One that comes out at the far end of a veth pair has left, as over a wire. Any other
 * means that the address has been handed out again. */
static __always_inline void journey_passes(const struct position *now)
{
	struct journey *j = bpf_map_lookup_elem(&journeys, &now->skb);

	if (!j)
		return;
	if ((is_tx(j->hook) && !is_tx(now->hook)) || !continues(j, now)) {
		bpf_map_delete_elem(&journeys, &now->skb);
		return;
	}
	j->head = now->head;
	j->dev = now->dev;
	j->ktime_ns = now->ktime_ns;
	j->hook = now->hook;
	j->ifindex = now->ifindex;
}

/* Can the skb of `then` be what is now received by a process or freed? skb->dev may be garbage
 * there. What speaks against it: no MAC header, so it never passed a device (AF_UNIX, netlink);
 * last received from another device, which __netif_receive_skb_core() would have noted; a shared
 * head, and not the one seen. */
static __always_inline bool ends(const struct journey *then, const struct position *now, __u16 mac,
				 bool cloned)
{
	if (mac == MAC_HEADER_UNSET || (now->head != then->head && cloned))
		return false;
	if (is_tx(then->hook))
		return now->hook != WH_HOOK_SKB_COPY_DATAGRAM_IOVEC;
	return !now->skb_iif || now->skb_iif == then->ifindex;
}

/* The journey of such an skb, or NULL. */
static __always_inline struct journey *journey_known(const struct position *now, __u16 mac,
						     bool cloned)
{
	struct journey *j = bpf_map_lookup_elem(&journeys, &now->skb);

	if (!j)
		return NULL;
	if (!ends(j, now, mac, cloned)) {
		bpf_map_delete_elem(&journeys, &now->skb);
		return NULL;
	}
	return j;
}

#endif /* WHITHER_JOURNEY_H */
