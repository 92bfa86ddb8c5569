// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* A request id on its way from the wire to the application: XDP finds it in packet data and copies
 * it into the area, TC from there into a map keyed by flow, a cgroup program from the map into the
 * storage of the socket, and getsockopt() hands it out. For UDP, where a socket has many senders,
 * TC puts 32 bits of it into skb->mark, too, which recvmsg() tells with each datagram. */
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "lab.h"
#include "shuffle.h"
#include "whither.h"

struct shuffled {
	__u64 packets;
	struct shuffle_area area;
	__u8 pad[4];
};

struct flow {
	__be32 source;
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 pad[3];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow);
	__type(value, struct shuffled);
} shuffle_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct shuffled);
} shuffle_sockets SEC(".maps");

/* Where the application's bytes begin, 0 = not a packet of ours. IPv4 without options. */
static __always_inline __u32 payload_of(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(udp + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 ||
	    udp->dest != bpf_htons(SHUFFLE_PORT))
		return 0;
	if (ip->protocol == IPPROTO_UDP)
		return ETH_HLEN + sizeof(*ip) + sizeof(*udp);
	if (ip->protocol != IPPROTO_TCP || (void *)(tcp + 1) > end)
		return 0;
	return ETH_HLEN + sizeof(*ip) + 4 * tcp->doff;
}

static __always_inline bool is_proxy(const struct shuffle_proxy *p)
{
	return p->signature[0] == SHUFFLE_PROXY_FIRST && p->version == SHUFFLE_PROXY_VERSION &&
	       p->tlv.type == SHUFFLE_TLV_REQUEST;
}

SEC("xdp")
int shuffle_xdp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 at = payload_of(data, end);
	struct shuffle_area area = {}, *to;
	struct shuffle_proxy *proxy;
	struct shuffle_option *option;

	if (!at || at > SHUFFLE_MAX_OFFSET)
		return XDP_PASS;
	whither_tap(ctx, "wire");
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	proxy = data + at;
	option = data + at;
	if ((void *)(proxy + 1) <= end && is_proxy(proxy))
		__builtin_memcpy(&area, &proxy->tlv, sizeof(proxy->tlv));
	else if ((void *)(option + 1) <= end && option->class == bpf_htons(SHUFFLE_OPTION_CLASS))
		__builtin_memcpy(&area, option, sizeof(*option));
	else
		return XDP_PASS;
	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(area)))
		return XDP_PASS;
	to = (void *)(long)ctx->data_meta;
	if ((void *)(to + 1) > (void *)(long)ctx->data)
		return XDP_PASS;
	*to = area;
	whither_tap(ctx, "to_area");
	return XDP_PASS;
}

/* Reads both sides of a flow at offset `l3`. */
static __always_inline bool flow_of(struct __sk_buff *skb, __u32 l3, struct flow *out)
{
	struct {
		struct iphdr ip;
		struct udphdr udp; /* the ports of TCP are in the same place */
	} packet;

	if (bpf_skb_load_bytes(skb, l3, &packet, sizeof(packet)) || packet.ip.version != 4 ||
	    packet.udp.dest != bpf_htons(SHUFFLE_PORT))
		return false;
	*out = (struct flow){
		.source = packet.ip.saddr,
		.destination = packet.ip.daddr,
		.source_port = packet.udp.source,
		.destination_port = packet.udp.dest,
		.protocol = packet.ip.protocol,
	};
	return true;
}

SEC("tc")
int shuffle_tc(struct __sk_buff *skb)
{
	struct shuffle_area *area = (void *)(long)skb->data_meta;
	struct shuffled value = { .packets = 1 }, *known;
	struct flow flow = {};
	__u32 mark;

	if ((void *)(area + 1) > (void *)(long)skb->data)
		return TCX_NEXT;
	value.area = *area;
	if (!flow_of(skb, ETH_HLEN, &flow))
		return TCX_NEXT;
	known = bpf_map_lookup_elem(&shuffle_flows, &flow);
	if (known)
		value.packets += known->packets;
	bpf_map_update_elem(&shuffle_flows, &flow, &value, BPF_ANY);
	if (flow.protocol == IPPROTO_UDP) {
		__builtin_memcpy(&mark, value.area.bytes + SHUFFLE_OPTION_MARK, sizeof(mark));
		skb->mark = bpf_ntohl(mark);
	}
	NOTE(skb, skb_sequence(skb), "to map");
	whither_tap_blob(skb, "to_map", &value.area, sizeof(value.area));
	return TCX_NEXT;
}

/* The area is no longer to be had here; the map still has it. */
SEC("cgroup_skb/ingress")
int shuffle_socket(struct __sk_buff *skb)
{
	struct shuffled *value, *own;
	struct bpf_sock *sk = skb->sk;
	struct flow flow = {};

	if (!sk || !flow_of(skb, 0, &flow))
		return 1;
	value = bpf_map_lookup_elem(&shuffle_flows, &flow);
	own = value ? bpf_sk_storage_get(&shuffle_sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE)
		    : NULL;
	if (own)
		*own = *value;
	return 1;
}

SEC("cgroup/getsockopt")
int shuffle_option(struct bpf_sockopt *ctx)
{
	__u8 *to = ctx->optval, *end = ctx->optval_end;
	struct shuffled *value;

	if (ctx->level != SHUFFLE_LEVEL || ctx->optname != SHUFFLE_OPTNAME || !ctx->sk ||
	    to + sizeof(__u64) > end)
		return 1;
	value = bpf_sk_storage_get(&shuffle_sockets, ctx->sk, NULL, 0);
	if (!value)
		return 1;
	__builtin_memcpy(to, value->area.bytes + SHUFFLE_TLV_VALUE, sizeof(__u64));
	ctx->optlen = sizeof(__u64);
	/* The verifier takes no store of both at once. */
	asm volatile("" ::: "memory");
	ctx->retval = 0;
	return 1;
}
