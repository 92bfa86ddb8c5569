// SPDX-License-Identifier: MIT
#include "section.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>

#include "host-facts.h"
#include "pcapng.h"
#include "trace.h"

#define BYTE_ORDER_MAGIC       0x1a2b3c4d
#define SECTION_LENGTH_UNKNOWN UINT64_MAX
/* Packets begin with the IP header. */
#define LINKTYPE_RAW 101
/* Fixed part, options and strings of the small blocks; names are bounded by their arrays. */
#define SMALL_BLOCK_BYTES 2048

char *schema_read(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = malloc(SCHEMA_BYTES_MAX + 1);
	size_t n;

	if (!f || !text) {
		fprintf(stderr, "whither-probe: cannot read the schema %s: %s\n", path,
			strerror(errno));
		goto fail;
	}
	n = fread(text, 1, SCHEMA_BYTES_MAX + 1, f);
	if (ferror(f) || n > SCHEMA_BYTES_MAX) {
		fprintf(stderr, "whither-probe: the schema %s %s\n", path,
			ferror(f) ? "cannot be read" : "is larger than 256 kB");
		goto fail;
	}
	text[n] = '\0';
	fclose(f);
	return text;
fail:
	if (f)
		fclose(f);
	free(text);
	return NULL;
}

void whither_block_write(struct output *out, uint8_t subtype, const void *body, size_t length)
{
	struct wh_block header = {
		.magic = WH_MAGIC_BLOCK,
		.version = WH_FORMAT_VERSION,
		.subtype = subtype,
		.length = (uint32_t)length,
	};
	struct block b = block_begin(out, PCAPNG_CUSTOM, length + sizeof(header) + 32);

	block_put_u32(&b, WH_PEN);
	block_put(&b, &header, sizeof(header));
	block_put(&b, body, length);
	block_end(&b);
}

static void header_write(struct output *out)
{
	struct utsname name;
	struct block b = block_begin(out, PCAPNG_SHB, SMALL_BLOCK_BYTES);
	char os[sizeof(name.sysname) + sizeof(name.release) + 1];

	uname(&name);
	snprintf(os, sizeof(os), "%s %s", name.sysname, name.release);
	block_put_u32(&b, BYTE_ORDER_MAGIC);
	block_put_u16(&b, 1);
	block_put_u16(&b, 0);
	block_put_u64(&b, SECTION_LENGTH_UNKNOWN);
	block_option_text(&b, SHB_HARDWARE, name.machine);
	block_option_text(&b, SHB_OS, os);
	block_option_text(&b, SHB_USERAPPL, "whither-probe " PROBE_VERSION);
	block_put_u32(&b, OPT_END);
	block_end(&b);
}

static void run_write(struct capture *c)
{
	struct wh_section run = {
		.started = c->started_ns,
		.clock_offset = c->clock.offset_ns,
		.clock_error = c->clock.error_ns,
	};

	if (getrandom(run.run, sizeof(run.run), 0) != sizeof(run.run))
		abort(); /* cannot fail for 16 bytes once the system is up */
	whither_block_write(&c->out, WH_BLOCK_SUBTYPE_SECTION, &run, sizeof(run));
}

static void json_write(const struct capture *c, struct output *out, uint8_t subtype,
		       void (*print)(FILE *, const struct capture *))
{
	char *text = NULL;
	size_t length = 0;
	FILE *f = open_memstream(&text, &length);

	if (!f)
		return;
	print(f, c);
	fclose(f);
	whither_block_write(out, subtype, text, length);
	free(text);
}

static void print_host(FILE *f, const struct capture *c)
{
	host_json(f, &c->where, c->maps);
}

static void print_filter(FILE *f, const struct capture *c)
{
	filter_json(f, c->filter, &c->where);
}

static void print_catalogue(FILE *f, const struct capture *c)
{
	fputs("{\"hooks\":", f);
	hooks_json(f, &c->hooks, c->taps);
	fputs(",\"operations\":", f);
	operations_json(f, &c->hooks);
	putc('}', f);
}

uint32_t section_interface(struct capture *c, uint32_t slot, const char *point, uint32_t hook,
			   uint16_t link_type)
{
	const struct device *d = &c->where.devices[slot];
	const struct netns *netns = &c->where.netns;
	struct {
		uint32_t pen;
		struct wh_interface body;
	} option = {
		.pen = WH_PEN,
		.body =
			{
				.magic = WH_MAGIC_INTERFACE,
				.version = WH_FORMAT_VERSION,
				.hook = (uint8_t)hook,
				.ifindex = d->ifindex,
				.netns = netns->inode,
			},
	};
	char name[IF_NAMESIZE + POINT_NAME_BYTES], description[sizeof(netns->name) + 64];
	uint8_t resolution = TSRESOL_NS;
	struct block b = block_begin(&c->out, PCAPNG_IDB, SMALL_BLOCK_BYTES);

	_Static_assert(sizeof(option) == 4 + sizeof(struct wh_interface), "no hole after the PEN");
	snprintf(name, sizeof(name), "%s:%s", d->name, point);
	snprintf(description, sizeof(description), "netns %s (%u)",
		 *netns->name ? netns->name : "of the probe", netns->inode);
	block_put_u16(&b, d->ethernet ? link_type : LINKTYPE_RAW);
	block_put_u16(&b, 0);
	/* 0 = no limit, as pcapng has it; with --snaplen 0 the data is empty. */
	block_put_u32(&b, c->snaplen);
	block_option_text(&b, IF_NAME, name);
	block_option_text(&b, IF_DESCRIPTION, description);
	block_option(&b, IF_TSRESOL, &resolution, sizeof(resolution));
	block_option_text(&b, IF_HARDWARE, d->driver);
	block_option(&b, OPT_CUSTOM_BINARY, &option, sizeof(option));
	block_put_u32(&b, OPT_END);
	block_end(&b);
	return c->interface_count++;
}

void section_write(struct capture *c, const char *schema)
{
	header_write(&c->out);
	run_write(c);
	json_write(c, &c->out, WH_BLOCK_SUBTYPE_HOST, print_host);
	json_write(c, &c->out, WH_BLOCK_SUBTYPE_CATALOGUE, print_catalogue);
	json_write(c, &c->out, WH_BLOCK_SUBTYPE_FILTER, print_filter);
	if (schema)
		whither_block_write(&c->out, WH_BLOCK_SUBTYPE_SCHEMA, schema, strlen(schema));
	for (uint32_t point = 0; point < WH_POINTS; point++) {
		const struct point *p = &c->hooks.points[point];

		c->interfaces[point] = (struct interface){ .id = NO_INTERFACE };
		if (!p->hook)
			continue;
		c->active[c->active_count++] = point;
		c->interfaces[point].id = section_interface(c, p->slot, p->name, p->hook,
							    c->hooks.of[p->hook - 1].link_type);
	}
}
