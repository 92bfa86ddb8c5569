// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cost-keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "caps.h"

static const uint8_t ATTACH[] = {
	[ATTACHED_XDP] = WH_COST_ATTACH_XDP,
	[ATTACHED_XDP_GENERIC] = WH_COST_ATTACH_XDP,
	[ATTACHED_TCX_INGRESS] = WH_COST_ATTACH_TCX_INGRESS,
	[ATTACHED_TCX_EGRESS] = WH_COST_ATTACH_TCX_EGRESS,
	[ATTACHED_TC_INGRESS] = WH_COST_ATTACH_TC_INGRESS,
	[ATTACHED_TC_EGRESS] = WH_COST_ATTACH_TC_EGRESS,
};

static void list(const struct place *where, struct cost_reply *reply)
{
	static struct programs programs;

	programs_find(&programs, where->devices, where->device_count);
	reply->count = (uint32_t)programs.count;
	for (size_t i = 0; i < programs.count; i++) {
		const struct program *p = &programs.of[i];
		struct wh_cost_program *row = &reply->rows[i];

		*row = (struct wh_cost_program){
			.run_time = p->run_time_ns,
			.runs = p->runs,
			.skipped = p->skipped,
			.id = p->id,
			.ifindex = where->devices[p->slot].ifindex,
			.attach = ATTACH[p->at],
		};
		memcpy(&row->tag, p->tag, sizeof(row->tag));
		memcpy(row->name, p->name, sizeof(row->name));
	}
}

static void serve(int line, const struct place *where)
{
	static struct cost_reply reply;
	int counting = -1;
	char order;

	while (recv(line, &order, 1, 0) == 1) {
		if (order == KEEPER_OFF) {
			close(counting);
			counting = -1;
			continue;
		}
		if (counting < 0)
			counting = bpf_enable_stats(BPF_STATS_RUN_TIME);
		reply.error = counting < 0 ? (uint32_t)-counting : 0;
		list(where, &reply);
		send(line, &reply,
		     offsetof(struct cost_reply, rows) + reply.count * sizeof(*reply.rows), 0);
	}
}

static void live(int line, const struct place *where)
{
	static const cap_value_t CAPS_OF_KEEPER[] = { CAP_SYS_ADMIN, CAP_BPF, CAP_NET_ADMIN };
	int devnull = open("/dev/null", O_RDWR);

	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGALRM, SIG_IGN);
	libbpf_set_print(NULL);
	/* Keep nothing of the probe's alive, its output least of all. */
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(devnull, fd);
	dup2(line, STDERR_FILENO + 1);
	line = STDERR_FILENO + 1;
	close_range((unsigned)line + 1, ~0u, 0);
	if (!caps_keep(CAPS_OF_KEEPER, sizeof(CAPS_OF_KEEPER) / sizeof(*CAPS_OF_KEEPER)))
		serve(line, where);
	_exit(0);
}

int cost_keeper_start(const struct place *where)
{
	int lines[2];
	pid_t keeper;

	/* Packets, so that an answer comes whole. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, lines))
		return -errno;
	keeper = fork();
	if (!keeper) {
		close(lines[0]);
		live(lines[1], where);
	}
	close(lines[1]);
	if (keeper < 0) {
		int err = -errno;

		close(lines[0]);
		return err;
	}
	return lines[0];
}
