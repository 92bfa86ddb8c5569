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

/* Gives up every capability but CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN, for good: also out of the
 * bounding set where that is allowed (CAP_SETPCAP), and with no_new_privs. Fewer to begin with is
 * fine; hooks then fail one by one, with a reason. Returns 0 or -errno. */
int caps_keep_needed(void);

#endif
