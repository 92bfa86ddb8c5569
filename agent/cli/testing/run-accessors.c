/* SPDX-License-Identifier: MIT */
/*
 * run-accessors OBJECT HEX: loads accessors.bpf.o and runs its XDP program on a packet with the
 * area HEX in front; where the object has the tc program, sends such a packet through the loopback
 * device of a namespace of its own, too. Prints a line for each: name, runs, missing, trace_id,
 * verdict, tenant, origin. Nothing is left behind: the namespace ends with the process, and all
 * else is held by file descriptor.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define AREA_BYTES_MAX 216
#define PACKET_BYTES   64
#define LOOPBACK       1

struct seen {
	unsigned long long trace_id, verdict, tenant;
	unsigned char origin[4];
	unsigned missing, runs;
};

static int run(struct bpf_program *program, const unsigned char *data, unsigned area,
	       unsigned flags)
{
	struct xdp_md context = { .data = area, .data_end = area + PACKET_BYTES };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = data, .data_size_in = area + PACKET_BYTES,
		    .ctx_in = &context, .ctx_size_in = sizeof(context), .repeat = 1,
		    .flags = flags);

	return bpf_prog_test_run_opts(bpf_program__fd(program), &opts);
}

static int loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int err = fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request);

	close(fd);
	return err;
}

static int attach(struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = LOOPBACK, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(program));

	return bpf_tc_hook_create(&hook) || bpf_tc_attach(&hook, &opts);
}

static void print(const char *name, const struct seen *s)
{
	printf("%s %u %u %llx %llu %llu %u.%u.%u.%u\n", name, s->runs, s->missing, s->trace_id,
	       s->verdict, s->tenant, s->origin[0], s->origin[1], s->origin[2], s->origin[3]);
}

int main(int argc, char **argv)
{
	unsigned char data[AREA_BYTES_MAX + PACKET_BYTES] = { 0 };
	struct bpf_program *xdp, *dynptr;
	struct bpf_object *object;
	struct seen seen[2] = { 0 };
	struct bpf_map *map;
	unsigned area = 0;
	int zero = 0;

	if (argc != 3 || unshare(CLONE_NEWNET) || loopback_up())
		return 1;
	for (; sscanf(argv[2] + 2 * area, "%2hhx", data + area) == 1 && area < AREA_BYTES_MAX;
	     area++)
		;
	/* To everybody, of no protocol that anybody listens to. */
	memset(data + area, 0xff, 6);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_object__load(object))
		return 1;
	xdp = bpf_object__find_program_by_name(object, "read_xdp");
	dynptr = bpf_object__find_program_by_name(object, "read_dynptr");
	map = bpf_object__find_map_by_name(object, ".bss");
	if (!xdp || !map || bpf_map__value_size(map) != sizeof(seen) || run(xdp, data, area, 0))
		return 1;
	if (dynptr && (attach(dynptr) || run(xdp, data, area, BPF_F_TEST_XDP_LIVE_FRAMES)))
		return 1;
	usleep(100000);
	if (bpf_map_lookup_elem(bpf_map__fd(map), &zero, seen))
		return 1;
	print("xdp", &seen[0]);
	if (dynptr)
		print("dynptr", &seen[1]);
	return 0;
}
