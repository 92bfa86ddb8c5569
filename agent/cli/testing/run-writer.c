/* SPDX-License-Identifier: MIT */
/*
 * run-writer OBJECT [PROBE]: loads write-struct.bpf.o, runs its XDP program once and prints as
 * hexadecimal what it wrote to its global variables; with PROBE then runs PROBE --btf ID of the
 * loaded program, whose output follows the line.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define GLOBALS_MAX 256

static int run_probe(const char *probe, unsigned id)
{
	char text[16];
	int status = 1;
	pid_t child;

	snprintf(text, sizeof(text), "%u", id);
	fflush(stdout);
	child = fork();
	if (!child) {
		execl(probe, probe, "--btf", text, (char *)NULL);
		_exit(127);
	}
	return child < 0 || waitpid(child, &status, 0) < 0 || status;
}

int main(int argc, char **argv)
{
	unsigned char packet[64] = { 0 }, globals[GLOBALS_MAX];
	struct bpf_object *object = argc > 1 ? bpf_object__open_file(argv[1], NULL) : NULL;
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	struct bpf_map *map;
	int zero = 0, fd;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = 1);

	if (!object || bpf_object__load(object))
		return 1;
	fd = bpf_program__fd(bpf_object__find_program_by_name(object, "read_xdp"));
	map = bpf_object__find_map_by_name(object, ".bss");
	if (!map || bpf_map__value_size(map) > GLOBALS_MAX || bpf_prog_test_run_opts(fd, &opts) ||
	    bpf_map_lookup_elem(bpf_map__fd(map), &zero, globals) ||
	    bpf_obj_get_info_by_fd(fd, &info, &size))
		return 1;
	for (unsigned i = 0; i < bpf_map__value_size(map); i++)
		printf("%02x", globals[i]);
	puts("");
	return argc > 2 ? run_probe(argv[2], info.id) : 0;
}
