/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Functions of the kernel that are hooks, or stand in for hooks that it does not have, for BPF and
 * user space: X(function, hook, whether its packets begin at the network header, which argument the
 * sk_buff is, where its device is found). */
#ifndef WHITHER_FUNCTIONS_H
#define WHITHER_FUNCTIONS_H

#define WH_FUNCTIONS(X)                                           \
	X(ip_rcv_core, NF_PREROUTING, true, 0, OF_SKB)            \
	X(ip6_rcv_core, NF_PREROUTING, true, 0, OF_SKB)           \
	X(ip_local_deliver_finish, NF_LOCAL_IN, true, 2, OF_SKB)  \
	X(ip6_input_finish, NF_LOCAL_IN, true, 2, OF_SKB)         \
	X(ip_forward, NF_FORWARD, true, 0, OF_SKB)                \
	X(ip6_forward, NF_FORWARD, true, 0, OF_SKB)               \
	X(__ip_local_out, NF_LOCAL_OUT, true, 2, OF_ROUTE)        \
	X(__ip6_local_out, NF_LOCAL_OUT, true, 2, OF_ROUTE)       \
	X(ip_finish_output, NF_POSTROUTING, true, 2, OF_SKB)      \
	X(ip6_finish_output, NF_POSTROUTING, true, 2, OF_SKB)     \
	X(tcp_v4_rcv, TCP_RCV, false, 0, OF_SKB)                  \
	X(tcp_v6_rcv, TCP_RCV, false, 0, OF_SKB)                  \
	X(udp_queue_rcv_one_skb, UDP_RCV, false, 1, OF_SKB)       \
	X(udpv6_queue_rcv_one_skb, UDP_RCV, false, 1, OF_SKB)     \
	X(ip_finish_output2, IP_FINISH_OUTPUT2, true, 2, OF_SKB)  \
	X(ip6_finish_output2, IP_FINISH_OUTPUT2, true, 2, OF_SKB) \
	X(__dev_queue_xmit, DEV_QUEUE_XMIT, false, 0, OF_SKB)

#endif /* WHITHER_FUNCTIONS_H */
