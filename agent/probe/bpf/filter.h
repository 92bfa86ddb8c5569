/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* The pcap-filter expression, decided before anything is copied. libpcap compiles it twice, for
 * packets seen from their MAC header and from their network header; filter-translate.c turns both
 * into instructions that replace the bodies of the two functions below in the object, before it is
 * loaded (probe-image.c). */
#ifndef WHITHER_FILTER_H
#define WHITHER_FILTER_H

/* linux/if_arp.h: devices whose packets begin with an Ethernet header */
#define ARPHRD_ETHER	1
#define ARPHRD_LOOPBACK 772

/* As they are, everything matches. The rest is room, behind a branch always taken: the verifier
 * removes it at once, where instructions that do nothing would be removed one by one. The argument
 * and the result are where a function has them, so nothing but its end is added to it. */
#define FILTER(name)                                                           \
	__noinline int name(const struct wh_packet *packet)                    \
	{                                                                      \
		register const struct wh_packet *argument asm("r1") = packet;  \
		register int result asm("r0");                                 \
                                                                               \
		asm volatile("r0 = 1\n"                                        \
			     "if r0 == 1 goto 1f\n"                            \
			     ".rept %[room]\n"                                 \
			     "goto +0\n"                                       \
			     ".endr\n"                                         \
			     "1:\n"                                            \
			     : "=r"(result)                                    \
			     : "r"(argument), [room] "i"(WH_FILTER_ROOM - 3)); \
		return result;                                                 \
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

static __always_inline bool has_ethernet(struct net_device *dev, const bool direct)
{
	__u16 type = GET(dev, type);

	return type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK;
}

/* Is it what the expression asks for? Only the linear part is looked at, where the headers are. */
static __always_inline bool matches(struct sk_buff *skb, __u64 head, struct net_device *dev,
				    const bool raw, const bool direct)
{
	__u16 from = raw ? GET(skb, network_header) : GET(skb, mac_header);
	__s64 before_data = (__s64)(ADDRESS(skb, data) - head) - from, linear;
	__u32 len = GET(skb, len);
	struct wh_packet p = { .from = head + from, .length = len };

	linear = before_data + len - GET(skb, data_len);
	if (from != MAC_HEADER_UNSET && linear > 0) {
		p.have = linear;
		p.length = len + before_data;
	}
	if (raw || !has_ethernet(dev, direct))
		return filter_network(&p);
	if (config.filter & WH_FILTER_TAGS)
		p.tag = accelerated_tag(skb, direct);
	return filter_link(&p);
}

/* May a journey begin with it? Asked of every packet that has none, so what is cheap comes first.
 */
static __always_inline bool wanted(struct sk_buff *skb, __u64 head, struct net_device *dev,
				   const bool raw, const bool direct)
{
	__u8 meta_len = 0;

	if (config.filter & WH_FILTER_MARK && (GET(skb, mark) & config.mark_mask) != config.mark)
		return false;
	if (config.filter & WH_FILTER_METADATA) {
		__u64 info = head + GET(skb, end);

		if (!READ_INFO(&meta_len, info, meta_len) || !meta_len)
			return false;
	}
	return !(config.filter & WH_FILTER_EXPRESSION) || matches(skb, head, dev, raw, direct);
}

/* The same of a frame, which lies between two addresses and has no mark. */
static __always_inline bool frame_wanted(__u64 from, __u64 to, __u32 length, __u8 meta_len,
					 struct net_device *dev, const bool direct)
{
	struct wh_packet p = { .from = from, .have = to - from, .length = length };

	if (config.filter & WH_FILTER_MARK || (config.filter & WH_FILTER_METADATA && !meta_len))
		return false;
	if (!(config.filter & WH_FILTER_EXPRESSION))
		return true;
	return has_ethernet(dev, direct) ? filter_link(&p) : filter_network(&p);
}

#endif /* WHITHER_FILTER_H */
