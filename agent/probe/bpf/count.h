/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Tracepoints of XDP that name device, program and target but not the packet: how many there were
 * of each kind. They are no events: no journey, no record, nothing that could be lost. */
#ifndef WHITHER_COUNT_H
#define WHITHER_COUNT_H

/* linux/filter.h, bpf_xdp_redirect(): the id of the map where there is none. */
#define NO_MAP 0x7fffffff

/* A kind that was not met before; NULL: there is no room. */
static __noinline struct wh_counted_value *count_begins(const struct wh_counted_key *key,
							struct bpf_prog_aux *aux)
{
	struct wh_counted_value fresh = {};

	bpf_probe_read_kernel(fresh.name, sizeof(fresh.name), aux->name);
	/* Another CPU may be doing the same: its entry is as good. */
	bpf_map_update_elem(&counted, key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&counted, key);
}

static __always_inline void count(struct net_device *dev, struct bpf_prog *program,
				  struct wh_counted_key key)
{
	int slot = device_look_up(dev, true);
	struct wh_counted_value *v;

	if (slot == NO_SLOT)
		return;
	key.slot = slot;
	key.program = program->aux->id;
	v = bpf_map_lookup_elem(&counted, &key);
	if (!v)
		v = count_begins(&key, program->aux);
	if (!v) {
		key = (struct wh_counted_key){ .slot = slot, .hook = key.hook };
		v = bpf_map_lookup_elem(&counted, &key);
	}
	/* XDP runs with softirqs off: nobody else is at work on it. */
	if (v)
		v->count++;
}

#endif /* WHITHER_COUNT_H */
