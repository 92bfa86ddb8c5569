// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/* Two TC programs that do not know of each other: one corrects the tenant, the other takes the area
 * for its own and puts a TLV over the first one. */
#include "lab.h"

#define TENANT 0x61626364u

STAMP

EYE(behind)

SEC("tc")
int set_tenant(struct __sk_buff *skb)
{
	struct stamp *s = (void *)(long)skb->data_meta;
	__u32 tenant = TENANT;

	if ((void *)(s + 1) > (void *)(long)skb->data)
		return TCX_NEXT;
	__builtin_memcpy(s->tenant, &tenant, sizeof(tenant));
	NOTE(skb, skb_sequence(skb), "tenant");
	return TCX_NEXT;
}

SEC("tc")
int take_area(struct __sk_buff *skb)
{
	struct stamp *s = (void *)(long)skb->data_meta;

	if ((void *)(s + 1) > (void *)(long)skb->data)
		return TCX_NEXT;
	s->trace_type = 2; /* verdict, of as many bytes */
	NOTE(skb, skb_sequence(skb), "taken");
	return TCX_NEXT;
}
