// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Somebody's programs with taps: XDP reads a TLV from the payload of datagrams and puts it into the
 * area, TC moves it from there to a map keyed by flow, cgroup_skb to the storage of the socket. */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "taps.h"
#include "whither.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct flow_key);
	__type(value, struct flow_value);
} taps_flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct flow_value);
} taps_sockets SEC(".maps");

struct datagram {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	struct tlv_request request;
} __attribute__((packed));

static __always_inline bool is_traced(const struct datagram *d, const void *end, __u16 port)
{
	return (const void *)(d + 1) <= end && d->eth.h_proto == bpf_htons(ETH_P_IP) &&
	       d->ip.ihl == 5 && d->ip.protocol == IPPROTO_UDP && d->udp.dest == bpf_htons(port) &&
	       d->request.type == TLV_REQUEST && d->request.length == sizeof(d->request.value);
}

SEC("xdp")
int taps_xdp(struct xdp_md *ctx)
{
	struct datagram *d = (void *)(long)ctx->data;
	struct tlv_request request;
	struct taps_area *area;

	whither_tap(ctx, "xdp_entry");
	if (is_traced(d, (void *)(long)ctx->data_end, TAPS_DROP_PORT)) {
		whither_tap_blob(ctx, "xdp_drop", &d->request, sizeof(d->request));
		return XDP_DROP;
	}
	if (!is_traced(d, (void *)(long)ctx->data_end, TAPS_PORT))
		return XDP_PASS;
	request = d->request;
	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*area)))
		return XDP_PASS;
	area = (void *)(long)ctx->data_meta;
	if ((void *)(area + 1) > (void *)(long)ctx->data)
		return XDP_PASS;
	*area = (struct taps_area){
		.request = request,
		.stage = { .type = TLV_STAGE, .length = 1, .value = 1 },
	};
	whither_tap(ctx, "xdp_exit");
	return XDP_PASS;
}

SEC("tc")
int taps_tc(struct __sk_buff *ctx)
{
	struct taps_area *area = (void *)(long)ctx->data_meta;
	struct datagram *d = (void *)(long)ctx->data;
	struct flow_value *known, value = { .packets = 1 };
	struct flow_key key = {};

	if ((void *)(area + 1) > (void *)(long)ctx->data ||
	    !is_traced(d, (void *)(long)ctx->data_end, TAPS_PORT))
		return TC_ACT_UNSPEC;
	key.source = d->ip.saddr;
	key.destination = d->ip.daddr;
	key.source_port = d->udp.source;
	key.destination_port = d->udp.dest;
	key.protocol = d->ip.protocol;
	area->stage.value = 2;
	value.area = *area;
	known = bpf_map_lookup_elem(&taps_flows, &key);
	if (known)
		value.packets += known->packets;
	bpf_map_update_elem(&taps_flows, &key, &value, BPF_ANY);
	whither_tap_blob(ctx, "to_flow_map", &value.area, sizeof(value.area));
	return TC_ACT_UNSPEC;
}

/* The area is no longer to be had here; the map still has it. */
SEC("cgroup_skb/ingress")
int taps_cgroup(struct __sk_buff *ctx)
{
	struct {
		struct iphdr ip;
		struct udphdr udp;
	} packet;
	struct flow_value *value, *own;
	struct bpf_sock *sk = ctx->sk;
	struct flow_key key = {};

	if (!sk || bpf_skb_load_bytes(ctx, 0, &packet, sizeof(packet)) || packet.ip.version != 4 ||
	    packet.ip.protocol != IPPROTO_UDP || packet.udp.dest != bpf_htons(TAPS_PORT))
		return 1;
	key.source = packet.ip.saddr;
	key.destination = packet.ip.daddr;
	key.source_port = packet.udp.source;
	key.destination_port = packet.udp.dest;
	key.protocol = packet.ip.protocol;
	value = bpf_map_lookup_elem(&taps_flows, &key);
	own = value ? bpf_sk_storage_get(&taps_sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE)
		    : NULL;
	if (own)
		*own = *value;
	return 1;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
