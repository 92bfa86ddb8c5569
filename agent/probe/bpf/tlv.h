/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* TLVs that a packet must have, looked for in its area before anything is copied. The reading rules
 * are those of core/metadata/scan.ts, which tlv.kernel.test.ts holds this against. */
#ifndef WHITHER_TLV_H
#define WHITHER_TLV_H

/* As in scan.ts: one more is a fault. */
#define TLVS_OF_AREA 64
/* Each step takes at least one byte. */
#define TLV_STEPS (WH_META_MAX + 1)

/* Where an area is. */
struct area {
	__u64 from;
	__u32 length;
	__u32 reserved;
};

struct tlv_walk {
	__u64 from;
	__u32 at;
	__u32 length;
	__u32 count;
	__u32 found; /* a bit for each of config.tlvs */
};

/* 8 bytes from an address on; what is behind the area is read with it and not looked at. */
static __always_inline bool word_at(__u64 address, __u64 *word)
{
	if (CASTS) {
		*word = AS_KERNEL(struct timespec64, address)->tv_sec;
		return true;
	}
	return !bpf_probe_read_kernel(word, sizeof(*word), (void *)address);
}

/* The first 1 to 8 bytes of what was read as a number. */
static __always_inline __u64 number_of(__u64 word, __u32 bytes, bool big)
{
	__u32 shift = (64 - 8 * bytes) & 63;

	return big ? bpf_be64_to_cpu(word) >> shift : word << shift >> shift;
}

static __always_inline __u32 next_tlv(const struct tlv_walk *w, __u32 at)
{
	const __u32 start = config.framing.start, mask = config.framing.align - 1;
	__u32 next = start + ((at - start + mask) & ~mask);

	return next < w->length ? next : w->length;
}

/* Does it have what is wanted? A value is compared as a number: of no bytes, or of more than 8, it
 * equals none. */
static __always_inline void look_at_tlv(struct tlv_walk *w, __u64 type, __u64 value_at, __u64 size)
{
	__u64 word = 0;
	bool readable = size && size <= sizeof(word) && word_at(value_at, &word);

#pragma unroll
	for (__u32 i = 0; i < WH_TLVS_MAX; i++) {
		const volatile struct wh_tlv *wanted = &config.tlvs[i];

		if (i >= config.tlv_count || type != wanted->type)
			continue;
		if (!wanted->has_value ||
		    (readable && number_of(word, size, wanted->big) == wanted->value))
			w->found |= 1u << i;
	}
}

/* 1 = there is nothing more to read. */
static long read_tlv(__u32 i, struct tlv_walk *w)
{
	const __u32 type_bytes = config.framing.type_bytes,
		    length_bytes = config.framing.length_bytes;
	const bool big = config.framing.big;
	__u32 header = type_bytes + length_bytes, left;
	__u64 word, type, size;

	(void)i;
	if (w->at >= w->length || !word_at(w->from + w->at, &word))
		return 1;
	left = w->length - w->at;
	if ((word & 0xff) == config.framing.pad) {
		w->at = next_tlv(w, w->at + 1);
		return 0;
	}
	if (left < type_bytes)
		return 1;
	type = number_of(word, type_bytes, big);
	if (type == config.framing.terminator || left < header)
		return 1;
	size = number_of(word >> 8 * type_bytes, length_bytes, big) * config.framing.unit;
	if (size < config.framing.counted)
		return 1;
	size -= config.framing.counted;
	if (size > left - header || w->count++ == TLVS_OF_AREA)
		return 1;
	look_at_tlv(w, type, w->from + w->at + header, size);
	w->at = next_tlv(w, w->at + header + size);
	return 0;
}

/* 1 = all that are wanted are there. A global function: the verifier checks it once. */
__noinline int area_wanted(const struct area *area)
{
	struct tlv_walk w = { .at = config.framing.start };

	if (!area)
		return 0;
	w.from = area->from;
	w.length = area->length;
	bpf_loop(TLV_STEPS, read_tlv, &w, 0);
	return w.found == (1u << config.tlv_count) - 1;
}

#endif /* WHITHER_TLV_H */
