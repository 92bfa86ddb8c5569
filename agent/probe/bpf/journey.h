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
/* A packet is cloned while it is worked on. One that nobody has seen for so long may be gone. */
#define CLONED_NS 1000000000ull

/* Where a packet is now. */
struct position {
	__u64 skb;
	__u64 head;
	__u64 dev;
	__u64 ktime_ns;
	__u32 ifindex; /* of dev */
	__u32 skb_iif;
	__u16 step;
	__u16 network; /* offset of the network header */
	__be16 protocol;
	bool cloned;
};

static __always_inline bool is_tx(__u16 step)
{
	return step >= WH_STEP_TX;
}

/* Can `now` be the next step of the packet last seen at `then`? */
static __always_inline bool continues(const struct journey *then, const struct position *now)
{
	bool tx = is_tx(now->step), was_tx = is_tx(then->step);

	/* pskb_expand_head() gives a head of its own: a shared one that is not the one seen belongs
	 * to a clone that got the address. */
	if (now->cloned && then->other != now->head)
		return false;
	/* One device, one direction: hooks come in order. A busy driver is asked again. */
	if (then->dev == now->dev && tx == was_tx)
		return now->step > then->step ||
		       (then->step == WH_STEP_NET_DEV_START_XMIT &&
			now->step >= WH_STEP_QDISC_DEQUEUE && then->other == now->head);
	/* Forwarded: received from the device seen last, which __netif_receive_skb_core() notes in
	 * skb_iif. Of a packet made on this host it is 0. */
	if (tx && !was_tx)
		return now->skb_iif == then->ifindex && now->step != WH_STEP_NF_LOCAL_OUT;
	/* Stacked device. */
	if (tx)
		return then->other == now->head ||
		       (then->step == WH_STEP_NET_DEV_START_XMIT &&
			now->ktime_ns - then->ktime_ns < STACKED_XMIT_NS);
	/* What was given to a socket does not come out of a device. */
	if (!was_tx && then->step >= WH_STEP_CGROUP_SKB_INGRESS)
		return false;
	/* Across a veth pair or loopback, or up from a lower device: the skb is handed over as it
	 * is. */
	return then->other == now->head;
}

/* Does the rate limit allow another journey? Events that come are always paid for (left_out()), so
 * a journey that has begun is never cut, and the next has to wait longer. */
static __always_inline bool affordable(__u64 now)
{
	__u32 zero = 0;
	__u64 *used_up = bpf_map_lookup_elem(&rate, &zero), then;

	if (!used_up)
		return true;
	then = *used_up;
	if (then + WH_RATE_BURST_NS < now)
		__sync_val_compare_and_swap(used_up, then, now - WH_RATE_BURST_NS);
	return then <= now;
}

/* Ids are small, never 0 and unique over CPUs without a shared counter. Of a journey that is to be
 * left out it has a bit of WH_LEFT_OUT. */
static __always_inline __u64 next_journey_id(__u64 ktime_ns)
{
	__u32 zero = 0;
	struct wh_journey_counter *c = bpf_map_lookup_elem(&journey_counters, &zero);
	__u64 id;

	if (!c)
		return 0;
	id = __sync_fetch_and_add(&c->started, 1) * config.cpus + bpf_get_smp_processor_id() + 1;
	if (config.sample && bpf_get_prandom_u32() % config.sample)
		id |= WH_LEFT_OUT_BY_SAMPLING;
	else if (config.event_ns && !affordable(ktime_ns))
		id |= WH_LEFT_OUT_BY_RATE;
	return id;
}

/* Is the event one of a journey that is left out? Then it is counted; else it is paid for. */
static __always_inline bool left_out(struct wh_counter *c, __u64 journey)
{
	__u32 zero = 0;
	__u64 *used_up;

	if ((config.sample || config.event_ns) && journey & WH_LEFT_OUT) {
		__sync_fetch_and_add(journey & WH_LEFT_OUT_BY_SAMPLING ? &c->sampled : &c->limited,
				     1);
		return true;
	}
	if (!config.event_ns)
		return false;
	used_up = bpf_map_lookup_elem(&rate, &zero);
	if (used_up)
		__sync_fetch_and_add(used_up, config.event_ns);
	return false;
}

static __always_inline void arrive(struct journey *j, const struct position *now)
{
	j->ktime_ns = now->ktime_ns;
	j->other = now->head;
	j->dev = now->dev;
	j->ifindex = now->ifindex;
	j->iif = !is_tx(now->step) && now->step >= WH_STEP_NETIF_RECEIVE_SKB ? now->ifindex
									     : now->skb_iif;
	j->step = now->step;
	j->protocol = now->protocol;
}

/* Is what was last seen at `origin` still there, with this head, and was it cloned? skb_clone()
 * marks both, and copies skb_iif and the offsets of the headers; tcf_mirred_to_dev() then notes the
 * device that it mirrors from. An sk_buff that was freed unseen keeps its head in memory, and its
 * address in our table, while the head is already another packet's. */
static __always_inline bool cloned_from(const struct journey *origin, struct sk_buff *skb,
					const struct position *now)
{
	if (now->skb_iif != origin->iif && now->skb_iif != (__u32)BPF_CORE_READ(skb, dev, ifindex))
		return false;
	return (__u64)BPF_CORE_READ(skb, head) == now->head &&
	       BPF_CORE_READ(skb, network_header) == now->network &&
	       BPF_CORE_READ_BITFIELD_PROBED(skb, cloned);
}

/* Whose head it is: of the sk_buff that was seen with it first, until that is freed or moves to
 * another head. Returns the journey that a new sk_buff with this head was cloned from, or 0. */
static __always_inline __u64 head_seen(const struct position *now, __u64 id)
{
	int place = address_find(&now->head);
	__u64 known, of_origin;
	struct journey *h = journey_at(place, now->head, &known), *origin;

	if (h && now->cloned && h->other != now->skb) {
		__u64 other = h->other;

		origin = journey_at(address_find(&other), other, &of_origin);
		if (origin && of_origin == known && origin->other == now->head &&
		    now->ktime_ns - origin->ktime_ns < CLONED_NS &&
		    cloned_from(origin, (struct sk_buff *)other, now))
			return known;
	}
	if (!h)
		h = journey_claim(place, &now->head);
	if (h) {
		journey_own(h, now->head, id);
		h->other = now->skb;
		h->ktime_ns = now->ktime_ns;
	}
	return 0;
}

/* The journey of a frame that XDP let pass or sent here, now that it has become an sk_buff; 0 = it
 * was none. What XDP called data_hard_start is its head. */
static __always_inline __u64 frame_taken(const struct position *now)
{
	__u64 id;
	struct journey *h = journey_at(address_find(&now->head), now->head, &id);

	if (!h || h->other || is_tx(now->step) || !(h->dev == now->dev || h->handed_on) ||
	    now->ktime_ns - h->ktime_ns >= CLONED_NS)
		return 0;
	h->other = now->skb;
	h->ktime_ns = now->ktime_ns;
	return id;
}

static __always_inline void head_forget(__u64 head, __u64 skb)
{
	int place = address_find(&head);
	struct journey *h = journey_of(place);

	if (h && h->other == skb)
		address_forget(&head, place);
}

/* Has another sk_buff come with this head since? Then the one last seen was freed unseen, and both
 * its addresses have been handed out again: the head to a packet, the sk_buff to a clone of it.
 * Asked where a packet changes device or direction; on the way through one device the order of
 * hooks tells. */
static __always_inline bool head_taken(const struct journey *then, const struct position *now)
{
	struct journey *h;

	if (then->dev == now->dev && is_tx(then->step) == is_tx(now->step))
		return false;
	h = journey_of(address_find(&now->head));
	return h && h->other != now->skb && h->ktime_ns > then->ktime_ns;
}

/* Is the packet at a hook of a watched device the one of the journey? */
static __always_inline bool goes_on(const struct journey *j, const struct position *now)
{
	return continues(j, now) && !head_taken(j, now);
}

/* Then: it is here now. */
static __always_inline void journey_goes_on(struct journey *j, const struct position *now,
					    __u32 slot, __u64 id)
{
	if (j->other != now->head) {
		head_forget(j->other, now->skb);
		head_seen(now, id);
	}
	arrive(j, now);
	j->slot = slot;
}

/* The sk_buff of a journey that begins, or was a frame until now (`id`, else 0). place: of its
 * address, or NOWHERE. *origin: the journey it was cloned from, 0 when that is not known. */
static __always_inline __u64 journey_begins(int place, const struct position *now, __u32 slot,
					    __u64 id, __u64 *origin)
{
	struct journey *j;

	if (!id) {
		id = next_journey_id(now->ktime_ns);
		*origin = head_seen(now, id);
		/* A clone is kept, or not, with its origin. */
		if (*origin)
			id = (id & ~WH_LEFT_OUT) | (*origin & WH_LEFT_OUT);
	}
	j = journey_claim(place, &now->skb);
	if (j) {
		journey_own(j, now->skb, id);
		arrive(j, now);
		j->slot = slot;
	}
	return id;
}

/* The same on a device nobody watches. A packet that is handed up or on (a bridge, forwarding) goes
 * on unseen. One that comes out at the far end of a veth pair has left, as over a wire. Any other
 * means that the address has been handed out again. */
static __always_inline void journey_passes(struct journey *j, const struct position *now, int place)
{
	if (!j)
		return;
	if ((is_tx(j->step) && !is_tx(now->step)) || !continues(j, now))
		address_forget(&now->skb, place);
	else
		arrive(j, now);
}

/* Can the skb of `then` be what is now received by a process or freed? skb->dev may be garbage
 * there. An skb that was freed unseen (a pure TCP ACK) leaves its address, and often its head, to
 * the next one; a netlink dump even has a MAC header (netlink_dump() sets one). What speaks against
 * it:
 * - another protocol than when last seen; netlink and AF_UNIX have none
 * - no MAC header, so it never passed a device
 * - after stack entry: not received from the device seen last. __netif_receive_skb_core() notes it
 * in skb_iif, which of an skb made on this host is 0
 * - a shared head, and not the one seen. */
static __always_inline bool ends(const struct journey *then, const struct position *now, __u16 mac,
				 const bool received)
{
	bool same_head = now->head == then->other;

	if (now->protocol != then->protocol || (!same_head && now->cloned))
		return false;
	if (is_tx(then->step)) /* dropped before a device came into it, it has no MAC header */
		return !received && (mac != MAC_HEADER_UNSET || same_head);
	if (mac == MAC_HEADER_UNSET)
		return false;
	if (!now->skb_iif)
		return same_head && then->step < WH_STEP_TCX_INGRESS_FIRST;
	return now->skb_iif == then->ifindex;
}

/* The journey of such an skb, or NULL; and its id. */
static __always_inline struct journey *journey_known(const struct position *now, __u16 mac,
						     int place, const bool received, __u64 *id)
{
	struct journey *j = journey_at(place, now->skb, id);

	if (!j)
		return NULL;
	if (!ends(j, now, mac, received)) {
		address_forget(&now->skb, place);
		return NULL;
	}
	return j;
}

#endif /* WHITHER_JOURNEY_H */
