// SPDX-License-Identifier: MIT
/* whither-lab: the privileged hands of a lab.
 *
 *   whither-lab attach NETNS OBJECT POINT:DEVICE:NAME[:NETNS]...
 *       does this with programs and maps of an object, in this order, in the namespace NETNS unless
 *       another is named:
 *           xdp, xdpgeneric, ingress, egress   attaches the program NAME to the device
 *           cgroup                             attaches it to the root of cgroup2, DEVICE being -
 *           device                             puts the device's ifindex into the map NAME, key 0
 *           cpu                                puts a queue for CPU number DEVICE into the cpumap
 *       prints "ready", then answers lines on stdin until its end: counts and notes (edge.h), truth
 *       (bpf/truth.h), counters
 *   whither-lab guard NETNS...
 *       waits for the end of stdin, then removes the namespaces
 *   whither-lab programs
 *       all BPF programs that are loaded, whoever loaded them: id and name
 *   whither-lab links
 *       all BPF links: id and id of the program
 *   whither-lab chain NETNS DEVICE
 *       ids of the programs of its tcx chains in their order: ingress, then egress
 *
 * Links belong to this process by file descriptor, and it dies with its parent: nothing outlives
 * it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mntent.h>
#include <stdbool.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include "../probe/bpf-link.h"
#include "../probe/devices.h"
#include "bpf/truth.h"
#include "edge/edge.h"

/* Of the first filter; the next ones come behind it. */
#define CLSACT_PRIORITY 100
#define CHAIN_MAX	64
#define POINT_CHARS	16
#define CPU_QUEUE	192

static int fail(const char *what)
{
	fprintf(stderr, "whither-lab: %s: %s\n", what, strerror(errno));
	return 1;
}

/* The last part of a spec but for a namespace. */
static bool names(const char *spec, const char *program)
{
	const char *at = strchr(spec, ':');
	size_t length = strlen(program);

	at = at ? strchr(at + 1, ':') : NULL;
	return at && !strncmp(at + 1, program, length) &&
	       (at[1 + length] == ':' || at[1 + length] == '\0');
}

/* Of its programs only those that are attached: the verifier takes its time. */
static struct bpf_object *load(const char *path, char **specs, int count)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_map *constants;
	struct bpf_program *program;
	__u32 run;

	if (!object)
		return NULL;
	bpf_object__for_each_program(program, object)
	{
		bool named = false;

		for (int i = 0; i < count; i++)
			named |= names(specs[i], bpf_program__name(program));
		bpf_program__set_autoload(program, named);
	}
	constants = bpf_object__find_map_by_name(object, ".rodata.run");
	if (constants && (getrandom(&run, sizeof(run), 0) != sizeof(run) ||
			  bpf_map__set_initial_value(constants, &run, sizeof(run))))
		goto failed;
	if (bpf_object__load(object))
		goto failed;
	return object;
failed:
	bpf_object__close(object);
	return NULL;
}

static void print_hex(const char *key, const __u8 *bytes, size_t length)
{
	printf("\"%s\":\"", key);
	for (size_t i = 0; i < length; i++)
		printf("%02x", bytes[i]);
	putchar('"');
}

static void print_counts(const struct bpf_object *object)
{
	int map = bpf_object__find_map_fd_by_name(object, "counts");
	struct edge_counts c = { 0 };
	__u32 zero = 0;

	bpf_map_lookup_elem(map, &zero, &c);
	printf("{\"xdp\":%" PRIu64 ",\"tcx\":%" PRIu64 ",\"dropped\":%" PRIu64 "}\n",
	       (uint64_t)c.xdp, (uint64_t)c.tcx, (uint64_t)c.dropped);
}

/* One line per packet, then an empty one. afterTcx is null where tcx did not see the packet. */
static void print_notes(const struct bpf_object *object)
{
	int map = bpf_object__find_map_fd_by_name(object, "notes");
	__u64 key, next;
	bool first = true;

	while (!bpf_map_get_next_key(map, first ? NULL : &key, &next)) {
		struct edge_note note;

		first = false;
		key = next;
		if (bpf_map_lookup_elem(map, &key, &note))
			continue;
		printf("{\"trace\":\"%016" PRIx64 "\",", (uint64_t)key);
		print_hex("afterXdp", note.after_xdp, sizeof(note.after_xdp));
		putchar(',');
		if (note.tcx_seen)
			print_hex("afterTcx", note.after_tcx, sizeof(note.after_tcx));
		else
			printf("\"afterTcx\":null");
		puts("}");
	}
	puts("");
}

/* The numbers of the array `counters`, as JSON. */
static void print_counters(const struct bpf_object *object)
{
	int map = bpf_object__find_map_fd_by_name(object, "counters");
	__u64 value;

	putchar('[');
	for (__u32 i = 0; !bpf_map_lookup_elem(map, &i, &value); i++)
		printf("%s%" PRIu64, i ? "," : "", (uint64_t)value);
	puts("]");
}

static void print_read(const char *key, const __u8 *bytes, __u16 length)
{
	if (length == TRUTH_NOT_READ)
		printf(",\"%s\":null", key);
	else {
		putchar(',');
		print_hex(key, bytes, length);
	}
}

/* One line for each time a program looked, then an empty one. */
static void print_truth(const struct bpf_object *object)
{
	int map = bpf_object__find_map_fd_by_name(object, "truth");
	struct truth_key key, next;
	bool first = true;

	while (!bpf_map_get_next_key(map, first ? NULL : &key, &next)) {
		struct truth t;

		first = false;
		key = next;
		if (bpf_map_lookup_elem(map, &key, &t))
			continue;
		printf("{\"sequence\":%u,\"point\":\"%.16s\"", key.sequence, key.point);
		print_read("pointer", t.pointer, t.pointer_length);
		print_read("dynptr", t.dynptr, t.dynptr_length);
		puts("}");
	}
	puts("");
}

/* Where there is no tcx, clsact does the same (TCX_NEXT and TCX_DROP are TC_ACT_UNSPEC and
 * TC_ACT_SHOT). Nothing owns a filter by file descriptor, but it goes with the device, and that
 * with the lab's namespace. */
static int clsact_attach(int prog, unsigned ifindex, bool ingress)
{
	static __u32 priority = CLSACT_PRIORITY;
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
		    .attach_point = ingress ? BPF_TC_INGRESS : BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog, .priority = priority++);
	int err = bpf_tc_hook_create(&hook);

	return err && err != -EEXIST ? err : bpf_tc_attach(&hook, &opts);
}

static int attach_tc(int prog, unsigned ifindex, bool ingress)
{
	/* Behind those that are there: the order of the arguments is that of the chain. */
	int link = tcx_link_create(prog, ifindex, ingress, false);

	if (link == -EINVAL) /* Linux before 6.6 */
		return clsact_attach(prog, ifindex, ingress);
	return link < 0 ? link : 0;
}

static int attach_xdp(int prog, unsigned ifindex, unsigned mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = mode);

	return bpf_link_create(prog, (int)ifindex, BPF_XDP, &opts);
}

static int open_cgroup_root(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *m;
	int fd = -ENOENT;

	while (mounts && fd < 0 && (m = getmntent(mounts)))
		if (!strcmp(m->mnt_type, "cgroup2"))
			fd = open(m->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mounts)
		endmntent(mounts);
	return fd;
}

/* The root: programs look at ports themselves, and nothing is left when the link is gone. */
static int attach_cgroup(const struct bpf_program *program)
{
	int root = open_cgroup_root();

	if (root < 0)
		return root;
	return bpf_link_create(bpf_program__fd(program), root,
			       bpf_program__expected_attach_type(program), NULL);
}

static int put_number(const struct bpf_object *object, const char *map, __u32 key, __u32 value)
{
	int fd = bpf_object__find_map_fd_by_name(object, map);

	return fd < 0 ? fd : bpf_map_update_elem(fd, &key, &value, BPF_ANY);
}

static int attach_program(const struct bpf_program *program, const char *point, unsigned ifindex)
{
	int prog = bpf_program__fd(program);

	if (!strcmp(point, "xdp"))
		return attach_xdp(prog, ifindex, XDP_FLAGS_DRV_MODE);
	if (!strcmp(point, "xdpgeneric"))
		return attach_xdp(prog, ifindex, XDP_FLAGS_SKB_MODE);
	if (!strcmp(point, "ingress") || !strcmp(point, "egress"))
		return attach_tc(prog, ifindex, !strcmp(point, "ingress"));
	return -EINVAL;
}

/* Links are left open: they go with the process. */
static int attach_one(const struct bpf_object *object, const char *spec, const char *netns_name)
{
	char point[POINT_CHARS], where[IF_NAMESIZE], name[64], netns_other[NAME_MAX];
	int parts = sscanf(spec, "%15[^:]:%15[^:]:%63[^:]:%254s", point, where, name, netns_other);
	const struct bpf_program *program;
	struct device device;
	struct netns netns;
	int err;

	if (parts < 3) {
		fprintf(stderr, "whither-lab: %s is not POINT:DEVICE:NAME[:NETNS]\n", spec);
		return -1;
	}
	program = bpf_object__find_program_by_name(object, name);
	if (!strcmp(point, "cpu"))
		err = put_number(object, name, (__u32)atoi(where), CPU_QUEUE);
	else if (!strcmp(point, "cgroup"))
		err = program ? attach_cgroup(program) : -ENOENT;
	else if (netns_enter(parts == 4 ? netns_other : netns_name, &netns) ||
		 device_find(where, &device))
		return -1;
	else if (!strcmp(point, "device"))
		err = put_number(object, name, 0, device.ifindex);
	else
		err = program ? attach_program(program, point, device.ifindex) : -ENOENT;
	if (err >= 0)
		return 0;
	errno = -err;
	return fail(spec);
}

static int attach(const char *netns_name, const char *path, char **specs, int count)
{
	struct bpf_object *object = load(path, specs, count);
	char line[64];

	if (!object)
		return fail(path);
	for (int i = 0; i < count; i++)
		if (attach_one(object, specs[i], netns_name))
			return 1;
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(line, "counts\n"))
			print_counts(object);
		else if (!strcmp(line, "notes\n"))
			print_notes(object);
		else if (!strcmp(line, "truth\n"))
			print_truth(object);
		else if (!strcmp(line, "counters\n"))
			print_counters(object);
		fflush(stdout);
	}
	bpf_object__close(object);
	return 0;
}

static int guard(int count, char **names)
{
	char byte, path[PATH_MAX];

	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (;;) {
		ssize_t n = read(STDIN_FILENO, &byte, 1);

		if (n == 0 || (n < 0 && errno != EINTR))
			break;
	}
	/* As `ip netns del` does. The devices go when the last process in there has ended. */
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/run/netns/%s", names[i]);
		umount2(path, MNT_DETACH);
		unlink(path);
	}
	return 0;
}

static int list_programs(void)
{
	for (__u32 id = 0; !bpf_prog_get_next_id(id, &id);) {
		struct bpf_prog_info info = { 0 };
		__u32 size = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0) /* gone meanwhile */
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size))
			printf("%u %s\n", info.id, info.name);
		close(fd);
	}
	return 0;
}

static int list_links(void)
{
	for (__u32 id = 0; !bpf_link_get_next_id(id, &id);) {
		struct bpf_link_info info = { 0 };
		__u32 size = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id);

		if (fd < 0) /* gone meanwhile */
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size))
			printf("%u %u\n", info.id, info.prog_id);
		close(fd);
	}
	return 0;
}

static int print_chain(unsigned ifindex, bool ingress)
{
	uint32_t ids[CHAIN_MAX];
	int count = tcx_query(ifindex, ingress, ids, CHAIN_MAX);

	printf("%s", ingress ? "ingress" : "egress");
	for (int i = 0; i < count; i++)
		printf(" %u", ids[i]);
	puts("");
	return count < 0 && count != -ENOENT;
}

static int chain(const char *netns_name, const char *device_name)
{
	struct netns netns;
	struct device device;

	if (netns_enter(netns_name, &netns) || device_find(device_name, &device))
		return 1;
	return print_chain(device.ifindex, true) || print_chain(device.ifindex, false);
}

int main(int argc, char **argv)
{
	pid_t parent = getppid();

	if (argc >= 3 && !strcmp(argv[1], "guard"))
		return guard(argc - 2, argv + 2);
	if (argc == 2 && !strcmp(argv[1], "programs"))
		return list_programs();
	if (argc == 2 && !strcmp(argv[1], "links"))
		return list_links();
	if (argc == 4 && !strcmp(argv[1], "chain"))
		return chain(argv[2], argv[3]);
	if (argc < 5 || strcmp(argv[1], "attach")) {
		fputs("Usage: whither-lab attach NETNS OBJECT POINT:DEVICE:NAME[:NETNS]... | guard NETNS... | programs | links |\n       chain NETNS DEVICE\n",
		      stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return 1;
	if (!getenv("WHITHER_DEBUG"))
		libbpf_set_print(NULL);
	return attach(argv[2], argv[3], argv + 4, argc - 4);
}
