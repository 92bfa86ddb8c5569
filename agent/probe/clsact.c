// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "clsact.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "tc-filters.h"

/* The kernel goes through filters by ascending priority. */
#define PRIORITY_FIRST 1
#define PRIORITY_LAST  0xffff

struct kept {
	struct bpf_tc_hook hook;
	struct bpf_tc_opts opts; /* handle and priority as the kernel gave them */
	uint32_t prog_id;
	bool attached;
	bool made_qdisc; /* clsact was not there before this filter */
};

static uint32_t prog_id(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.id;
}

static int attach(struct kept *k, const struct clsact_filter *f)
{
	int err;

	memset(k, 0, sizeof(*k));
	k->hook.sz = sizeof(k->hook);
	k->hook.ifindex = (int)f->ifindex;
	k->hook.attach_point = f->ingress ? BPF_TC_INGRESS : BPF_TC_EGRESS;
	k->opts.sz = sizeof(k->opts);
	k->opts.prog_fd = f->prog_fd;
	k->opts.priority = f->first ? PRIORITY_FIRST : PRIORITY_LAST;
	k->prog_id = prog_id(f->prog_fd);

	err = bpf_tc_hook_create(&k->hook);
	if (err && err != -EEXIST)
		return -err;
	k->made_qdisc = !err;
	err = bpf_tc_attach(&k->hook, &k->opts);
	k->attached = !err;
	return -err;
}

/* Removes the filter if it is still ours: somebody may have replaced it meanwhile. */
static void detach(const struct kept *k)
{
	struct bpf_tc_opts at = {
		.sz = sizeof(at),
		.handle = k->opts.handle,
		.priority = k->opts.priority,
	};
	struct bpf_tc_opts found = at;

	if (!k->attached || bpf_tc_query(&k->hook, &found) || found.prog_id != k->prog_id)
		return;
	bpf_tc_detach(&k->hook, &at);
}

static void remove_qdisc(const struct kept *k)
{
	struct bpf_tc_hook whole = k->hook;

	if (!k->made_qdisc || tc_filter_count(whole.ifindex) != 0)
		return;
	whole.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	bpf_tc_hook_destroy(&whole);
}

/* The keeper's life. `line` is both the way back for the results and the lifeline. */
static void keep(int line, struct clsact_filter *filters, size_t count)
{
	struct kept kept[count];
	int devnull = open("/dev/null", O_RDWR);
	char byte;

	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	libbpf_set_print(NULL);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(devnull, fd);

	for (size_t i = 0; i < count; i++)
		filters[i].error = attach(&kept[i], &filters[i]);
	/* Keep nothing of the probe's alive but the filters. */
	dup2(line, STDERR_FILENO + 1);
	line = STDERR_FILENO + 1;
	close_range((unsigned)line + 1, ~0u, 0);
	if (write(line, filters, count * sizeof(*filters)) >= 0)
		while (read(line, &byte, 1) < 0 && errno == EINTR)
			;

	for (size_t i = 0; i < count; i++)
		detach(&kept[i]);
	for (size_t i = 0; i < count; i++)
		remove_qdisc(&kept[i]);
	_exit(0);
}

static void fail_all(struct clsact_filter *filters, size_t count, int err)
{
	for (size_t i = 0; i < count; i++)
		filters[i].error = err;
}

void clsact_attach(struct clsact *c, struct clsact_filter *filters, size_t count)
{
	size_t bytes = count * sizeof(*filters);
	int lines[2];

	/* Packets, so that the results come whole. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, lines)) {
		fail_all(filters, count, errno);
		return;
	}
	c->keeper = fork();
	if (c->keeper == 0) {
		close(lines[0]);
		keep(lines[1], filters, count);
	}
	close(lines[1]);
	c->lifeline = lines[0];
	if (c->keeper < 0) {
		c->keeper = 0;
		fail_all(filters, count, errno);
		clsact_detach(c);
		return;
	}
	for (;;) {
		ssize_t n = read(c->lifeline, filters, bytes);

		if (n == (ssize_t)bytes)
			return;
		if (n < 0 && errno == EINTR)
			continue;
		fail_all(filters, count, n < 0 ? errno : EPIPE);
		clsact_detach(c);
		return;
	}
}

void clsact_detach(struct clsact *c)
{
	if (c->lifeline >= 0)
		close(c->lifeline);
	if (c->keeper > 0)
		while (waitpid(c->keeper, NULL, 0) < 0 && errno == EINTR)
			;
	*c = CLSACT_NONE;
}
