// SPDX-License-Identifier: MIT
/* whither-filter-check OBJECT PCAP: does the translated filter say what libpcap says?
 *
 * For each expression (a line of standard input) the filter is compiled and translated as the probe
 * does, run by BPF_PROG_RUN on every packet of the file and on each cut off at several lengths, and
 * compared with libpcap's own interpreter. A line of JSON each. OBJECT is a build of
 * filter-check.bpf.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../filter.h"
#include "../json.h"
#include "../probe-image.h"
#include "offline.h"

#define EXPRESSION_MAX 1024
#define ETHERNET       14

/* Cut here as well as not at all: BPF_PROG_RUN takes no less than an Ethernet header. */
static const size_t CUTS[] = { 14, 15, 16, 17, 22, 23, 24, 33,	    34,
			       37, 38, 42, 53, 54, 58, 62, 1u << 16 };

/* Newer kernels take no IP packet without its whole header. */
#define REFUSED (-1)

struct tally {
	unsigned asked, matched, differ;
};

static unsigned char *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	unsigned char *bytes = malloc(1 << 20);

	if (!f || !bytes || !(*size = fread(bytes, 1, 1 << 20, f))) {
		fprintf(stderr, "cannot read %s: %s\n", path, strerror(errno));
		exit(1);
	}
	fclose(f);
	return bytes;
}

static struct packet_access access_of(const char *object)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct packet_access access = { 0 };

	if (strstr(object, "casts")) {
		access.cast_function =
			btf__find_by_name_kind(btf, "bpf_rdonly_cast", BTF_KIND_FUNC);
		access.cast_type = btf__find_by_name_kind(btf, CAST_TYPE, BTF_KIND_STRUCT);
	}
	btf__free(btf);
	return access;
}

static int run(int program, const unsigned char *bytes, size_t length)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = bytes, .data_size_in = (uint32_t)length);

	if (bpf_prog_test_run_opts(program, &opts)) {
		if (errno == EINVAL)
			return REFUSED;
		fprintf(stderr, "BPF_PROG_RUN: %s\n", strerror(errno));
		exit(1);
	}
	return opts.retval != 0;
}

/* `skip`: bytes in front of what the filter sees. */
static struct tally compare(int program, const struct sock_filter *filter, size_t count,
			    const struct packets *packets, size_t skip)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < packets->count; i++) {
		const struct packet *p = &packets->of[i];
		size_t before = 0;

		for (size_t c = 0; c < sizeof(CUTS) / sizeof(*CUTS); c++) {
			size_t length = p->length < CUTS[c] ? p->length : CUTS[c];
			int expected, got;

			if (length < ETHERNET || length <= skip || length == before)
				continue;
			before = length;
			expected = offline_matches(filter, count, p->bytes + skip, length - skip);
			got = run(program, p->bytes, length);
			if (got == REFUSED)
				continue;
			t.asked++;
			t.matched += expected;
			t.differ += got != expected;
		}
	}
	return t;
}

static void check(const char *expression, const unsigned char *object, size_t size,
		  struct packet_access access, const struct packets *packets)
{
	struct bpf_object *loaded;
	struct filter filter = { .expression = expression };
	struct image image;
	struct tally link, network = { 0 };

	if (filter_compile(&filter) || image_make(&image, object, size, &filter, access))
		exit(1);
	loaded = bpf_object__open_mem(image.bytes, image.size, NULL);
	if (!loaded || bpf_object__load(loaded)) {
		fprintf(stderr, "'%s' does not load\n", expression);
		exit(1);
	}
	link = compare(bpf_program__fd(bpf_object__find_program_by_name(loaded, "check_link")),
		       filter.link, filter.link_count, packets, 0);
	if (filter.network)
		network = compare(
			bpf_program__fd(bpf_object__find_program_by_name(loaded, "check_network")),
			filter.network, filter.network_count, packets, ETHERNET);
	fputs("{\"expression\":", stdout);
	json_string(stdout, expression);
	printf(",\"link\":{\"asked\":%u,\"matched\":%u,\"differ\":%u}", link.asked, link.matched,
	       link.differ);
	printf(",\"network\":{\"asked\":%u,\"matched\":%u,\"differ\":%u}}\n", network.asked,
	       network.matched, network.differ);
	bpf_object__close(loaded);
	image_free(&image);
	filter_free(&filter);
}

int main(int argc, char **argv)
{
	char expression[EXPRESSION_MAX];
	struct packets packets;
	unsigned char *object;
	size_t size;

	if (argc != 3) {
		fputs("Usage: whither-filter-check OBJECT PCAP < EXPRESSIONS\n", stderr);
		return 2;
	}
	object = read_file(argv[1], &size);
	if (offline_read(argv[2], &packets))
		return 1;
	while (fgets(expression, sizeof(expression), stdin)) {
		expression[strcspn(expression, "\n")] = '\0';
		check(expression, object, size, access_of(argv[1]), &packets);
	}
	offline_free(&packets);
	free(object);
	return 0;
}
