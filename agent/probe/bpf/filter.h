/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* The pcap-filter expression, decided before anything is copied. libpcap compiles it twice, for
 * packets seen from their MAC header and from their network header; filter-translate.c turns both
 * into instructions that replace the bodies of the two functions below in the object, before it is
 * loaded (probe-image.c). */
#ifndef WHITHER_FILTER_H
#define WHITHER_FILTER_H

/* As they are, everything matches. The rest is room, behind a branch always taken: the verifier
 * removes it at once, where instructions that do nothing would be removed one by one. The arguments
 * and the result are where a function has them, so nothing but its end is added to it.
 * from: where the address of the first byte is, for to the verifier it may be a pointer; have:
 * bytes that can be read there; length: fragments included, where the expression asks for it; tag:
 * accelerated VLAN tag, TPID << 16 | TCI, 0 = none. 64 bits, so that nothing is cut off first. */
#define FILTER(name)                                                                \
	__noinline int name(const __u64 *from, __u64 have, __u64 length, __u64 tag) \
	{                                                                           \
		register const __u64 *first asm("r1") = from;                       \
		register __u64 second asm("r2") = have;                             \
		register __u64 third asm("r3") = length;                            \
		register __u64 fourth asm("r4") = tag;                              \
		register int result asm("r0");                                      \
                                                                                    \
		asm volatile("r0 = 1\n"                                             \
			     "if r0 == 1 goto 1f\n"                                 \
			     ".rept %[room]\n"                                      \
			     "goto +0\n"                                            \
			     ".endr\n"                                              \
			     "1:\n"                                                 \
			     : "=r"(result)                                         \
			     : "r"(first), "r"(second), "r"(third),                 \
			       "r"(fourth), [room] "i"(WH_FILTER_ROOM - 3));        \
		return result;                                                      \
	}

FILTER(filter_link)
FILTER(filter_network)

/* The tag that the kernel took out of the packet, or that the driver will put in. */
static __always_inline __u32 accelerated_tag(struct sk_buff *skb, const bool direct)
{
	if (bpf_core_field_exists(skb->vlan_present) && !GET_BITS(skb, vlan_present))
		return 0;
	return (__u32)bpf_ntohs(GET(skb, vlan_proto)) << 16 | GET(skb, vlan_tci);
}

/* Is it what the expression asks for? Only the linear part is looked at, where the headers are. */
static __always_inline bool matches(struct sk_buff *skb, const __u32 filter, bool ethernet,
				    const bool raw, const bool direct)
{
	__u32 at = raw ? GET(skb, network_header) : GET(skb, mac_header), tail = GET(skb, tail);
	__u64 from = (__u64)GET(skb, head) + at;
	__u32 have = 0, length = 0, tag = 0;

	if (at != MAC_HEADER_UNSET && tail > at)
		have = tail - at;
	if (filter & WH_FILTER_LENGTH)
		length = have ? have + GET(skb, data_len) : GET(skb, len);
	if (raw || !ethernet)
		return filter_network(&from, have, length, 0);
	if (filter & WH_FILTER_TAGS)
		tag = accelerated_tag(skb, direct);
	return filter_link(&from, have, length, tag);
}

static __always_inline bool has_tlvs(__u64 from, __u8 length)
{
	struct area area = { .from = from, .length = length };

	return area_wanted(&area);
}

/* Has it the mark, the metadata and the TLVs that it must have? */
static __always_inline bool marked(struct sk_buff *skb, const __u32 filter, const bool direct)
{
	if (filter & WH_FILTER_MARK && (GET(skb, mark) & config.mark_mask) != config.mark)
		return false;
	if (filter & (WH_FILTER_METADATA | WH_FILTER_TLV)) {
		__u64 head = ADDRESS(skb, head), info = head + GET(skb, end);
		__u16 mac = GET(skb, mac_header);
		__u8 meta_len = 0;

		if (!READ_INFO(&meta_len, info, meta_len) || !meta_len)
			return false;
		if (filter & WH_FILTER_TLV && (mac == MAC_HEADER_UNSET || mac < meta_len ||
					       !has_tlvs(head + mac - meta_len, meta_len)))
			return false;
	}
	return true;
}

/* May a journey begin with it? Asked of every packet that has none, so what is cheap comes first.
 */
static __always_inline bool wanted(struct sk_buff *skb, struct net_device *dev, const bool raw,
				   const bool direct)
{
	const __u32 filter = config.filter;

	if (filter & (WH_FILTER_MARK | WH_FILTER_METADATA | WH_FILTER_TLV) &&
	    !marked(skb, filter, direct))
		return false;
	if (!(filter & WH_FILTER_EXPRESSION))
		return true;
	return matches(skb, filter, raw || device_is_ethernet(dev, direct), raw, direct);
}

/* The same of a frame, which lies between two addresses and has no mark. */
static __always_inline bool frame_wanted(__u64 from, __u64 to, __u32 length, __u8 meta_len,
					 bool ethernet)
{
	if (config.filter & WH_FILTER_MARK || (config.filter & WH_FILTER_METADATA && !meta_len))
		return false;
	if (config.filter & WH_FILTER_TLV && !has_tlvs(from - meta_len, meta_len))
		return false;
	if (!(config.filter & WH_FILTER_EXPRESSION))
		return true;
	return ethernet ? filter_link(&from, to - from, length, 0)
			: filter_network(&from, to - from, length, 0);
}

#endif /* WHITHER_FILTER_H */
