/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* What the taps lab writes: one TLV that moves from packet data to the area, to a map and to a
 * socket. Formats for readers: schema.json. */
#ifndef WHITHER_TAPS_LAB_H
#define WHITHER_TAPS_LAB_H

#include <linux/types.h>

/* The traced datagrams: their payload begins with the TLV. */
#define TAPS_PORT 7100
/* Datagrams to it are dropped by XDP, after a tap. */
#define TAPS_DROP_PORT 7109

#define TLV_REQUEST 0x21 /* u64, by whom it was sent */
#define TLV_STAGE   0x22 /* u8: 1 = read by XDP, 2 = seen by TC */

struct tlv_request {
	__u8 type;
	__u8 length;
	__u8 value[8];
} __attribute__((packed));

struct tlv_stage {
	__u8 type;
	__u8 length;
	__u8 value;
} __attribute__((packed));

/* The area, 16 bytes. */
struct taps_area {
	struct tlv_request request;
	struct tlv_stage stage;
	__u8 pad[3];
} __attribute__((packed));
_Static_assert(sizeof(struct taps_area) == 16, "a multiple of 4");

/* Map `taps_flows`. In network order, as in the packet. */
struct flow_key {
	__be32 source;
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 pad[3];
};

/* What the map and the socket hold of a packet. */
struct flow_value {
	__u64 packets;
	struct taps_area area;
};

#endif
