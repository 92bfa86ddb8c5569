/* SPDX-License-Identifier: MIT */
#include "btf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"

/* The kernel takes no more from a program (BTF_MAX_SIZE). */
#define BTF_BYTES_MAX (16u << 20)
/* More programs than a person looks through; the oldest are left out. */
#define PROGRAMS_MAX 4096

static int fail(unsigned id, const char *what)
{
	fprintf(stderr, "whither-probe: %s of program %u: %s\n", what, id, strerror(errno));
	return 1;
}

static int btf_id_of(unsigned id, unsigned *btf_id)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);
	int err;

	if (fd < 0)
		return fail(id, "the id");
	err = bpf_obj_get_info_by_fd(fd, &info, &size);
	close(fd);
	if (err)
		return fail(id, "the facts");
	if (!info.btf_id) {
		fprintf(stderr, "whither-probe: program %u was loaded without types\n", id);
		return 1;
	}
	*btf_id = info.btf_id;
	return 0;
}

static int write_btf(unsigned id, int fd)
{
	struct bpf_btf_info info = { 0 };
	__u32 size = sizeof(info);
	void *bytes;
	int err = 1;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return fail(id, "the types");
	if (!info.btf_size || info.btf_size > BTF_BYTES_MAX) {
		errno = E2BIG;
		return fail(id, "the types");
	}
	bytes = malloc(info.btf_size);
	if (!bytes)
		return fail(id, "the types");
	size = info.btf_size;
	info = (struct bpf_btf_info){ .btf = (__u64)(unsigned long)bytes, .btf_size = size };
	size = sizeof(info);
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		fail(id, "the types");
	else if (fwrite(bytes, info.btf_size, 1, stdout) != 1 || fflush(stdout))
		fail(id, "writing the types");
	else
		err = 0;
	free(bytes);
	return err;
}

int btf_of_program(unsigned id)
{
	unsigned btf_id;
	int err, fd;

	if (btf_id_of(id, &btf_id))
		return 1;
	fd = bpf_btf_get_fd_by_id(btf_id);
	if (fd < 0)
		return fail(id, "the types");
	err = write_btf(id, fd);
	close(fd);
	return err;
}

static void write_program(const struct bpf_prog_info *info)
{
	const char *type = libbpf_bpf_prog_type_str(info->type);

	printf("{\"id\":%u,\"name\":", info->id);
	json_string(stdout, info->name);
	printf(",\"type\":\"%s\",\"tag\":\"", type ? type : "");
	for (size_t i = 0; i < sizeof(info->tag); i++)
		printf("%02x", info->tag[i]);
	printf("\",\"types\":%s}", info->btf_id ? "true" : "false");
}

int btf_programs(void)
{
	static unsigned ids[PROGRAMS_MAX];
	size_t count = 0;
	unsigned id = 0;
	bool first = true;

	while (!bpf_prog_get_next_id(id, &id))
		ids[count++ % PROGRAMS_MAX] = id;
	if (errno != ENOENT) {
		fprintf(stderr, "whither-probe: the loaded programs: %s\n", strerror(errno));
		return 1;
	}
	putchar('[');
	for (size_t left = count < PROGRAMS_MAX ? count : PROGRAMS_MAX; left; left--) {
		struct bpf_prog_info info = { 0 };
		__u32 size = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(ids[--count % PROGRAMS_MAX]);

		/* It may have gone meanwhile. */
		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size)) {
			if (!first)
				putchar(',');
			first = false;
			write_program(&info);
		}
		close(fd);
	}
	puts("]");
	return fflush(stdout) ? 1 : 0;
}
