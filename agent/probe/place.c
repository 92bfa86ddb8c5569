// SPDX-License-Identifier: MIT
#include "place.h"

#include <stdio.h>
#include <string.h>

#include "presence.h"
#include "trace.h"

int place_find(const struct options *o, struct place *out)
{
	memset(out, 0, sizeof(*out));
	if (netns_enter(o->netns, &out->netns))
		return -1;
	out->links = presence_open();
	if (out->links < 0)
		return -1;
	for (size_t n = 0; n < o->device_count; n++) {
		struct device *d = &out->devices[n];

		if (device_find(o->devices[n], d))
			return -1;
		for (size_t other = 0; other < n; other++)
			if (out->devices[other].ifindex == d->ifindex) {
				fprintf(stderr, "whither-probe: %s: named twice\n", d->name);
				return -1;
			}
		out->device_count++;
	}
	programs_find(&out->programs, out->devices, out->device_count);
	programs_forget_whithers(&out->programs);
	if (!trace_refused())
		programs_open(&out->programs);
	return 0;
}
