/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* What the scenarios shuffle and shuffle-udp send, and where their programs find it. Formats for
 * readers: scenarios/shuffle.schema.json, scenarios/shuffle-udp.schema.json. */
#ifndef WHITHER_LAB_SHUFFLE_H
#define WHITHER_LAB_SHUFFLE_H

#include <linux/types.h>

#define SHUFFLE_PORT	   7200
#define SHUFFLE_MAX_OFFSET 128

/* getsockopt(fd, SHUFFLE_LEVEL, SHUFFLE_OPTNAME, u64 *, 8): IPPROTO_TCP, and no option of the
 * kernel's */
#define SHUFFLE_LEVEL	6
#define SHUFFLE_OPTNAME 0x7777

#define SHUFFLE_TLV_REQUEST 0xe0 /* the first of PROXY v2's custom types */
#define SHUFFLE_TLV_VALUE   3	 /* offset of the value */

/* TLV of PROXY protocol v2 (haproxy, proxy-protocol.txt 2.2). */
struct shuffle_tlv {
	__u8 type;	/* @0 */
	__u8 length[2]; /* @1 big-endian */
	__u8 value[8];	/* @3 the request id, big-endian */
} __attribute__((packed));
_Static_assert(sizeof(struct shuffle_tlv) == 11, "size of the TLV");

#define SHUFFLE_PROXY_FIRST   0x0d
#define SHUFFLE_PROXY_VERSION 0x21 /* version 2, PROXY */

/* PROXY v2 in front of a TCP stream: signature, addresses of IPv4, the TLV, one to be skipped. */
struct shuffle_proxy {
	__u8 signature[12];	/* @0 "\r\n\r\n\0\r\nQUIT\n" */
	__u8 version;		/* @12 */
	__u8 family;		/* @13 0x11 = TCP over IPv4 */
	__u8 length[2];		/* @14 of what follows, big-endian */
	__u8 addresses[12];	/* @16 */
	struct shuffle_tlv tlv; /* @28 */
	__u8 noop[5];		/* @39 type 4, length 2: what follows begins at an even offset */
} __attribute__((packed));
_Static_assert(sizeof(struct shuffle_proxy) == 44, "size of the PROXY header");

#define SHUFFLE_OPTION_CLASS 0x0107
#define SHUFFLE_OPTION_MARK  8 /* offset of the last four bytes of the request id */

/* Option of Geneve (RFC 8926, 3.5) in front of a datagram's payload. */
struct shuffle_option {
	__be16 class;  /* @0 */
	__u8 type;     /* @2 0 */
	__u8 words;    /* @3 2, of four bytes each */
	__u8 value[8]; /* @4 the request id, big-endian */
} __attribute__((packed));
_Static_assert(sizeof(struct shuffle_option) == 12, "size of the option");

/* The area: one of the two as it came, padded with zeros. */
struct shuffle_area {
	__u8 bytes[12];
};

#endif
