// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* A TC program that writes to the packet: its prologue gives a cloned one a head of its own. */
#include "lab.h"

STAMP

EYE(before)

SEC("tc")
int write_packet(struct __sk_buff *skb)
{
	struct ethhdr *eth = (void *)(long)skb->data;

	if ((void *)(eth + 1) <= (void *)(long)skb->data_end)
		eth->h_source[5] ^= 1;
	return TCX_NEXT;
}

EYE(after)
