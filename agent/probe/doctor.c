// SPDX-License-Identifier: MIT
#include "doctor.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "caps.h"
#include "capture.h"
#include "host-facts.h"
#include "json.h"
#include "trace.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static void privileges_json(FILE *out)
{
	const char *comma = "";

	fprintf(out, "{\"uid\":%u,\"missing\":[", (unsigned)geteuid());
	for (size_t i = 0; i < NEEDED_CAPS; i++) {
		if (caps_have(i))
			continue;
		fputs(comma, out);
		json_string(out, CAP_NAMES[i]);
		comma = ",";
	}
	fputs("]}", out);
}

int doctor(const struct options *o)
{
	struct options at = *o;
	static struct hooks hooks;
	static struct place where;
	struct taps *taps = taps_find();
	struct utsname name;

	libbpf_set_print(quiet);
	uname(&name);
	if (!at.device_count)
		at.devices[at.device_count++] = "lo";
	if (!taps || place_find(&at, &where))
		return 1;
	if (filter_compile(&at.filter))
		return EXIT_USAGE;
	if (!hooks_load(&hooks, &at, &where)) {
		hooks_attach(&hooks, &at, &where);
		hooks_detach(&hooks);
		hooks_free(&hooks);
	}
	filter_free(&at.filter);
	fputs("{\"kernel\":", stdout);
	json_string(stdout, name.release);
	printf(",\"btf\":%s,\"hooks\":", access(BTF_PATH, R_OK) ? "false" : "true");
	hooks_json(stdout, &hooks, taps);
	fputs(",\"operations\":", stdout);
	operations_json(stdout, &hooks);
	fputs(",\"privileges\":", stdout);
	privileges_json(stdout);
	fputs("}\n", stdout);
	taps_free(taps);
	return 0;
}
