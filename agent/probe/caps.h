/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_CAPS_H
#define WHITHER_CAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/capability.h>

#define NEEDED_CAPS 3
extern const cap_value_t CAPS[NEEDED_CAPS];
extern const char *const CAP_NAMES[NEEDED_CAPS];

/* Does the process have CAPS[i] now? */
bool caps_have(size_t i);

/* Gives up every capability but these, for good: also out of the bounding set where that is allowed
 * (CAP_SETPCAP), and with no_new_privs. Fewer to begin with is fine. Returns 0 or -errno. */
int caps_keep(const cap_value_t *caps, size_t count);
/* Keeps CAPS. With fewer to begin with hooks fail one by one, with a reason. */
int caps_keep_needed(void);

#endif
