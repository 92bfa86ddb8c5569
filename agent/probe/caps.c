// SPDX-License-Identifier: MIT
#include "caps.h"

#include <errno.h>
#include <sys/prctl.h>

const cap_value_t CAPS[NEEDED_CAPS] = { CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN };
const char *const CAP_NAMES[NEEDED_CAPS] = { "CAP_BPF", "CAP_PERFMON", "CAP_NET_ADMIN" };

static bool among(const cap_value_t *caps, size_t count, cap_value_t cap)
{
	for (size_t i = 0; i < count; i++)
		if (caps[i] == cap)
			return true;
	return false;
}

bool caps_have(size_t i)
{
	cap_t now = cap_get_proc();
	cap_flag_value_t on = CAP_CLEAR;

	if (now)
		cap_get_flag(now, CAPS[i], CAP_EFFECTIVE, &on);
	cap_free(now);
	return on == CAP_SET;
}

int caps_keep(const cap_value_t *caps, size_t count)
{
	cap_t now = cap_get_proc(), keep = cap_init();
	cap_flag_value_t on;
	int err = 0;

	if (!now || !keep) {
		err = -errno;
		goto out;
	}
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (!among(caps, count, cap))
			cap_drop_bound(
				cap); /* EPERM without CAP_SETPCAP: then there is little to drop */
	for (size_t i = 0; i < count; i++) {
		if (cap_get_flag(now, caps[i], CAP_PERMITTED, &on) || on != CAP_SET)
			continue;
		if (cap_set_flag(keep, CAP_PERMITTED, 1, &caps[i], CAP_SET) ||
		    cap_set_flag(keep, CAP_EFFECTIVE, 1, &caps[i], CAP_SET)) {
			err = -errno;
			goto out;
		}
	}
	if (cap_reset_ambient() || cap_set_proc(keep) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
out:
	cap_free(keep);
	cap_free(now);
	return err;
}

int caps_keep_needed(void)
{
	return caps_keep(CAPS, NEEDED_CAPS);
}
