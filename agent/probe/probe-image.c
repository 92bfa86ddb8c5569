// SPDX-License-Identifier: MIT
#include "probe-image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gelf.h>
#include <libelf.h>

#include "record.h"

/* What an expression becomes where it cannot be decided: nothing matches. */
static const struct sock_filter NOTHING[] = { { .code = BPF_RET | BPF_K, .k = 0 } };

/* A function of the object: its symbol, and its instructions, both in the image. */
struct function {
	Elf64_Sym *symbol;
	struct bpf_insn *at;
};

/* false: the build is broken. */
static bool find_function(Elf *elf, struct image *image, const char *name, struct function *out)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header, code;
	GElf_Sym symbol;

	while ((section = elf_nextscn(elf, section))) {
		Elf_Data *data = elf_getdata(section, NULL);

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB || !data)
			continue;
		for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
			const char *found = elf_strptr(elf, header.sh_link, symbol.st_name);

			if (!found || strcmp(found, name) ||
			    !gelf_getshdr(elf_getscn(elf, symbol.st_shndx), &code))
				continue;
			*out = (struct function){
				(Elf64_Sym *)(image->bytes + header.sh_offset) + i,
				(struct bpf_insn *)(image->bytes + code.sh_offset +
						    symbol.st_value),
			};
			return true;
		}
	}
	return false;
}

/* libbpf takes as many instructions as the symbol says: what is behind them never reaches the
 * verifier. */
static void cut(struct function *f, size_t count)
{
	f->symbol->st_size = count * sizeof(struct bpf_insn);
}

/* It is not called; it does next to nothing. */
static int leave_empty(Elf *elf, struct image *image, const char *name)
{
	static const struct bpf_insn NOTHING_DONE[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct function f;

	if (!find_function(elf, image, name, &f)) {
		fprintf(stderr, "whither-probe: %s() is not in the object\n", name);
		return -1;
	}
	memcpy(f.at, NOTHING_DONE, sizeof(NOTHING_DONE));
	cut(&f, sizeof(NOTHING_DONE) / sizeof(*NOTHING_DONE));
	return 0;
}

static int put(Elf *elf, struct image *image, const char *name, const struct sock_filter *classic,
	       size_t count, bool tags, struct packet_access access)
{
	struct function f;
	int used = find_function(elf, image, name, &f) &&
				   f.symbol->st_size == WH_FILTER_ROOM * sizeof(struct bpf_insn)
			   ? filter_translate(classic, count, tags, access, f.at, WH_FILTER_ROOM)
			   : -ENOENT;

	if (used > 0)
		cut(&f, (size_t)used);
	else if (used == -ENOSPC)
		fprintf(stderr,
			"whither-probe: the filter is too long (more than %u instructions); make it shorter\n",
			WH_FILTER_ROOM);
	else
		fprintf(stderr, "whither-probe: the filter cannot be put into %s(): %s\n", name,
			strerror(-used));
	return used > 0 ? 0 : -1;
}

static int put_filter(Elf *elf, struct image *image, const struct filter *filter,
		      struct packet_access access)
{
	const struct sock_filter *network = filter->network ? filter->network : NOTHING;
	size_t count = filter->network ? filter->network_count : 1;

	if (!filter->link)
		return leave_empty(elf, image, "filter_link") ||
				       leave_empty(elf, image, "filter_network")
			       ? -1
			       : 0;
	return put(elf, image, "filter_link", filter->link, filter->link_count, filter->tags,
		   access) || put(elf, image, "filter_network", network, count, false, access)
		       ? -1
		       : 0;
}

int image_make(struct image *image, const unsigned char *bytes, size_t size,
	       const struct filter *filter, struct packet_access access)
{
	Elf *elf;
	int err = -1;

	*image = (struct image){ malloc(size), size };
	if (!image->bytes)
		return -1;
	memcpy(image->bytes, bytes, size);
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)image->bytes, size);
	if (elf && !put_filter(elf, image, filter, access) &&
	    (filter->tlv_count || !leave_empty(elf, image, "area_wanted")))
		err = 0;
	elf_end(elf);
	return err;
}

void image_free(struct image *image)
{
	free(image->bytes);
	*image = (struct image){ 0 };
}
