/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* The kernel's types, only the fields that are read, declared by hand. CO-RE looks the offsets up
 * in the BTF of the kernel that loads the program; order and neighbours here mean nothing. */
#ifndef WHITHER_KERNEL_TYPES_H
#define WHITHER_KERNEL_TYPES_H

#define CORE __attribute__((preserve_access_index))

struct ns_common {
	unsigned int inum;
} CORE;

struct net {
	struct ns_common ns;
} CORE;

typedef struct {
	struct net *net;
} CORE possible_net_t;

struct net_device {
	int ifindex;
	possible_net_t nd_net;
} CORE;

typedef struct {
	__s64 counter;
} CORE atomic64_t;

typedef struct {
	int counter;
} CORE atomic_t;

struct sock_common {
	atomic64_t skc_cookie;
} CORE;

struct sock {
	struct sock_common __sk_common;
} CORE;

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	unsigned int len;
	unsigned int data_len;
	__u16 queue_mapping;
	__u8 cloned:1;
	__u8 pkt_type:3;
	__u32 priority;
	int skb_iif;
	__u32 hash;
	__u8 vlan_present:1; /* until 6.1; vlan_tci keeps its value when the tag is taken off */
	__u16 vlan_tci;
	__u32 mark;
	__be16 protocol;
	__u16 network_header;
	__u16 mac_header;
	unsigned int end;
	unsigned char *head;
	unsigned char *data;
} CORE;

struct skb_shared_info {
	__u8 meta_len;
	atomic_t dataref;
} CORE;

/* skbuff.h: skb->mac_header of a packet that has none yet */
#define MAC_HEADER_UNSET 0xffff
/* skbuff.h: SKB_DATAREF_MASK, the references to the head; the upper half counts payload-only ones
 */
#define SKB_DATAREF_MASK 0xffff

#endif /* WHITHER_KERNEL_TYPES_H */
