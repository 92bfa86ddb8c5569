// SPDX-License-Identifier: MIT
/* whither-taps: the taps lab's programs and traffic.
 *
 * whither-taps attach NETNS DEV OBJECT CGROUP
 *     attaches taps_xdp, taps_tc and taps_cgroup
 * whither-taps hints NETNS DEV OBJECT
 *     attaches taps_hints, bound to the device
 * whither-taps receive NETNS ADDRESS
 *     prints "ready", the cookie of its socket, and each number it receives
 * whither-taps send NETNS SOURCE ADDRESS PORT COUNT
 *     datagrams with the TLV, numbered from 1
 * whither-taps cost OBJECT
 *     ns of a run of cost.bpf.c without taps and with one, and of each of 32
 * whither-taps sockets OBJECT COUNT
 *     has sockets that nobody has asked for their cookies in taps_sockets, prints its id, stays
 *     until the end of stdin
 *
 * What attaches prints "ready" and stays until the end of stdin; to the line "sites" it prints its
 * taps as JSON. Links belong to it, and it dies with its parent. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "../../probe/bpf-link.h"
#include "../../probe/devices.h"
#include "../../probe/include/whither.h"
#include "taps.h"

#define REPEAT 200000
#define TRIES  10

static int fail(const char *what)
{
	fprintf(stderr, "whither-taps: %s: %s\n", what, strerror(errno));
	return 1;
}

static struct bpf_object *load(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);

	if (object && bpf_object__load(object)) {
		bpf_object__close(object);
		return NULL;
	}
	return object;
}

static int program(const struct bpf_object *object, const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(object, name));
}

/* [{"name","on","lost"}], by the map itself. */
static void print_sites(const struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, WHITHER_SITES_MAP);
	size_t bytes = bpf_map__value_size(map);
	struct whither_site *sites = calloc(1, bytes);
	__u32 zero = 0;

	if (sites && !bpf_map_lookup_elem(bpf_map__fd(map), &zero, sites)) {
		putchar('[');
		for (size_t i = 0, n = 0; i < bytes / sizeof(*sites); i++)
			if (*sites[i].name)
				printf("%s{\"name\":\"%s\",\"on\":%u,\"lost\":%u}", n++ ? "," : "",
				       sites[i].name, sites[i].on, sites[i].lost);
		puts("]");
	}
	free(sites);
}

/* Until the end of stdin. */
static int answer(const struct bpf_object *object)
{
	char line[64];

	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "sites\n"))
			print_sites(object);
		fflush(stdout);
	}
	return 0;
}

static int attach(char **argv)
{
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .priority = 100);
	int cgroup = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC), xdp, tcx, err = 0;
	struct bpf_object *object = load(argv[2]);
	struct netns netns;
	struct device device;

	if (!object || cgroup < 0)
		return fail(object ? argv[3] : argv[2]);
	if (netns_enter(argv[0], &netns) || device_find(argv[1], &device))
		return 1;
	if (bpf_link_create(program(object, "taps_cgroup"), cgroup, BPF_CGROUP_INET_INGRESS, NULL) <
	    0)
		return fail("attaching the cgroup program");
	xdp = bpf_link_create(program(object, "taps_xdp"), (int)device.ifindex, BPF_XDP, &native);
	if (xdp < 0)
		return fail("attaching the XDP program");
	tcx = tcx_link_create(program(object, "taps_tc"), device.ifindex, true, true);
	if (tcx == -EINVAL) { /* Linux before 6.6 */
		hook.ifindex = (int)device.ifindex;
		opts.prog_fd = program(object, "taps_tc");
		err = bpf_tc_hook_create(&hook);
		err = err ? err : bpf_tc_attach(&hook, &opts);
	} else if (tcx < 0)
		err = tcx;
	if (err) {
		errno = -err;
		return fail("attaching the TC program");
	}
	return answer(object);
}

/* include/uapi/linux/bpf.h of Linux 6.3 */
#define XDP_DEV_BOUND_ONLY (1u << 6)

static int attach_hints(char **argv)
{
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	struct bpf_object *object;
	struct bpf_program *program;
	struct netns netns;
	struct device device;

	/* The device is looked for in the namespace of the process that loads the program. */
	object = bpf_object__open_file(argv[2], NULL);
	if (!object || netns_enter(argv[0], &netns) || device_find(argv[1], &device))
		return fail(argv[2]);
	program = bpf_object__find_program_by_name(object, "taps_hints");
	bpf_program__set_ifindex(program, device.ifindex);
	bpf_program__set_flags(program, XDP_DEV_BOUND_ONLY);
	if (bpf_object__load(object) ||
	    bpf_link_create(bpf_program__fd(program), (int)device.ifindex, BPF_XDP, &native) < 0)
		return fail("attaching the XDP program");
	return answer(object);
}

static int open_socket(const char *netns_name, const char *address, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct netns netns;
	int fd;

	if (netns_enter(netns_name, &netns) || inet_pton(AF_INET, address, &at.sin_addr) != 1)
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof(at)) ? fd : -1;
}

static int receive(char **argv)
{
	int fd = open_socket(argv[0], argv[1], TAPS_PORT);
	uint64_t cookie;
	socklen_t size = sizeof(cookie);
	struct tlv_request request;
	uint64_t number;

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size))
		return fail("a socket");
	printf("ready\n%" PRIu64 "\n", cookie);
	fflush(stdout);
	while (recv(fd, &request, sizeof(request), 0) == sizeof(request)) {
		memcpy(&number, request.value, sizeof(number));
		printf("%" PRIu64 "\n", number);
		fflush(stdout);
	}
	return 0;
}

static int send_all(char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)strtoul(argv[3], NULL, 10)) };
	struct tlv_request request = { .type = TLV_REQUEST, .length = 8 };
	uint64_t count = strtoull(argv[4], NULL, 10);
	int fd = open_socket(argv[0], argv[1], TAPS_PORT + 1);

	if (fd < 0 || inet_pton(AF_INET, argv[2], &to.sin_addr) != 1)
		return fail("a socket");
	for (uint64_t n = 1; n <= count; n++) {
		memcpy(request.value, &n, sizeof(request.value));
		if (sendto(fd, &request, sizeof(request), 0, (struct sockaddr *)&to, sizeof(to)) <
		    0)
			return fail("sending");
		usleep(2000);
	}
	return 0;
}

static double run_ns(int prog, unsigned repeat)
{
	unsigned char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = (int)repeat);
	struct timespec from, to;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	if (bpf_prog_test_run_opts(prog, &run))
		return -1;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	return ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) /
	       repeat;
}

/* The least of several: what disturbs only adds. */
static double least_ns(const struct bpf_object *object, const char *name)
{
	double least = 1e9, ns;

	for (int i = 0; i < TRIES; i++) {
		ns = run_ns(program(object, name), REPEAT);
		least = ns < least ? ns : least;
	}
	return least;
}

static int cost(const char *path)
{
	struct bpf_object *object = load(path);
	double none, many, one;

	if (!object)
		return fail(path);
	none = least_ns(object, "without");
	one = least_ns(object, "with_1");
	many = least_ns(object, "with_32");
	printf("{\"without\":%.2f,\"one\":%.2f,\"each\":%.2f}\n", none, one, (many - none) / 32);
	return 0;
}

static int sockets(const char *path, int count)
{
	struct bpf_object *object = load(path);
	struct bpf_map_info info = { 0 };
	__u32 size = sizeof(info);
	int map;

	if (!object)
		return fail(path);
	map = bpf_object__find_map_fd_by_name(object, "taps_sockets");
	for (int i = 0; i < count; i++) {
		struct flow_value value = { .packets = (__u64)i };
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		if (fd < 0 || bpf_map_update_elem(map, &fd, &value, BPF_ANY))
			return fail("the storage of a socket");
	}
	if (bpf_obj_get_info_by_fd(map, &info, &size))
		return fail("taps_sockets");
	printf("%u\n", info.id);
	fflush(stdout);
	return getchar() == EOF ? 0 : 1;
}

int main(int argc, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	libbpf_set_print(NULL);
	if (argc == 6 && !strcmp(argv[1], "attach"))
		return attach(argv + 2);
	if (argc == 4 && !strcmp(argv[1], "receive"))
		return receive(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "hints"))
		return attach_hints(argv + 2);
	if (argc == 7 && !strcmp(argv[1], "send"))
		return send_all(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "cost"))
		return cost(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "sockets"))
		return sockets(argv[2], atoi(argv[3]));
	fputs("Usage: whither-taps attach NETNS DEV OBJECT CGROUP | hints NETNS DEV OBJECT | receive NETNS ADDRESS | send NETNS SOURCE ADDRESS PORT COUNT | cost OBJECT | sockets OBJECT COUNT\n",
	      stderr);
	return 2;
}
