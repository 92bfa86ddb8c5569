// SPDX-License-Identifier: MIT
#include "events.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "pcapng.h"
#include "taps.h"

/* Fixed part, options and padding of a packet block beside metadata and packet. */
#define EPB_OVERHEAD 384
#define TURN_OVER    (-1)

struct events {
	struct capture *capture;
	struct ring_buffer *ring;
	unsigned turn;
	bool to_the_end;
	bool cut;	     /* more is in the ring than a turn takes */
	uint64_t horizon_ns; /* what taps said until then has been taken */
};

/* The extensions, in ascending order of their bits. */
struct part {
	uint16_t bit;
	uint16_t offset; /* in the record, and the wh_rare behind it */
	uint16_t size;
};
#define PART(BIT, FIELD)                                                                       \
	{                                                                                      \
		BIT, offsetof(struct wh_record, FIELD), sizeof(((struct wh_record *)0)->FIELD) \
	}
#define RARE(BIT, FIELD)                                                         \
	{                                                                        \
		BIT, sizeof(struct wh_record) + offsetof(struct wh_rare, FIELD), \
			sizeof(((struct wh_rare *)0)->FIELD)                     \
	}
static const struct part PARTS[] = {
	RARE(WH_EXTENSION_TASK, task),	     RARE(WH_EXTENSION_DROP, drop),
	PART(WH_EXTENSION_SOCKET, socket),   RARE(WH_EXTENSION_CB, cb),
	PART(WH_EXTENSION_BESIDE, beside),   RARE(WH_EXTENSION_LINK, link),
	RARE(WH_EXTENSION_PROGRAM, program), RARE(WH_EXTENSION_OPERATIONS, operations),
};
#define PART_COUNT (sizeof(PARTS) / sizeof(*PARTS))

/* The custom option: enterprise number, event, metadata, extensions. */
static void event_write(struct block *b, const struct wh_record *r, const void *tail,
			size_t tail_bytes)
{
	uint32_t pen = WH_PEN;
	size_t length = sizeof(pen) + sizeof(r->event) + ((r->meta_bytes + 3u) & ~3u) + tail_bytes;

	for (size_t i = 0; i < PART_COUNT; i++)
		length += r->event.extensions & PARTS[i].bit ? PARTS[i].size : 0;
	block_put_u16(b, OPT_CUSTOM_BINARY);
	block_put_u16(b, (uint16_t)length);
	block_put(b, &pen, sizeof(pen));
	block_put(b, &r->event, sizeof(r->event));
	block_put(b, wh_bytes_of(r), r->meta_bytes);
	block_pad(b);
	for (size_t i = 0; i < PART_COUNT; i++)
		if (r->event.extensions & PARTS[i].bit)
			block_put(b, (const uint8_t *)r + PARTS[i].offset, PARTS[i].size);
	block_put(b, tail, tail_bytes);
}

/* What a program returned, as the standard has it: 1 = TC, 2 = XDP, then 64 bits. */
static void verdict_write(struct block *b, const struct wh_ext_program *p)
{
	uint8_t verdict[9] = { p->kind == WH_PROGRAM_KIND_XDP ? 2 : 1 };
	int64_t value = (int32_t)p->verdict;

	memcpy(verdict + 1, &value, sizeof(value));
	block_option(b, EPB_VERDICT, verdict, sizeof(verdict));
}

void packet_write(struct capture *c, struct interface *i, uint32_t direction,
		  const struct wh_record *r, const void *tail, size_t tail_bytes)
{
	struct block b = block_begin(&c->out, PCAPNG_EPB,
				     EPB_OVERHEAD + r->meta_bytes + r->cap_len + tail_bytes);

	block_put_u32(&b, i->id);
	block_put_time(&b, r->ktime_ns + c->clock.offset_ns);
	block_put_u32(&b, r->cap_len);
	block_put_u32(&b, r->wire_len);
	block_put(&b, wh_bytes_of(r) + r->meta_bytes, r->cap_len);
	block_pad(&b);
	block_option(&b, EPB_FLAGS, &direction, sizeof(direction));
	if (i->unsaid)
		block_option_u64(&b, EPB_DROPCOUNT, i->unsaid);
	block_option_u64(&b, EPB_PACKETID, r->journey);
	if (r->event.extensions & WH_EXTENSION_PROGRAM && wh_rare_of(r)->program.returned)
		verdict_write(&b, &wh_rare_of(r)->program);
	event_write(&b, r, tail, tail_bytes);
	block_put_u32(&b, OPT_END);
	if (block_end(&b)) {
		i->written++;
		i->unsaid = 0;
	}
}

static void record_write(struct events *e, struct interface *i, const struct wh_record *r)
{
	struct capture *c = e->capture;

	if (taps_on(c->taps))
		taps_see(c->taps, r);
	packet_write(c, i, c->hooks.of[c->hooks.points[r->point].hook - 1].direction, r, NULL, 0);
}

static int on_record(void *context, void *data, size_t size)
{
	struct events *e = context;
	const struct wh_record *r = data;
	struct interface *i;

	if (size >= sizeof(*r) && r->point < WH_POINTS &&
	    wh_bytes_of(r) + r->meta_bytes + r->cap_len <= (const uint8_t *)data + size) {
		i = &e->capture->interfaces[r->point];
		if (i->id != NO_INTERFACE)
			record_write(e, i, r);
	}
	/* Taps must not fall behind the hooks. */
	if (r->ktime_ns > e->horizon_ns)
		return TURN_OVER;
	e->cut = !e->to_the_end && ++e->turn >= EVENTS_A_TURN;
	return e->cut ? TURN_OVER : 0;
}

struct events *events_new(struct capture *c)
{
	struct events *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->capture = c;
	e->ring = ring_buffer__new(hooks_map(&c->hooks, "events"), on_record, e, NULL);
	if (e->ring)
		return e;
	free(e);
	return NULL;
}

int events_fd(const struct events *e)
{
	return ring_buffer__epoll_fd(e->ring);
}

void events_take(struct events *e, bool to_the_end)
{
	struct taps *taps = e->capture->taps;

	e->turn = 0;
	e->to_the_end = to_the_end;
	e->horizon_ns = UINT64_MAX;
	if (taps_on(taps)) {
		e->horizon_ns = clock_ns(CLOCK_MONOTONIC);
		taps_take(taps);
	}
	e->cut = false;
	ring_buffer__consume(e->ring);
	if (taps_on(taps) && !e->cut)
		taps_until(taps, e->horizon_ns);
}

void events_free(struct events *e)
{
	if (!e)
		return;
	ring_buffer__free(e->ring);
	free(e);
}
