/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* From an sk_buff to a record in the ring. */
#ifndef WHITHER_CAPTURE_H
#define WHITHER_CAPTURE_H

/* A hook: its id, its place in kernel order, and whether its packets begin at the network header
 * (LINKTYPE_RAW) or at the MAC header. Constant in every caller. */
struct hook {
	__u32 id;
	__u16 step;
	bool raw;
	/* At somebody's program: whether it has returned, and what. */
	bool returned;
	__u32 verdict;
};
#define HOOK(name)     ((struct hook){ .id = WH_HOOK_##name, .step = WH_STEP_##name })
#define HOOK_RAW(name) ((struct hook){ .id = WH_HOOK_##name, .step = WH_STEP_##name, .raw = true })
#define HOOK_EXIT(name, VERDICT)                \
	((struct hook){ .id = WH_HOOK_##name,   \
			.step = WH_STEP_##name, \
			.returned = true,       \
			.verdict = VERDICT })

/* What is read before room is reserved, for it says how much. */
struct extent {
	__u64 meta_from;
	__u64 packet_from;
	__u32 meta_bytes;
	__u32 cap_len;
	__u32 wire_len;
	__u16 mac;
	__u8 meta_len;
	__u8 meta_state;
};

/* How many events of a point and CPU pass between looks at how full the ring is. */
#define WAKE_LOOK 16

static __always_inline struct wh_counter *counter(__u32 point)
{
	return bpf_map_lookup_elem(&counters, &point);
}

/* Waking the reader costs more than the event. It looks every few milliseconds by itself, and is
 * woken only when the ring fills. */
static __always_inline __u64 wake_flags(__u64 seen)
{
	if (seen % WAKE_LOOK)
		return BPF_RB_NO_WAKEUP;
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= config.wake_bytes
		       ? BPF_RB_FORCE_WAKEUP
		       : BPF_RB_NO_WAKEUP;
}

/* skb_cloned() of skbuff.h: the head is shared, so nobody may write to it. */
static __always_inline bool head_shared(struct sk_buff *skb, __u64 info, const bool direct)
{
	int dataref = 1;

	return GET_BITS(skb, cloned) && READ_INFO(&dataref, info, dataref.counter) &&
	       (dataref & SKB_DATAREF_MASK) != 1;
}

/* Where metadata and packet are. The metadata ends at the MAC header (skb_metadata_end() of
 * skbuff.h). Of the packet only the linear part can be copied. */
static __always_inline void measure(struct extent *x, struct sk_buff *skb, __u64 head, __u64 info,
				    const bool raw, const bool direct)
{
	__u32 data_len = GET(skb, data_len);
	__u16 from, mac = GET(skb, mac_header);
	__s64 linear;

	x->mac = mac;
	x->meta_len = 0;
	if (!READ_INFO(&x->meta_len, info, meta_len))
		x->meta_state = WH_META_STATE_UNREADABLE;
	else if (!x->meta_len)
		x->meta_state = WH_META_STATE_NONE;
	else if (mac == MAC_HEADER_UNSET || mac < x->meta_len)
		x->meta_state = WH_META_STATE_UNLOCATABLE;
	else
		x->meta_state = WH_META_STATE_PRESENT;
	x->meta_bytes = x->meta_state == WH_META_STATE_PRESENT ? x->meta_len : 0;
	x->meta_from = head + mac - x->meta_bytes;

	from = raw ? GET(skb, network_header) : mac;
	x->packet_from = head + from;
	x->cap_len = 0;
	x->wire_len = GET(skb, len);
	if (from == MAC_HEADER_UNSET)
		return;
	linear = (__s64)GET(skb, tail) - from;
	if (linear + data_len > 0)
		x->wire_len = linear + data_len;
	if (linear > 0)
		x->cap_len = linear > config.snaplen ? config.snaplen : linear;
}

static __always_inline void describe(struct wh_record *r, struct sk_buff *skb, __u64 head,
				     struct sock *sk, __u64 info, const struct extent *x,
				     const __u32 hook, const bool direct)
{
	struct wh_event *e = &r->event;
	__u32 len = GET(skb, len), data_len = GET(skb, data_len);
	__u32 offset = GET(skb, tail) - (len - data_len); /* skb_headlen() of skbuff.h */

	e->magic = WH_MAGIC_EVENT;
	e->version = WH_FORMAT_VERSION;
	e->hook = hook;
	e->meta_state = x->meta_state;
	e->meta_len = x->meta_len;
	e->header_len = sizeof(*e);
	e->cpu = bpf_get_smp_processor_id();
	e->queue = GET(skb, queue_mapping);
	e->skb = (__u64)skb;
	e->head = head;
	e->mac_offset = x->mac;
	e->data_offset = offset > 0xfffe ? 0xffff : offset;
	e->network_offset = GET(skb, network_header);
	e->flags = (GET_BITS(skb, pkt_type) << WH_EVENT_FLAG_PACKET_TYPE_SHIFT) |
		   (data_len ? WH_EVENT_FLAG_NONLINEAR : 0) |
		   (head_shared(skb, info, direct) ? WH_EVENT_FLAG_CLONED : 0) |
		   (GET_BITS(skb, l4_hash) ? WH_EVENT_FLAG_HASH_L4 : 0) |
		   (GET_BITS(skb, sw_hash) ? WH_EVENT_FLAG_HASH_SOFTWARE : 0);
	e->skb_len = len;
	e->data_len = data_len;
	e->mark = GET(skb, mark);
	e->priority = GET(skb, priority);
	e->hash = GET(skb, hash);
	e->skb_iif = GET(skb, skb_iif);
	e->protocol = bpf_ntohs(GET(skb, protocol));
	e->vlan_tci = GET(skb, vlan_tci);
	e->end_offset = info - head;

	r->socket.cookie = sk ? GET(sk, __sk_common.skc_cookie.counter) : 0;
	if (r->socket.cookie)
		e->extensions |= WH_EXTENSION_SOCKET;

	r->beside.vlan_proto = bpf_ntohs(GET(skb, vlan_proto));
	if (bpf_core_field_exists(skb->vlan_present) && !GET_BITS(skb, vlan_present))
		r->beside.vlan_proto = e->vlan_tci = 0;
	r->beside.skb_extensions = 0;
	if (bpf_core_field_exists(skb->active_extensions))
		r->beside.skb_extensions = GET(skb, active_extensions);
	r->beside.hwtstamp = 0;
	READ_INFO(&r->beside.hwtstamp, info, hwtstamps.hwtstamp);
	r->beside.reserved = 0;
	r->beside.reserved2 = 0;
	if (r->beside.hwtstamp || r->beside.vlan_proto || r->beside.skb_extensions)
		e->extensions |= WH_EXTENSION_BESIDE;

	if (config.with_cb &&
	    !bpf_core_read(&wh_rare_of(r)->cb, sizeof(struct wh_ext_cb), &skb->cb))
		e->extensions |= WH_EXTENSION_CB;
}

/* Do they follow each other, so that one read fetches both? */
static __always_inline bool adjacent(const struct extent *x)
{
	return !x->meta_bytes || x->meta_from + x->meta_bytes == x->packet_from;
}

/* Room for them; what is not adjacent is copied behind the largest metadata there is. */
static __always_inline __u32 room_for(const struct extent *x)
{
	return (adjacent(x) ? x->meta_bytes : WH_META_MAX) + x->cap_len;
}

static __always_inline void copy_bytes(struct wh_record *r, const struct extent *x, __u32 room,
				       __u32 rare)
{
	__u32 meta = x->meta_bytes, packet = x->cap_len, both = meta + packet;
	__u8 *bytes = (__u8 *)(r + 1) + rare;

	if (adjacent(x)) {
		__u64 from = meta ? x->meta_from : x->packet_from;

		if (both <= room && !bpf_probe_read_kernel(bytes, both, (void *)from))
			return;
	} else if (room > WH_META_MAX && packet <= room - WH_META_MAX && meta <= WH_META_MAX &&
		   !bpf_probe_read_kernel(bytes, meta, (void *)x->meta_from) &&
		   !bpf_probe_read_kernel(bytes + meta, packet, (void *)x->packet_from))
		return;
	if (meta)
		r->event.meta_state = WH_META_STATE_UNREADABLE;
	r->meta_bytes = 0;
	asm volatile("" : "+r"(packet)); /* the verifier wants to see the bound where it is used */
	if (packet > room || bpf_probe_read_kernel(bytes, packet, (void *)x->packet_from))
		r->cap_len = 0;
}

/* What the hook itself knows of the packet. */
struct known {
	__u64 ktime_ns;
	__u64 journey;
	__u64 origin; /* journey it was cloned from, 0 = none */
	int place;    /* in the table of packets under way, where operations are watched */
	const struct wh_ext_task *task;
	const struct wh_ext_drop *drop;
};

/* What an event needs for what few have. */
static __always_inline __u32 rare_bytes(const struct known *k)
{
	bool rare = k->task || k->drop || k->origin || config.program || config.operations ||
		    config.with_cb;

	return rare ? sizeof(struct wh_rare) : 0;
}

/* A record with room for what `x` says, its head filled in; NULL: the ring is full. *room: the
 * bytes it has for metadata and packet. */
static __always_inline struct wh_record *reserve(const struct extent *x, const struct known *k,
						 __u32 point, __u32 *room, __u32 rare)
{
	const __u32 head = sizeof(struct wh_record) + rare;
	__u32 want = room_for(x);
	struct wh_record *r;

	if (want <= WH_ROOM_SMALL) {
		*room = WH_ROOM_SMALL;
		r = bpf_ringbuf_reserve(&events, head + WH_ROOM_SMALL, 0);
	} else if (want <= WH_ROOM_MEDIUM) {
		*room = WH_ROOM_MEDIUM;
		r = bpf_ringbuf_reserve(&events, head + WH_ROOM_MEDIUM, 0);
	} else {
		*room = WH_ROOM_LARGE;
		r = bpf_ringbuf_reserve(&events, head + WH_ROOM_LARGE, 0);
	}
	if (!r)
		return NULL;
	r->ktime_ns = k->ktime_ns;
	r->journey = k->journey;
	r->point = point;
	r->wire_len = x->wire_len;
	r->cap_len = x->cap_len;
	r->meta_bytes = x->meta_bytes;
	r->rare = !!rare;
	r->event.extensions = 0;
	return r;
}

/* In an object that watches somebody's program: which program, and what it returned. */
static __always_inline void name_program(struct wh_record *r, __u8 kind, const struct hook hook)
{
	wh_rare_of(r)->program = (struct wh_ext_program){
		.id = config.program,
		.verdict = hook.verdict,
		.kind = kind,
		.returned = hook.returned,
	};
	r->event.extensions |= WH_EXTENSION_PROGRAM;
}

/* Fills and submits one record. false: the ring is full. */
static __always_inline bool submit(struct sk_buff *skb, __u64 head, struct sock *sk, __u64 info,
				   const struct extent *x, const struct known *k, __u32 point,
				   __u64 seen, const struct hook hook, const bool direct)
{
	__u32 rare = rare_bytes(k), room = 0;
	struct wh_record *r = reserve(x, k, point, &room, rare);

	if (!r)
		return false;
	if (k->task) {
		wh_rare_of(r)->task = *k->task;
		r->event.extensions = WH_EXTENSION_TASK;
	}
	if (k->drop) {
		wh_rare_of(r)->drop = *k->drop;
		r->event.extensions = WH_EXTENSION_DROP;
	}
	if (k->origin) {
		wh_rare_of(r)->link =
			(struct wh_ext_link){ .kind = WH_LINK_KIND_CLONE, .journey = k->origin };
		r->event.extensions |= WH_EXTENSION_LINK;
	}
	if (config.program)
		name_program(r, WH_PROGRAM_KIND_TC, hook);
	if (config.operations)
		note_tell(r, k->place, k->journey);
	describe(r, skb, head, sk, info, x, hook.id, direct);
	copy_bytes(r, x, room, rare);
	bpf_ringbuf_submit(r, wake_flags(seen));
	return true;
}

/* Everything that is known of the skb now, to the ring or to the count of the lost. */
static __always_inline void capture(struct sk_buff *skb, __u64 head, const struct known *k,
				    __u32 point, const struct hook hook, const bool direct)
{
	/* Read before the paths part: for each path on which a pointer is read from an sk_buff that
	 * it trusts, the verifier goes through all types of the kernel, up to four times. */
	struct sock *sk = GET(skb, sk);
	struct wh_counter *c = counter(point);
	struct extent x;
	__u64 info;

	if (!c || left_out(c, k->journey))
		return;
	info = head + GET(skb, end);
	measure(&x, skb, head, info, hook.raw, direct);
	if (!submit(skb, head, sk, info, &x, k, point, __sync_fetch_and_add(&c->seen, 1), hook,
		    direct))
		__sync_fetch_and_add(&c->lost, 1);
}

static __always_inline __u32 bits_set(__u64 word)
{
	return __builtin_popcountll(word);
}

/* The point of a hook on the device of a slot, which is watched. */
static __always_inline __u32 point_at(__u32 slot, const struct hook hook)
{
	if (config.slots)
		return config.point + (hook.returned ? bits_set(config.slots) : 0) +
		       bits_set(config.slots & ((1ull << slot) - 1));
	return config.point ? config.point : slot * WH_HOOK_STRIDE + hook.id;
}

/* The place of a hook in kernel order. */
static __always_inline __u16 step_of(const struct hook hook)
{
	return config.step ? config.step + hook.returned : hook.step;
}

/* Where a packet was found. */
struct found {
	int place; /* in the table of packets under way, or NOWHERE */
	struct hook hook;
};

/* What is left of observe() for the few that are wanted or under way. A function of its own, so
 * that what most packets pass is short. */
static __noinline int observed(struct sk_buff *skb, struct net_device *dev,
			       const struct found *found, const bool direct)
{
	const struct hook hook = found->hook;
	int slot = device_slot(dev, direct), place = found->place;
	__u64 head = ADDRESS(skb, head);
	struct position now = {
		.skb = (__u64)skb,
		.head = head,
		.dev = (__u64)dev,
		.ktime_ns = bpf_ktime_get_ns(),
		.ifindex = GET(dev, ifindex),
		.skb_iif = GET(skb, skb_iif),
		.step = step_of(hook),
		.network = GET(skb, network_header),
		.protocol = GET(skb, protocol),
		.cloned = GET_BITS(skb, cloned),
	};
	struct known k = { .ktime_ns = now.ktime_ns, .place = place };
	__u64 id;
	struct journey *j = journey_at(place, now.skb, &id);

	if (slot != NO_SLOT && config.slots && !(config.slots >> slot & 1))
		return 0;
	/* On the device where it was before, it was asked. */
	if (slot != NO_SLOT && (!j || j->dev != now.dev) && device_look_up(dev, direct) != slot)
		slot = NO_SLOT;
	if (slot == NO_SLOT) {
		journey_passes(j, &now, place);
		return 0;
	}
	if (j && goes_on(j, &now)) {
		journey_goes_on(j, &now, slot, id);
		k.journey = id;
	} else {
		k.journey = config.frames ? frame_taken(&now) : 0;
		if (!k.journey && (place != NOWHERE || config.frames) &&
		    !wanted(skb, dev, hook.raw, direct)) {
			address_forget(&now.skb, place);
			return 0;
		}
		k.journey = journey_begins(place, &now, slot, k.journey, &k.origin);
	}
	capture(skb, head, &k, point_at(slot, hook), hook, direct);
	return 0;
}

/* A hook of Rx or Tx: the skb is on a device. Most packets are strangers, and may have to be
 * nothing more: until that is known, as little as possible is read. */
static __always_inline void observe(struct sk_buff *skb, struct net_device *dev,
				    const struct hook hook, const bool direct)
{
	struct found found;
	int place;

#ifdef BARE
	/* Looks at a field and leaves. */
	if (GET(skb, len))
		return;
#endif
	if (!dev)
		return;
	place = address_of_skb(skb);
	if (place == NOWHERE) {
		if (!device_watched(dev, direct))
			return;
		if (!config.frames && !wanted(skb, dev, hook.raw, direct))
			return;
	}
	found = (struct found){ .place = place, .hook = hook };
	observed(skb, dev, &found, direct);
}

#endif /* WHITHER_CAPTURE_H */
