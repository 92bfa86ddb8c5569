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

/* As they are, everything matches. The rest is room, behind a branch never taken: the verifier removes
 * that at once, where instructions that do nothing would be removed one by one. */
#define ROOM_FOR_A_FILTER                                                         \
	asm volatile("r0 = 1\n"                                                   \
		     "if r0 != 1 goto 1f\n"                                       \
		     "exit\n"                                                     \
		     "1: .rept %[room]\n"                                         \
		     "goto +0\n"                                                  \
		     ".endr\n"                                                    \
		     "exit\n" ::[room] "i"(WH_FILTER_ROOM - 4))

__attribute__((naked)) __noinline int filter_link(const struct wh_packet *packet)
{
	ROOM_FOR_A_FILTER;
}

__attribute__((naked)) __noinline int filter_network(const struct wh_packet *packet)
{
	ROOM_FOR_A_FILTER;
}

/* The tag that the kernel took out of the packet, or that the driver will put in. */
static __always_inline __u32 accelerated_tag(struct sk_buff *skb, const bool direct)
{
	if (bpf_core_field_exists(skb->vlan_present) && !GET_BITS(skb, vlan_present))
		return 0;
	return (__u32)bpf_ntohs(GET(skb, vlan_proto)) << 16 | GET(skb, vlan_tci);
}

/* Is it what the expression asks for? Only the linear part is looked at, where the headers are. */
static __always_inline bool matches(struct sk_buff *skb, __u64 head, struct net_device *dev,
				    const bool raw, const bool direct)
{
	__u16 from = raw ? GET(skb, network_header) : GET(skb, mac_header), type;
	__s64 before_data = (__s64)(ADDRESS(skb, data) - head) - from, linear;
	__u32 len = GET(skb, len);
	struct wh_packet p = { .from = head + from, .length = len };

	linear = before_data + len - GET(skb, data_len);
	if (from != MAC_HEADER_UNSET && linear > 0) {
		p.have = linear;
		p.length = len + before_data;
	}
	if (raw)
		return filter_network(&p);
	type = GET(dev, type);
	if (type != ARPHRD_ETHER && type != ARPHRD_LOOPBACK)
		return filter_network(&p);
	if (config.filter & WH_FILTER_TAGS)
		p.tag = accelerated_tag(skb, direct);
	return filter_link(&p);
}

#endif /* WHITHER_FILTER_H */
