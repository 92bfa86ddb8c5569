/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* From an address to the place of its journey: a set-associative cache. Not every free can be
 * seen; what is left behind is evicted, oldest first. */
#ifndef WHITHER_ADDRESS_H
#define WHITHER_ADDRESS_H

#define NOWHERE (-1)

/* The lower half of an address: of a pointer it is all that one may calculate with, and only when
 * it was moved first. */
static __always_inline __u32 lower_half(__u64 address)
{
	__u32 half;

	asm volatile("%0 = %1" : "=w"(half) : "w"((__u32)address));
	return half;
}

/* Fibonacci hashing: sk_buffs and heads are aligned, their low bits say nothing. */
static __always_inline __u32 set_of(__u64 address)
{
	return lower_half(address) * 0x9e3779b1u >> (32 - WH_SETS_LOG2);
}

/* Place of the sk_buff, or NOWHERE: what every hook asks first, of every packet of the host. Most
 * are in none of the ways, so that is asked in one go. */
static __always_inline int address_of_skb(const struct sk_buff *skb)
{
	const __u64 address = (__u64)skb;
	__u32 set = set_of(address), way = 0;
	struct address_set *s = &asked.addresses[set];

	_Static_assert(WH_WAYS == 4, "each is compared");
	asm volatile("" : "+r"(s)); /* once, not for each */
	if (s->address[0] != address && s->address[1] != address && s->address[2] != address &&
	    s->address[3] != address)
		return NOWHERE;
	asm volatile("" : "+r"(way)); /* nothing of what follows is done before */
	while (way < WH_WAYS - 1 && s->address[way] != address)
		way++;
	/* Another CPU may have put another sk_buff in its place since. */
	return *(volatile __u64 *)&s->address[way] == address ? set * WH_WAYS + way : NOWHERE;
}

/* Global functions: the verifier checks them once, not for every path of every caller. They take
 * the address by reference, for as an argument it would be a pointer, with which one may not
 * calculate. */

/* Place of the address, or NOWHERE. */
__noinline int address_find(const __u64 *where)
{
	__u64 address = where ? *where : 0;
	__u32 set = set_of(address);
	struct address_set *s = &asked.addresses[set];

#pragma unroll
	for (__u32 way = 0; way < WH_WAYS; way++)
		if (s->address[way] == address)
			return set * WH_WAYS + way;
	return NOWHERE;
}

/* When what is at a place was last seen. */
static __always_inline __u64 seen_at(__u32 place)
{
	struct journey *j = bpf_map_lookup_elem(&journeys, &place);

	return j ? j->ktime_ns : 0;
}

/* A place for an address that has none. NOWHERE: others took it meanwhile. */
__noinline int address_claim(const __u64 *where)
{
	__u64 address = where ? *where : 0;
	__u32 set = set_of(address), oldest = 0, zero = 0;
	struct address_set *s = &asked.addresses[set];
	struct wh_journey_counter *c;
	__u64 age, least = ~0ull, victim;

#pragma unroll
	for (__u32 way = 0; way < WH_WAYS; way++)
		if (!s->address[way] &&
		    __sync_val_compare_and_swap(&s->address[way], 0, address) == 0)
			return set * WH_WAYS + way;
#pragma unroll
	for (__u32 way = 0; way < WH_WAYS; way++) {
		age = seen_at(set * WH_WAYS + way);
		if (age < least) {
			least = age;
			oldest = way;
		}
	}
	oldest &= WH_WAYS - 1;
	c = bpf_map_lookup_elem(&journey_counters, &zero);
	if (c)
		__sync_fetch_and_add(&c->evicted, 1);
	victim = s->address[oldest];
	if (__sync_val_compare_and_swap(&s->address[oldest], victim, address) != victim)
		return NOWHERE;
	return set * WH_WAYS + oldest;
}

static __always_inline struct journey *journey_of(int place)
{
	__u32 index = place;

	return place < 0 ? NULL : bpf_map_lookup_elem(&journeys, &index);
}

/* Without a lock another CPU may evict an address while one is at work with its entry. So the id of
 * a journey says whose it is, in the same word: with the set, these bits of the hash are all of the
 * lower half of an address but for three bits that are 0. Between bits of WH_LEFT_OUT and the id.
 */
#define TAG_BITS  14
#define TAG_SHIFT 48
#define TAG	  (((1ull << TAG_BITS) - 1) << TAG_SHIFT)
_Static_assert(!(TAG & WH_LEFT_OUT) && WH_SETS_LOG2 + TAG_BITS == 32 - 3, "see above");

static __always_inline __u64 tag_of(__u64 address)
{
	__u32 hash = lower_half(address) * 0x9e3779b1u;

	return (__u64)(hash << WH_SETS_LOG2 >> (32 - TAG_BITS)) << TAG_SHIFT;
}

/* The id of a journey that is the address's; 0: it is another's by now. */
static __always_inline __u64 journey_id(const struct journey *j, __u64 address)
{
	__u64 id = *(const volatile __u64 *)&j->tagged_id ^ tag_of(address);

	return id & TAG ? 0 : id;
}

/* The journey at the place of an address, and its id; NULL and 0 when there is none of it. */
static __always_inline struct journey *journey_at(int place, __u64 address, __u64 *id)
{
	struct journey *j = journey_of(place);

	*id = j ? journey_id(j, address) : 0;
	return *id ? j : NULL;
}

/* For before the rest is written: who has read what was there can tell by it. */
static __always_inline void journey_own(struct journey *j, __u64 address, __u64 id)
{
	*(volatile __u64 *)&j->tagged_id = id | tag_of(address);
	asm volatile("" ::: "memory");
}

/* The entry of an address for a journey that begins: the one at its place, whoever that was of, or
 * one that is claimed. NULL: there is none. */
static __always_inline struct journey *journey_claim(int place, const __u64 *where)
{
	return journey_of(place == NOWHERE ? address_claim(where) : place);
}

__noinline int address_forget(const __u64 *where, int place)
{
	__u64 address = where ? *where : 0;
	struct address_set *s = &asked.addresses[(__u32)place / WH_WAYS % WH_SETS];

	if (place >= 0)
		__sync_val_compare_and_swap(&s->address[place & (WH_WAYS - 1)], address, 0);
	return 0;
}

#endif /* WHITHER_ADDRESS_H */
