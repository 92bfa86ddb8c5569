// SPDX-License-Identifier: MIT
#include "offline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pcap/pcap.h>

int offline_read(const char *path, struct packets *out)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, error);
	struct pcap_pkthdr *header;
	const unsigned char *bytes;

	*out = (struct packets){ 0 };
	if (!p) {
		fprintf(stderr, "%s\n", error);
		return -1;
	}
	while (pcap_next_ex(p, &header, &bytes) == 1) {
		struct packet packet = { malloc(header->caplen), header->caplen };

		out->of = realloc(out->of, (out->count + 1) * sizeof(packet));
		if (!packet.bytes || !out->of)
			abort();
		memcpy(packet.bytes, bytes, packet.length);
		out->of[out->count++] = packet;
	}
	pcap_close(p);
	return 0;
}

void offline_free(struct packets *packets)
{
	while (packets->count)
		free(packets->of[--packets->count].bytes);
	free(packets->of);
}

int offline_matches(const struct sock_filter *filter, size_t count, const unsigned char *bytes,
		    size_t length)
{
	struct bpf_program program = { (unsigned)count, (struct bpf_insn *)filter };
	struct pcap_pkthdr header = { .caplen = (unsigned)length, .len = (unsigned)length };

	return pcap_offline_filter(&program, &header, bytes) != 0;
}
