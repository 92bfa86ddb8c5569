/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* The kernel's types, only the fields that are read, declared by hand. CO-RE looks the offsets up
 * in the BTF of the kernel that loads the program; order and neighbours here mean nothing. */
#ifndef WHITHER_KERNEL_TYPES_H
#define WHITHER_KERNEL_TYPES_H

/* Two ways to read kernel memory: a typed pointer (an argument of a tracepoint, or a cast one) may
 * be followed directly (`direct`, cheap); else every field is a probe read. `direct` is a constant
 * in every caller, so only one way is compiled in. */
#define GET(p, ...)	      (direct ? READ_DIRECT(p, __VA_ARGS__) : BPF_CORE_READ(p, __VA_ARGS__))
#define READ_DIRECT(p, ...)   ___apply(READ_DIRECT, ___narg(__VA_ARGS__))(p, __VA_ARGS__)
#define READ_DIRECT1(p, a)    ((p)->a)
#define READ_DIRECT2(p, a, b) ((p)->a.b)
#define GET_BITS(p, field) \
	(direct ? BPF_CORE_READ_BITFIELD(p, field) : BPF_CORE_READ_BITFIELD_PROBED(p, field))

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

struct xdp_rxq_info {
	struct net_device *dev;
	__u32 queue_index;
} CORE;

struct xdp_buff {
	void *data;
	void *data_end;
	void *data_meta;
	void *data_hard_start;
	struct xdp_rxq_info *rxq;
	__u32 frame_sz;
	__u32 flags; /* from Linux 5.18 on */
} CORE;

struct dst_entry {
	struct net_device *dev;
} CORE;

struct sk_buff {
	unsigned long _skb_refdst;
	struct net_device *dev;
	struct sock *sk;
	char cb[48];
	unsigned int len;
	unsigned int data_len;
	__u16 queue_mapping;
	__u8 cloned:1;
	__u8 pkt_type:3;
	__u8 l4_hash:1;
	__u8 sw_hash:1;
	__u8 tc_at_ingress:1;
	__u8 active_extensions;
	__u32 priority;
	int skb_iif;
	__u32 hash;
	__be16 vlan_proto;
	__u16 vlan_tci;
	__u8 vlan_present:1; /* until 6.1; the tag's other fields keep their value when it is taken
				off */
	__u32 mark;
	__be16 protocol;
	__u16 network_header;
	__u16 mac_header;
	unsigned int tail; /* of the linear part, from head; so is end */
	unsigned int end;
	unsigned char *head;
	unsigned char *data;
} CORE;

struct skb_shared_hwtstamps {
	__s64 hwtstamp;
} CORE;

struct skb_shared_info {
	__u8 meta_len;
	struct skb_shared_hwtstamps hwtstamps;
	atomic_t dataref;
	unsigned int xdp_frags_size; /* from Linux 5.18 on */
} CORE;

struct nf_hook_state {
	struct net_device *in;
	struct net_device *out;
} CORE;

struct bpf_nf_ctx {
	const struct nf_hook_state *state;
	struct sk_buff *skb;
} CORE;

struct bpf_prog_aux {
	__u32 id;
	char name[16];
} CORE;

struct bpf_prog {
	struct bpf_prog_aux *aux;
} CORE;

struct Qdisc {
	unsigned int flags;
} CORE;

/* skbuff.h: skb->mac_header of a packet that has none yet */
#define MAC_HEADER_UNSET 0xffff
/* skbuff.h: SKB_DATAREF_MASK, the references to the head; the upper half counts payload-only ones
 */
#define SKB_DATAREF_MASK 0xffff
/* sch_generic.h: TCQ_F_NOLOCK, other CPUs dequeue while this one enqueues */
#define QDISC_NOLOCK 0x100
/* net/xdp.h: XDP_FLAGS_HAS_FRAGS */
#define FRAME_HAS_FRAGS 1
/* SMP_CACHE_BYTES, to which skb_shared_info is rounded up (SKB_DATA_ALIGN of skbuff.h) */
#define CACHE_LINE 64
/* linux/netfilter.h */
#define NF_ACCEPT 1

/* The build for Linux 6.2 and later: a pointer to kernel memory that may be followed without
 * helpers; faults read as 0, and each load costs eight instructions to see whether it would. A
 * program's own context and what a tracepoint is called with the kernel vouches for: one
 * instruction. The other build asks bpf_probe_read_kernel(). */
#ifdef WITH_CASTS
extern void *bpf_rdonly_cast(void *obj, __u32 btf_id) __ksym;
extern void *bpf_cast_to_kern_ctx(void *ctx) __ksym;
#define CASTS 1
#define AS_KERNEL(type, pointer) \
	((type *)bpf_rdonly_cast((void *)(pointer), bpf_core_type_id_kernel(type)))
#define CONTEXT(ctx) bpf_cast_to_kern_ctx(ctx)
#else
#define CASTS			 0
#define CONTEXT(ctx)		 ((void *)(ctx))
#define AS_KERNEL(type, pointer) ((type *)(pointer))
#endif

/* From Linux 6.17 on, a pointer to bytes that was read from a struct is a pointer to the verifier,
 * too, and one may not calculate with it as with a number. Any struct that begins with 8 bytes of
 * number lends its eyes. */
struct timespec64 {
	__s64 tv_sec;
} CORE;
#define ADDRESS(p, field) \
	(CASTS ? (__u64)AS_KERNEL(struct timespec64, &(p)->field)->tv_sec : (__u64)GET(p, field))

/* A field of skb_shared_info; false: it could not be read. */
#define READ_INFO(out, info, field)                                              \
	(CASTS ? (*(out) = AS_KERNEL(struct skb_shared_info, info)->field, true) \
	       : !bpf_core_read(out, sizeof(*(out)), &((struct skb_shared_info *)(info))->field))

#endif /* WHITHER_KERNEL_TYPES_H */
