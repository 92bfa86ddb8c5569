// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Every second packet is dropped by a TC program. */
#include "lab.h"

STAMP

SEC("tc")
int drop_even(struct __sk_buff *skb)
{
	__u32 sequence = skb_sequence(skb);

	NOTE(skb, sequence, "before");
	return sequence && sequence % 2 == 0 ? TCX_DROP : TCX_NEXT;
}
