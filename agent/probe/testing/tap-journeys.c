// SPDX-License-Identifier: MIT
/* tap-journeys.c by hand. Takes lines, prints what is written as `KTIME JOURNEY JOIN`:
 *
 *   tap KTIME SKB HEAD NUMBER     what a tap said
 *   see KTIME SKB HEAD JOURNEY    an event of a hook
 *   end KTIME SKB HEAD JOURNEY    the same, where the packet is freed
 *   until KTIME
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../tap-journeys.h"

static void print(void *context, const struct whither_event *e, const uint8_t *bytes,
		  uint64_t journey, uint8_t join)
{
	(void)context;
	(void)bytes;
	printf("%" PRIu64 " %" PRIu64 " %u\n", (uint64_t)e->ktime_ns, journey, join);
}

int main(void)
{
	struct tap_journeys *t = tap_journeys_new(print, NULL, false);
	uint64_t ktime, skb, head, number;
	char what[8];

	if (!t)
		return 1;
	while (scanf("%7s %" SCNu64, what, &ktime) == 2) {
		if (!strcmp(what, "until")) {
			tap_journeys_until(t, ktime);
			continue;
		}
		if (scanf("%" SCNu64 " %" SCNu64 " %" SCNu64, &skb, &head, &number) != 3)
			return 1;
		if (!strcmp(what, "tap")) {
			const struct whither_event e = {
				.ktime_ns = ktime,
				.skb = skb,
				.head = head,
				.tap = (uint32_t)number,
			};

			if (!tap_journeys_add(t, &e, (const uint8_t *)"", 0))
				return 1;
			continue;
		}
		const struct wh_record r = {
			.ktime_ns = ktime,
			.journey = number,
			.event = {
				.skb = skb,
				.head = head,
				.hook = strcmp(what, "end") ? WH_HOOK_NETIF_RECEIVE_SKB : WH_HOOK_CONSUME_SKB,
			},
		};

		tap_journeys_see(t, &r);
	}
	tap_journeys_free(t);
	return 0;
}
