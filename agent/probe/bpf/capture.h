/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* From an sk_buff to a record in the ring.
 *
 * Two ways to read kernel memory: a tracepoint's argument is a typed pointer that may be followed
 * directly (`direct`, cheap); in a TC program it is opaque and every field is a probe read.
 * `direct` is a constant in every caller, so only one way is compiled in. */
#ifndef WHITHER_CAPTURE_H
#define WHITHER_CAPTURE_H

#define GET(p, ...)	      (direct ? READ_DIRECT(p, __VA_ARGS__) : BPF_CORE_READ(p, __VA_ARGS__))
#define READ_DIRECT(p, ...)   ___apply(READ_DIRECT, ___narg(__VA_ARGS__))(p, __VA_ARGS__)
#define READ_DIRECT1(p, a)    ((p)->a)
#define READ_DIRECT2(p, a, b) ((p)->a->b)
#define GET_BITS(p, field) \
	(direct ? BPF_CORE_READ_BITFIELD(p, field) : BPF_CORE_READ_BITFIELD_PROBED(p, field))

static __always_inline struct wh_counter *counter(__u32 slot, __u32 hook)
{
	__u32 index = slot * WH_HOOK_STRIDE + hook;

	return bpf_map_lookup_elem(&counters, &index);
}

/* Waking the reader costs more than the event. It looks every few milliseconds by itself, and is
 * woken only when the ring fills. */
static __always_inline __u64 wake_flags(void)
{
	__u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

	return waiting >= config.wake_bytes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* skb_cloned() of skbuff.h: the head is shared, so nobody may write to it. */
static __always_inline bool head_shared(struct sk_buff *skb, __u64 info, const bool direct)
{
	int dataref = 1;

	if (!GET_BITS(skb, cloned))
		return false;
	bpf_core_read(&dataref, sizeof(dataref),
		      &((struct skb_shared_info *)info)->dataref.counter);
	return (dataref & SKB_DATAREF_MASK) != 1;
}

static __always_inline void describe_skb(struct wh_record *r, struct sk_buff *skb, __u64 head,
					 const bool direct)
{
	struct wh_event *e = &r->event;
	__u64 info, data = (__u64)GET(skb, data), offset = data - head;
	__u32 len = GET(skb, len), data_len = GET(skb, data_len);
	__u16 mac = GET(skb, mac_header);
	struct sock *sk = GET(skb, sk);

	e->end_offset = GET(skb, end);
	info = head + e->end_offset;
	e->mac_offset = mac;
	e->data_offset = offset > 0xfffe ? 0xffff : offset;
	e->network_offset = GET(skb, network_header);
	e->queue = GET(skb, queue_mapping);
	e->skb_len = len;
	e->data_len = data_len;
	e->mark = GET(skb, mark);
	e->priority = GET(skb, priority);
	e->hash = GET(skb, hash);
	e->skb_iif = GET(skb, skb_iif);
	e->protocol = bpf_ntohs(GET(skb, protocol));
	e->vlan_tci = GET(skb, vlan_tci);
	if (bpf_core_field_exists(skb->vlan_present) && !GET_BITS(skb, vlan_present))
		e->vlan_tci = 0;
	e->flags = (GET_BITS(skb, pkt_type) << WH_EVENT_FLAG_PACKET_TYPE_SHIFT) |
		   (data_len ? WH_EVENT_FLAG_NONLINEAR : 0) |
		   (head_shared(skb, info, direct) ? WH_EVENT_FLAG_CLONED : 0);

	if (sk) {
		r->socket.cookie = direct ? sk->__sk_common.skc_cookie.counter
					  : BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
		if (r->socket.cookie)
			e->extensions |= WH_EXTENSION_SOCKET;
	}

	/* Where the metadata is: it ends at the MAC header (skb_metadata_end() of skbuff.h). */
	e->meta_state = WH_META_STATE_NONE;
	if (bpf_core_read(&e->meta_len, 1, &((struct skb_shared_info *)info)->meta_len))
		e->meta_state = WH_META_STATE_UNREADABLE;
	else if (e->meta_len)
		e->meta_state = mac == MAC_HEADER_UNSET || mac < e->meta_len
					? WH_META_STATE_UNLOCATABLE
					: WH_META_STATE_PRESENT;
	if (e->meta_state == WH_META_STATE_PRESENT)
		r->meta_bytes = e->meta_len;

	/* How much of the packet: from the MAC header, the linear part. */
	r->wire_len = len;
	if (mac != MAC_HEADER_UNSET) {
		__s64 before_data = (__s64)offset - mac;
		__s64 linear = (__s64)len - data_len + before_data;

		if ((__s64)len + before_data > 0)
			r->wire_len = len + before_data;
		if (linear > 0)
			r->cap_len = linear > config.snaplen ? config.snaplen : linear;
	}
}

/* Reserves, fills and submits one record with `room` bytes. false: the ring is full. */
static __always_inline bool submit(const struct wh_record *r, __u64 from, const __u32 room)
{
	struct wh_record *out = bpf_ringbuf_reserve(&events, sizeof(*out) + room, 0);
	__u32 want = r->meta_bytes + r->cap_len, packet = r->cap_len;

	if (!out)
		return false;
	*out = *r;
	if (want > room)
		want = room;
	if (bpf_probe_read_kernel(out->bytes, want, (void *)from)) {
		if (r->meta_bytes)
			out->event.meta_state = WH_META_STATE_UNREADABLE;
		out->meta_bytes = 0;
		if (packet > room)
			packet = room;
		if (bpf_probe_read_kernel(out->bytes, packet, (void *)(from + r->meta_bytes)))
			out->cap_len = 0;
	}
	bpf_ringbuf_submit(out, wake_flags());
	return true;
}

/* Everything that is known of the skb now, to the ring or to the count of the lost.
 * r: zeroed but for the extensions that the hook knows. */
static __always_inline void capture(struct wh_record *r, struct sk_buff *skb, __u64 head,
				    __u32 slot, const __u32 hook, const bool direct)
{
	struct wh_counter *c = counter(slot, hook);
	__u32 want;
	__u64 from;
	bool done;

	if (!c)
		return;
	__sync_fetch_and_add(&c->seen, 1);

	r->slot = slot;
	r->event.magic = WH_MAGIC_EVENT;
	r->event.version = WH_FORMAT_VERSION;
	r->event.hook = hook;
	r->event.header_len = sizeof(r->event);
	r->event.cpu = bpf_get_smp_processor_id();
	r->event.skb = (__u64)skb;
	r->event.head = head;
	describe_skb(r, skb, head, direct);

	want = r->meta_bytes + r->cap_len;
	from = head + r->event.mac_offset - r->meta_bytes;
	if (want <= WH_ROOM_SMALL)
		done = submit(r, from, WH_ROOM_SMALL);
	else if (want <= WH_ROOM_MEDIUM)
		done = submit(r, from, WH_ROOM_MEDIUM);
	else
		done = submit(r, from, WH_ROOM_LARGE);
	if (!done)
		__sync_fetch_and_add(&c->lost, 1);
}

/* A hook of Rx or Tx: the skb is on a device. */
static __always_inline void observe(struct sk_buff *skb, const __u32 hook, const bool direct)
{
	struct net_device *dev = GET(skb, dev);
	struct wh_device_key key = {};
	struct position now = { .hook = hook };
	struct wh_record r = {};
	__u32 *slot;

	if (!dev)
		return;
	key.ifindex = GET(dev, ifindex);
	key.netns = direct ? dev->nd_net.net->ns.inum : BPF_CORE_READ(dev, nd_net.net, ns.inum);
	slot = bpf_map_lookup_elem(&devices, &key);

	now.skb = (__u64)skb;
	now.head = (__u64)GET(skb, head);
	now.dev = (__u64)dev;
	now.ktime_ns = bpf_ktime_get_ns();
	now.ifindex = key.ifindex;
	now.skb_iif = GET(skb, skb_iif);
	if (!slot) {
		journey_passes(&now);
		return;
	}
	r.ktime_ns = now.ktime_ns;
	r.journey = journey_at(&now, *slot);
	capture(&r, skb, now.head, *slot, hook, direct);
}

#endif /* WHITHER_CAPTURE_H */
