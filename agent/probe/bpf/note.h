/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* What the kernel did to a packet since its last event. Kept at the place of its sk_buff in the
 * table of packets under way, and told by the next event. */
#ifndef WHITHER_NOTE_H
#define WHITHER_NOTE_H

#define NOTED (sizeof(((struct wh_ext_operations *)0)->seen) / sizeof(struct wh_operation_seen))

static __always_inline struct note *note_at(int place)
{
	__u32 index = place;

	return place < 0 ? NULL : bpf_map_lookup_elem(&notes, &index);
}

/* Moves what was noted of a journey into its next event. */
static __always_inline void note_tell(struct wh_record *r, int place, __u64 journey)
{
	struct note *n = note_at(place);

	if (!n || n->journey != journey || !n->told.count)
		return;
	wh_rare_of(r)->operations = n->told;
	r->event.extensions |= WH_EXTENSION_OPERATIONS;
	n->told.count = n->told.missed = 0;
}

#endif /* WHITHER_NOTE_H */
