// SPDX-License-Identifier: MIT
#include "filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not pcap.h: its struct bpf_insn is not the one of linux/bpf.h, and this file needs only its own.
 */
#include <pcap/pcap.h>

/* What libpcap is told of the snap length: a packet that matches "returns" it. Not a limit. */
#define SNAPLEN_ANY 0x40000

_Static_assert(sizeof(struct bpf_insn) == sizeof(struct sock_filter), "libpcap's and the kernel's");

/* Returns NULL, and libpcap's message in `error`, when it cannot be compiled. */
static struct sock_filter *compile(const char *expression, int link_type, size_t *count,
				   char error[PCAP_ERRBUF_SIZE])
{
	pcap_t *p = pcap_open_dead(link_type, SNAPLEN_ANY);
	struct bpf_program program;
	struct sock_filter *copy = NULL;

	if (!p)
		return NULL;
	if (pcap_compile(p, &program, expression, 1, PCAP_NETMASK_UNKNOWN)) {
		snprintf(error, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(p));
	} else {
		*count = program.bf_len;
		copy = malloc(*count * sizeof(*copy));
		if (copy)
			memcpy(copy, program.bf_insns, *count * sizeof(*copy));
		pcap_freecode(&program);
	}
	pcap_close(p);
	return copy;
}

static bool looks_for_tags(const struct sock_filter *program, size_t count)
{
	static const unsigned TPIDS[] = { 0x8100, 0x88a8, 0x9100 };

	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < sizeof(TPIDS) / sizeof(*TPIDS); n++)
			if (program[i].code == (BPF_JMP | BPF_JEQ | BPF_K) &&
			    program[i].k == TPIDS[n])
				return true;
	return false;
}

bool filter_reads_length(const struct sock_filter *program, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int class = BPF_CLASS(program[i].code);

		if ((class == BPF_LD || class == BPF_LDX) && BPF_MODE(program[i].code) == BPF_LEN)
			return true;
	}
	return false;
}

int filter_compile(struct filter *f)
{
	char error[PCAP_ERRBUF_SIZE] = "out of memory";

	if (!f->expression)
		return 0;
	f->link = compile(f->expression, DLT_EN10MB, &f->link_count, error);
	if (!f->link) {
		fprintf(stderr,
			"whither-probe: the filter '%s' is not understood: %s (man 7 pcap-filter)\n",
			f->expression, error);
		return -1;
	}
	f->tags = looks_for_tags(f->link, f->link_count);
	f->network = compile(f->expression, DLT_RAW, &f->network_count, error);
	f->length = filter_reads_length(f->link, f->link_count) ||
		    (f->network && filter_reads_length(f->network, f->network_count));
	return 0;
}

void filter_free(struct filter *f)
{
	free(f->link);
	free(f->network);
	*f = (struct filter){ 0 };
}
