// SPDX-License-Identifier: MIT
#include "filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "place.h"

#define NS_PER_S 1000000000ull

static int parse_word(const char *text, const char **end, uint32_t *out)
{
	unsigned long long value;

	errno = 0;
	value = strtoull(text, (char **)end, 0);
	if (errno || *end == text || *text == '-' || value > UINT32_MAX)
		return -1;
	*out = (uint32_t)value;
	return 0;
}

int filter_parse_mark(struct filter *f, const char *text)
{
	const char *rest;

	f->has_mark = true;
	f->mark_mask = UINT32_MAX;
	if (!parse_word(text, &rest, &f->mark) &&
	    (!*rest || (*rest == '/' && !parse_word(rest + 1, &rest, &f->mark_mask) && !*rest)))
		return 0;
	fprintf(stderr, "whither-probe: --mark is VALUE or VALUE/MASK, like 0x10/0xff, not '%s'\n",
		text);
	return -1;
}

void filter_configure(const struct filter *f, struct wh_config *config)
{
	config->filter = (f->link ? WH_FILTER_EXPRESSION : 0) | (f->tags ? WH_FILTER_TAGS : 0) |
			 (f->length ? WH_FILTER_LENGTH : 0) | (f->has_mark ? WH_FILTER_MARK : 0) |
			 (f->metadata ? WH_FILTER_METADATA : 0) |
			 (f->tlv_count ? WH_FILTER_TLV : 0);
	filter_configure_tlvs(f, config);
	config->mark = f->mark & f->mark_mask;
	config->mark_mask = f->mark_mask;
	config->sample = f->sample;
	config->event_ns = f->rate ? NS_PER_S / f->rate : 0;
}

static void json_hooks(FILE *out, const char *list)
{
	const char *between = "";

	fputs(",\"hooks\":[", out);
	for (size_t length; *list; list += length + (list[length] == ',')) {
		length = strcspn(list, ",");
		fprintf(out, "%s\"%.*s\"", between, (int)length, list);
		between = ",";
	}
	putc(']', out);
}

void filter_json(FILE *out, const struct filter *f, const struct place *where)
{
	fputs("{\"expression\":", out);
	if (f->expression)
		json_string(out, f->expression);
	else
		fputs("null", out);
	fputs(",\"devices\":[", out);
	for (size_t i = 0; i < where->device_count; i++) {
		fputs(i ? "," : "", out);
		json_string(out, where->devices[i].name);
	}
	fputs("],\"netns\":", out);
	if (*where->netns.name)
		json_string(out, where->netns.name);
	else
		fputs("null", out);
	if (f->has_mark)
		fprintf(out, ",\"mark\":{\"value\":%u,\"mask\":%u}", f->mark, f->mark_mask);
	fprintf(out, ",\"hasMetadata\":%s", f->metadata ? "true" : "false");
	filter_json_tlvs(out, f);
	if (f->sample)
		fprintf(out, ",\"sample\":%u", f->sample);
	if (f->rate)
		fprintf(out, ",\"rate\":%u", f->rate);
	if (f->hooks)
		json_hooks(out, f->hooks);
	putc('}', out);
}
