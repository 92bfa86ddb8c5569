// SPDX-License-Identifier: MIT
/* TLVs that a packet must have: from the command line to what bpf/tlv.h reads. */
#include "filter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Byte order of a value that is not said. */
#define AS_FRAMED 2

static int parse_number(const char *text, const char **end, uint64_t max, __u64 *out)
{
	unsigned long long value;

	errno = 0;
	value = strtoull(text, (char **)end, 0);
	if (errno || *end == text || *text == '-' || value > max)
		return -1;
	*out = value;
	return 0;
}

static bool is(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && !strncmp(text, word, length);
}

static int parse_order(const char *text, size_t length, uint8_t *big)
{
	*big = is(text, length, "big");
	return *big || is(text, length, "little") ? 0 : -1;
}

int filter_parse_tlv(struct filter *f, const char *text)
{
	struct wh_tlv *tlv = &f->tlvs[f->tlv_count];
	const char *rest;
	__u64 type;

	if (f->tlv_count == WH_TLVS_MAX) {
		fprintf(stderr, "whither-probe: at most %u times --tlv\n", WH_TLVS_MAX);
		return -1;
	}
	*tlv = (struct wh_tlv){ .big = AS_FRAMED };
	f->tlv_count++;
	if (!parse_number(text, &rest, UINT32_MAX, &type)) {
		tlv->type = (uint32_t)type;
		if (!*rest)
			return 0;
		tlv->has_value = 1;
		if (*rest == '=' && !parse_number(rest + 1, &rest, UINT64_MAX, &tlv->value) &&
		    (!*rest ||
		     (*rest == ',' && !parse_order(rest + 1, strlen(rest + 1), &tlv->big))))
			return 0;
	}
	fprintf(stderr, "whither-probe: --tlv is TYPE or TYPE=VALUE, like 1=0x1f, not '%s'\n",
		text);
	return -1;
}

static bool is_size(uint64_t bytes, uint64_t max)
{
	return bytes && bytes <= max && !(bytes & (bytes - 1));
}

/* One KEY=VALUE of `length` characters. */
static int parse_key(struct wh_framing *framing, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length), *rest;
	size_t key = equals ? (size_t)(equals - text) : 0;
	__u64 value;

	if (!equals)
		return -1;
	if (is(text, key, "endian"))
		return parse_order(equals + 1, length - key - 1, &framing->big);
	if (parse_number(equals + 1, &rest, UINT32_MAX, &value) || rest != text + length)
		return -1;
	if (is(text, key, "start"))
		framing->start = (uint32_t)value;
	else if (is(text, key, "type") && is_size(value, 4))
		framing->type_bytes = (uint8_t)value;
	else if (is(text, key, "length") && is_size(value, 4))
		framing->length_bytes = (uint8_t)value;
	else if (is(text, key, "unit") && is_size(value, 8) && value != 2)
		framing->unit = (uint8_t)value;
	else if (is(text, key, "header") && value <= 1)
		framing->counted = (uint8_t)value;
	else if (is(text, key, "align") && is_size(value, 8))
		framing->align = (uint8_t)value;
	else if (is(text, key, "pad") && value < WH_NO_PAD)
		framing->pad = (uint16_t)value;
	else if (is(text, key, "terminator"))
		framing->terminator = value;
	else
		return -1;
	return 0;
}

int filter_parse_framing(struct filter *f, const char *text)
{
	for (size_t length; *text; text += length + (text[length] == ',')) {
		length = strcspn(text, ",");
		if (!parse_key(&f->framing, text, length))
			continue;
		fprintf(stderr,
			"whither-probe: --tlv-framing is KEY=NUMBER,… of type, length (1, 2, 4), unit (1, 4, 8), align (1, 2, 4, 8), header (0, 1), start, pad, terminator, and endian=little or big, not '%.*s'\n",
			(int)length, text);
		return -1;
	}
	return 0;
}

void filter_configure_tlvs(const struct filter *f, struct wh_config *config)
{
	config->framing = f->framing;
	if (f->framing.counted)
		config->framing.counted = f->framing.type_bytes + f->framing.length_bytes;
	config->tlv_count = f->tlv_count;
	for (size_t i = 0; i < f->tlv_count; i++) {
		config->tlvs[i] = f->tlvs[i];
		if (f->tlvs[i].big == AS_FRAMED)
			config->tlvs[i].big = f->framing.big;
	}
}

void filter_json_tlvs(FILE *out, const struct filter *f)
{
	if (!f->tlv_count)
		return;
	fputs(",\"tlv\":[", out);
	for (size_t i = 0; i < f->tlv_count; i++) {
		fprintf(out, "%s{\"type\":%u", i ? "," : "", f->tlvs[i].type);
		if (f->tlvs[i].has_value)
			fprintf(out, ",\"value\":\"0x%" PRIx64 "\"", (uint64_t)f->tlvs[i].value);
		putc('}', out);
	}
	putc(']', out);
}
