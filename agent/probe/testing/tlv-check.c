// SPDX-License-Identifier: MIT
/* whither-tlv-check OBJECT: what does the search for TLVs find? Takes lines of standard input:
 *
 *   for FRAMING TLV...   arguments of --tlv-framing (- = none) and --tlv, for what follows
 *   in HEX               an area; prints 1 when all are in it, else 0
 *
 * OBJECT is a build of tlv-check.bpf.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../filter.h"
#include "tlv-check.h"

#define LINE_MAX_CHARS 4096

static struct bpf_object *load(const char *path, char *arguments)
{
	struct filter filter = { .framing = FRAMING_DEFAULT };
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct wh_config config = { 0 };
	char *word = strtok(arguments, " ");

	if (!object || !word || (strcmp(word, "-") && filter_parse_framing(&filter, word)))
		return NULL;
	while ((word = strtok(NULL, " ")))
		if (filter_parse_tlv(&filter, word))
			return NULL;
	filter_configure_tlvs(&filter, &config);
	if (bpf_map__set_initial_value(bpf_object__find_map_by_name(object, ".rodata.config"),
				       &config, sizeof(config)) ||
	    bpf_object__load(object))
		return NULL;
	return object;
}

/* -1: it could not be run. */
static int run(const struct bpf_object *object, const char *hex)
{
	unsigned char packet[CHECK_HEAD + WH_META_MAX + 8] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1 && *packet < WH_META_MAX; hex += 2)
		packet[CHECK_HEAD + (*packet)++] = (unsigned char)byte;
	if (bpf_prog_test_run_opts(
		    bpf_program__fd(bpf_object__find_program_by_name(object, "check_tlvs")),
		    &opts) ||
	    opts.retval == CHECK_FAILED)
		return -1;
	return (int)opts.retval;
}

int main(int argc, char **argv)
{
	static char line[LINE_MAX_CHARS];
	struct bpf_object *object = NULL;
	int found;

	while (argc == 2 && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "for ", 4)) {
			bpf_object__close(object);
			object = load(argv[1], line + 4);
			if (!object)
				break;
			continue;
		}
		found = object && !strncmp(line, "in ", 3) ? run(object, line + 3) : -1;
		if (found < 0)
			break;
		printf("%d\n", found);
	}
	bpf_object__close(object);
	if (feof(stdin))
		return 0;
	fprintf(stderr, "whither-tlv-check: '%s': %s\n", line, strerror(errno));
	return 1;
}
