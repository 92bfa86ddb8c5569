// SPDX-License-Identifier: MIT
#include "host-facts.h"

#include <limits.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/btf.h>

#include "json.h"

/* An enum of the kernel as {"value":"NAME"}, prefix cut off. Numbers differ by kernel, so their
 * names travel with the capture. */
static void enum_json(FILE *out, const struct btf *btf, const char *enum_name, const char *prefix,
		      const char *const *except)
{
	int id = btf ? btf__find_by_name_kind(btf, enum_name, BTF_KIND_ENUM) : -1;
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (unsigned)id) : NULL;
	const char *comma = "";

	putc('{', out);
	for (unsigned i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_enum *e = btf_enum(type) + i;
		const char *name = btf__name_by_offset(btf, e->name_off);
		const char *const *skip = except;

		if (!name || strncmp(name, prefix, strlen(prefix)))
			continue;
		name += strlen(prefix);
		while (*skip && strcmp(*skip, name))
			skip++;
		if (*skip)
			continue;
		fprintf(out, "%s\"%u\":", comma, (unsigned)e->val);
		json_string(out, name);
		comma = ",";
	}
	putc('}', out);
}

void host_json(FILE *out, const struct place *where, const struct map_samples *maps)
{
	static const char *const NO_REASON[] = { "MAX", "SUBSYS_MASK", NULL };
	static const char *const NO_EXTENSION[] = { "NUM", NULL };
	struct btf *btf = btf__load_vmlinux_btf();
	char hostname[HOST_NAME_MAX + 1] = "";
	struct utsname name;

	uname(&name);
	gethostname(hostname, sizeof(hostname) - 1);
	fputs("{\"kernel\":", out);
	json_string(out, name.release);
	fputs(",\"hostname\":", out);
	json_string(out, hostname);
	fputs(",\"dropReasons\":", out);
	enum_json(out, btf, "skb_drop_reason", "SKB_DROP_REASON_", NO_REASON);
	fputs(",\"skbExtensions\":", out);
	enum_json(out, btf, "skb_ext_id", "SKB_EXT_", NO_EXTENSION);
	fputs(",\"programs\":", out);
	programs_json(out, &where->programs, where->devices, where->netns.inode);
	fputs(",\"maps\":", out);
	map_samples_json(out, maps);
	putc('}', out);
	btf__free(btf);
}

void hooks_json(FILE *out, const struct hooks *h, const struct taps *taps)
{
	putc('[', out);
	for (size_t i = 0; i < WH_HOOK_MAX; i++) {
		const struct hook *hook = &h->of[i];

		fprintf(out, "%s{\"id\":%u,\"name\":", i ? "," : "", hook->id);
		json_string(out, hook->name);
		fprintf(out, ",\"attached\":%s,\"how\":", hook->attached ? "true" : "false");
		json_string(out, hook->how);
		fputs(",\"reason\":", out);
		json_string(out, hook->reason);
		putc('}', out);
	}
	putc(',', out);
	taps_json(out, taps);
	putc(']', out);
}
