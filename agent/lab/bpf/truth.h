/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* What a program read of one packet's metadata, and where: between the scenarios' programs and
 * their loader. */
#ifndef WHITHER_LAB_TRUTH_H
#define WHITHER_LAB_TRUTH_H

#include <linux/types.h>

#define TRUTH_MAX      65536
#define TRUTH_BYTES    256
#define TRUTH_NOT_READ 0xffff /* a length: that way of reading is not there */

struct truth_key {
	__u32 sequence; /* of the packet, from 1 */
	char point[16]; /* NUL-padded */
};

struct truth {
	__u16 pointer_length; /* by __sk_buff.data_meta */
	__u16 dynptr_length;  /* by bpf_dynptr_from_skb_meta(), Linux 6.18 */
	__u8 pointer[TRUTH_BYTES];
	__u8 dynptr[TRUTH_BYTES];
};

#endif
