// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* A TC program that marks the packets of one service: the helpers it writes with give a packet
 * that is cloned a head of its own, and those of other services are left alone. */
#include "lab.h"

#define MARKED_PORT	7101
#define PORT_OFFSET	(ETH_HLEN + 20 + 2) /* UDP behind an IPv4 header without options */
#define TOS_OFFSET	(ETH_HLEN + 1)
#define CHECKSUM_OFFSET (ETH_HLEN + 10)
#define VERSION_AND_TOS 0x4500 /* as the packets are sent */
#define TOS_EXPEDITED	0xb8   /* RFC 3246, in the upper six bits */

STAMP

EYE(before)

SEC("tc")
int mark_dscp(struct __sk_buff *skb)
{
	__u8 tos = TOS_EXPEDITED;
	__be16 port;

	if (bpf_skb_load_bytes(skb, PORT_OFFSET, &port, sizeof(port)) ||
	    port != bpf_htons(MARKED_PORT))
		return TCX_NEXT;
	bpf_l3_csum_replace(skb, CHECKSUM_OFFSET, bpf_htons(VERSION_AND_TOS),
			    bpf_htons(VERSION_AND_TOS | TOS_EXPEDITED), sizeof(__be16));
	bpf_skb_store_bytes(skb, TOS_OFFSET, &tos, sizeof(tos), 0);
	return TCX_NEXT;
}

EYE(after)
