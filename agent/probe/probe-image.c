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

/* Where in the file the function's instructions are; NULL: the build is broken. */
static struct bpf_insn *find_function(Elf *elf, struct image *image, const char *name)
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
			    !gelf_getshdr(elf_getscn(elf, symbol.st_shndx), &code) ||
			    symbol.st_size != WH_FILTER_ROOM * sizeof(struct bpf_insn))
				continue;
			return (struct bpf_insn *)(image->bytes + code.sh_offset + symbol.st_value);
		}
	}
	return NULL;
}

static int put(Elf *elf, struct image *image, const char *name, const struct sock_filter *classic,
	       size_t count, bool tags, struct packet_access access)
{
	struct bpf_insn *at = find_function(elf, image, name);
	int err = at ? filter_translate(classic, count, tags, access, at, WH_FILTER_ROOM) : -ENOENT;

	if (err == -ENOSPC)
		fprintf(stderr,
			"whither-probe: the filter is too long (more than %u instructions); make it shorter\n",
			WH_FILTER_ROOM);
	else if (err)
		fprintf(stderr, "whither-probe: the filter cannot be put into %s(): %s\n", name,
			strerror(-err));
	return err ? -1 : 0;
}

int image_make(struct image *image, const unsigned char *bytes, size_t size,
	       const struct filter *filter, struct packet_access access)
{
	const struct sock_filter *network = filter->network ? filter->network : NOTHING;
	size_t count = filter->network ? filter->network_count : 1;
	Elf *elf;
	int err = -1;

	*image = (struct image){ malloc(size), size };
	if (!image->bytes)
		return -1;
	memcpy(image->bytes, bytes, size);
	if (!filter->link)
		return 0;
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)image->bytes, size);
	if (elf &&
	    !put(elf, image, "filter_link", filter->link, filter->link_count, filter->tags,
		 access) &&
	    !put(elf, image, "filter_network", network, count, false, access))
		err = 0;
	elf_end(elf);
	return err;
}

void image_free(struct image *image)
{
	free(image->bytes);
	*image = (struct image){ 0 };
}
