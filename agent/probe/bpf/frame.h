/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* A packet in the hands of an XDP program: a frame, which has a head but no sk_buff yet, or in
 * generic XDP and on veth the head of one. */
#ifndef WHITHER_FRAME_H
#define WHITHER_FRAME_H

/* The skb whose head this frame is, with the same journey; NULL when it is a frame alone. */
static __always_inline struct journey *frame_skb(const struct journey *h, __u64 id)
{
	__u64 skb = h->other, of_skb;
	struct journey *j = skb ? journey_at(address_find(&skb), skb, &of_skb) : NULL;

	return j && of_skb == id ? j : NULL;
}

static __always_inline void frame_arrives(struct journey *h, const struct position *now)
{
	h->ktime_ns = now->ktime_ns;
	h->dev = now->dev;
	h->ifindex = now->ifindex;
	h->step = now->step;
}

/* A journey begins here, or had been evicted. place: of the head, or NOWHERE. Returns its id, also
 * when there is no room to keep it. */
static __always_inline __u64 frame_begins(int place, const struct position *now)
{
	__u64 id = next_journey_id(now->ktime_ns);
	struct journey *h = journey_claim(place, &now->head);

	if (!h)
		return id;
	journey_own(h, now->head, id);
	h->other = 0;
	h->handed_on = false;
	frame_arrives(h, now);
	return id;
}

/* The journey of a frame that enters an XDP program, 0 = it is not wanted. Pages are used again
 * within microseconds, so the head alone says nothing: it is the packet that was there if its skb
 * came to this device (veth, generic XDP), or if XDP handed the frame on. */
static __always_inline __u64 frame_enters(struct position *now, const bool is_wanted)
{
	int place = address_find(&now->head);
	__u64 id;
	struct journey *h = journey_at(place, now->head, &id);
	struct journey *j = h ? frame_skb(h, id) : NULL;

	if (j && j->other == now->head && continues(j, now)) {
		now->protocol = j->protocol;
		now->skb_iif = j->iif;
		arrive(j, now);
		return id;
	}
	if (h && !h->other && h->handed_on && now->ktime_ns - h->ktime_ns < CLONED_NS) {
		h->handed_on = false;
		frame_arrives(h, now);
		return id;
	}
	if (!is_wanted) {
		address_forget(&now->head, place);
		return 0;
	}
	return frame_begins(place, now);
}

/* The same when the program has returned. What it drops is forgotten; what it sends elsewhere goes
 * on without the skb that it had. */
static __always_inline __u64 frame_leaves(struct position *now, const bool is_wanted, __u32 verdict)
{
	int place = address_find(&now->head);
	__u64 id, skb;
	struct journey *h = journey_at(place, now->head, &id);
	struct journey *j = h ? frame_skb(h, id) : NULL;

	if (!h) {
		if (!is_wanted)
			return 0;
		id = frame_begins(place, now);
		place = address_find(&now->head);
		h = journey_of(place);
		if (!h)
			return id;
	}
	skb = h->other;
	if (verdict == XDP_TX || verdict == XDP_REDIRECT) {
		if (j)
			address_forget(&skb, address_find(&skb));
		h->other = 0;
		h->handed_on = true;
		frame_arrives(h, now);
	} else if (j) {
		now->protocol = j->protocol;
		now->skb_iif = j->iif;
		arrive(j, now);
	} else if (verdict == XDP_PASS) {
		frame_arrives(h, now);
	} else {
		address_forget(&now->head, place);
	}
	return id;
}

/* Where metadata and packet are, in terms of the skb that will be built: the MAC header begins at
 * `data`. data_meta behind data: the driver has no metadata. */
static __always_inline void frame_measure(struct extent *x, struct xdp_buff *xdp, __u64 head,
					  __u64 info, const bool direct)
{
	__u64 data = ADDRESS(xdp, data), meta = ADDRESS(xdp, data_meta);
	__u32 linear = ADDRESS(xdp, data_end) - data, frags = 0;

	x->mac = data - head;
	x->meta_len = meta < data ? data - meta : 0;
	x->meta_state = x->meta_len ? WH_META_STATE_PRESENT : WH_META_STATE_NONE;
	x->meta_bytes = x->meta_len;
	x->meta_from = data - x->meta_len;
	x->packet_from = data;
	if (bpf_core_field_exists(xdp->flags) && GET(xdp, flags) & FRAME_HAS_FRAGS)
		READ_INFO(&frags, info, xdp_frags_size);
	x->wire_len = linear + frags;
	x->cap_len = linear > config.snaplen ? config.snaplen : linear;
}

static __always_inline void frame_describe(struct wh_record *r, struct xdp_buff *xdp, __u64 head,
					   __u64 info, const struct extent *x, const __u32 hook,
					   const bool direct)
{
	__u32 linear = ADDRESS(xdp, data_end) - ADDRESS(xdp, data);
	struct xdp_rxq_info *rxq = GET(xdp, rxq);

	r->event.magic = WH_MAGIC_EVENT;
	r->event.version = WH_FORMAT_VERSION;
	r->event.hook = hook;
	r->event.meta_state = x->meta_state;
	r->event.meta_len = x->meta_len;
	r->event.header_len = sizeof(r->event);
	r->event.cpu = bpf_get_smp_processor_id();
	r->event.queue = GET(rxq, queue_index);
	r->event.skb = 0;
	r->event.head = head;
	r->event.mac_offset = x->mac;
	r->event.data_offset = x->mac;
	r->event.network_offset = 0;
	r->event.flags = x->wire_len > linear ? WH_EVENT_FLAG_NONLINEAR : 0;
	r->event.skb_len = x->wire_len;
	r->event.data_len = x->wire_len - linear;
	r->event.mark = 0;
	r->event.priority = 0;
	r->event.hash = 0;
	r->event.skb_iif = 0;
	r->event.protocol = 0;
	r->event.vlan_tci = 0;
	r->event.end_offset = info - head;
}

/* Takes in a frame at the entry or exit of the program that this object watches. */
static __always_inline void observe_frame(struct xdp_buff *xdp, const struct hook hook,
					  const bool direct)
{
	struct xdp_rxq_info *rxq = GET(xdp, rxq);
	struct net_device *dev = GET(rxq, dev);
	struct position now = { .step = step_of(hook), .dev = (__u64)dev };
	struct wh_counter *c;
	struct known k = {};
	struct wh_record *r;
	struct extent x;
	__u32 point, room = 0;
	__u64 info, seen;
	bool is_wanted;
	int slot = device_look_up(dev, direct);

	if (slot == NO_SLOT || !(config.slots >> slot & 1))
		return;
	now.ifindex = GET(dev, ifindex);
	now.head = ADDRESS(xdp, data_hard_start);
	now.ktime_ns = bpf_ktime_get_ns();
	k.ktime_ns = now.ktime_ns;
	info = now.head + GET(xdp, frame_sz) -
	       ((bpf_core_type_size(struct skb_shared_info) + CACHE_LINE - 1) & -CACHE_LINE);
	frame_measure(&x, xdp, now.head, info, direct);
	is_wanted = frame_wanted(x.packet_from, ADDRESS(xdp, data_end), x.wire_len, x.meta_len,
				 slot_is_ethernet(slot));
	k.journey = hook.returned ? frame_leaves(&now, is_wanted, hook.verdict)
				  : frame_enters(&now, is_wanted);
	if (!k.journey)
		return;

	point = point_at(slot, hook);
	c = counter(point);
	if (!c || left_out(c, k.journey))
		return;
	seen = __sync_fetch_and_add(&c->seen, 1);
	r = reserve(&x, &k, point, &room, sizeof(struct wh_rare));
	if (!r) {
		__sync_fetch_and_add(&c->lost, 1);
		return;
	}
	name_program(r, WH_PROGRAM_KIND_XDP, hook);
	frame_describe(r, xdp, now.head, info, &x, hook.id, direct);
	copy_bytes(r, &x, room, sizeof(struct wh_rare));
	bpf_ringbuf_submit(r, wake_flags(seen));
}

#endif /* WHITHER_FRAME_H */
