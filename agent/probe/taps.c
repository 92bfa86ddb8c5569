// SPDX-License-Identifier: MIT
#include "taps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>
#include <linux/perf_event.h>

#include "capture.h"
#include "events.h"
#include "filter.h"
#include "json.h"
#include "ledger.h"
#include "section.h"
#include "tap-journeys.h"
#include "tap-sites.h"

/* Pages of a perf buffer, a power of two, for each CPU and object: what perf_event_mlock_kb (516)
 * allows without CAP_IPC_LOCK, and what is tried when that is used up. */
static const size_t PAGES[] = { 128, 32, 8, 1 };
#define TAP_INTERFACES_MAX 256u

_Static_assert(WHITHER_AREA == (int)WH_TAP_KIND_AREA && WHITHER_BLOB == (int)WH_TAP_KIND_BLOB &&
		       WHITHER_HINTS == (int)WH_TAP_KIND_HINTS &&
		       sizeof(struct whither_hints) == sizeof(struct wh_tap_hints),
	       "whither.h says what captures say");

static const struct {
	uint32_t id;
	const char *name;
	uint16_t link_type;
	uint16_t direction;
} TAP_HOOKS[] = {
#define TAP_HOOK(ID, IDENT, NAME, LINKTYPE, DIRECTION) { ID, NAME, LINKTYPE, DIRECTION },
	WH_TAP_HOOKS(TAP_HOOK)
#undef TAP_HOOK
};
#define TAP_HOOK_COUNT (sizeof(TAP_HOOKS) / sizeof(*TAP_HOOKS))
_Static_assert(WHITHER_XDP == 0 && WHITHER_TC_INGRESS == 1 && WHITHER_TC_EGRESS == 2 &&
		       TAP_HOOK_COUNT == 3,
	       "a point is the index of its hook");

/* A tap on a device: an interface of the capture. */
struct tap_interface {
	uint32_t site;
	uint32_t slot;
	uint8_t point;
	struct interface interface;
};

struct taps {
	struct tap_sites sites;
	struct capture *capture;
	struct tap_journeys *journeys;
	struct perf_buffer
		*buffers[TAP_OBJECTS_MAX]; /* index: the object; NULL = another probe listens */
	bool on;			   /* listens */
	bool silent;			   /* told them to stop */
	struct tap_interface interfaces[TAP_INTERFACES_MAX];
	size_t interface_count;
	uint32_t lost_before[TAP_SITES_MAX]; /* whither_site.lost when it was last looked at */
	uint64_t no_room;		     /* for memory or interfaces; not yet in a gap */
	uint64_t lost;
	uint64_t looked_ns; /* Unix time */
};

struct taps *taps_find(void)
{
	struct taps *t = calloc(1, sizeof(*t));

	if (t)
		tap_sites_find(&t->sites);
	return t;
}

static struct tap_interface *interface_of(struct taps *t, uint32_t site, uint32_t slot,
					  uint8_t point)
{
	struct tap_interface *i;
	char name[sizeof("tap/") + WHITHER_NAME_BYTES];

	for (size_t n = 0; n < t->interface_count; n++) {
		i = &t->interfaces[n];
		if (i->site == site && i->slot == slot && i->point == point)
			return i;
	}
	if (t->interface_count == TAP_INTERFACES_MAX)
		return NULL;
	i = &t->interfaces[t->interface_count++];
	*i = (struct tap_interface){ .site = site, .slot = slot, .point = point };
	/* The program may have written over the end of its name since. */
	snprintf(name, sizeof(name), "tap/%.*s", WHITHER_NAME_BYTES - 1,
		 tap_site(&t->sites, site)->name);
	i->interface.id = section_interface(t->capture, slot, name, TAP_HOOKS[point].id,
					    TAP_HOOKS[point].link_type);
	return i;
}

#define NOT_WATCHED UINT32_MAX

static uint32_t slot_of(const struct place *where, const struct whither_event *e)
{
	for (size_t slot = 0; e->netns == where->netns.inode && slot < where->device_count; slot++)
		if (where->devices[slot].ifindex == e->ifindex)
			return (uint32_t)slot;
	return NOT_WATCHED;
}

static uint16_t offset_from(uint64_t base, uint64_t address)
{
	uint64_t offset = address - base;

	return base && offset < 0xffff ? (uint16_t)offset : 0xffff;
}

/* What the tap said as an event of a hook. */
static void describe(struct wh_record *r, const struct whither_event *e, uint64_t journey)
{
	uint16_t data_offset = offset_from(e->head, e->data);

	*r = (struct wh_record){
		.ktime_ns = e->ktime_ns,
		.journey = journey,
		.wire_len = e->wire_len,
		.cap_len = e->cap_len,
		.meta_bytes = e->area_bytes,
		.socket.cookie = e->cookie,
		.beside.vlan_proto = e->vlan_proto,
		.event = {
			.magic = WH_MAGIC_EVENT,
			.version = WH_FORMAT_VERSION,
			.hook = (uint8_t)TAP_HOOKS[e->point].id,
			.meta_state = e->area_bytes ? WH_META_STATE_PRESENT : WH_META_STATE_NONE,
			.meta_len = e->area_bytes,
			.header_len = sizeof(r->event),
			.extensions = (uint16_t)(WH_EXTENSION_TAP | (e->cookie ? WH_EXTENSION_SOCKET : 0) |
						 (e->vlan_proto ? WH_EXTENSION_BESIDE : 0)),
			.cpu = e->cpu,
			.queue = e->queue,
			.skb = e->skb,
			.head = e->head,
			.mac_offset = data_offset,
			.data_offset = data_offset,
			.network_offset = e->network_offset,
			.flags = (uint16_t)(e->packet_type << WH_EVENT_FLAG_PACKET_TYPE_SHIFT),
			.skb_len = e->wire_len,
			.mark = e->mark,
			.priority = e->priority,
			.hash = e->hash,
			.skb_iif = e->skb_iif,
			.protocol = e->protocol,
			.vlan_tci = e->vlan_tci,
			.end_offset = e->end_offset,
		},
	};
}

static bool is_filtered(const struct filter *f)
{
	return f->expression || f->has_mark || f->metadata || f->tlv_count || f->sample || f->rate;
}

/* `bytes`: area, blob, packet. */
static void write_event(void *context, const struct whither_event *e, const uint8_t *bytes,
			uint64_t journey, uint8_t join)
{
	struct taps *t = context;
	static union {
		struct wh_record record;
		uint8_t room[sizeof(struct wh_record) + WHITHER_AREA_BYTES + WH_SNAPLEN_MAX];
	} event;
	struct {
		struct wh_ext_tap head;
		uint8_t bytes[WHITHER_BLOB_BYTES];
	} tail = { .head = { .kind = e->kind, .join = join, .length = e->blob_bytes } };
	struct tap_interface *i;

	/* The filter is asked at hooks. A packet without any is not known to be what was asked for.
	 */
	if (join == WH_TAP_JOIN_NONE && is_filtered(t->capture->filter))
		return;
	i = interface_of(t, e->tap - 1, slot_of(&t->capture->where, e), e->point);

	if (!i) {
		t->no_room++;
		return;
	}
	describe(&event.record, e, journey);
	memcpy(wh_bytes_of(&event.record), bytes, e->area_bytes);
	memcpy(wh_bytes_of(&event.record) + e->area_bytes, bytes + e->area_bytes + e->blob_bytes,
	       e->cap_len);
	memcpy(tail.bytes, bytes + e->area_bytes, e->blob_bytes);
	packet_write(t->capture, &i->interface, TAP_HOOKS[e->point].direction, &event.record, &tail,
		     sizeof(tail.head) + ((e->blob_bytes + 3u) & ~3u));
}

/* `size` bytes at 4 modulo 8. */
static void on_event(struct taps *t, const uint8_t *data, uint32_t size)
{
	struct whither_event e;
	size_t behind;

	if (size < sizeof(e))
		return;
	memcpy(&e, data, sizeof(e));
	behind = (size_t)e.area_bytes + e.blob_bytes + e.cap_len;
	/* A program may write to its maps what it likes. */
	if (e.point >= TAP_HOOK_COUNT || e.area_bytes > WHITHER_AREA_BYTES ||
	    e.blob_bytes > WHITHER_BLOB_BYTES || e.cap_len > WH_SNAPLEN_MAX ||
	    size - sizeof(e) < behind || !tap_site(&t->sites, e.tap - 1))
		return;
	if (slot_of(&t->capture->where, &e) != NOT_WATCHED &&
	    !tap_journeys_add(t->journeys, &e, data + sizeof(e), behind))
		t->no_room++;
}

static enum bpf_perf_event_ret on_record(void *context, int cpu, struct perf_event_header *header)
{
	const struct {
		struct perf_event_header header;
		uint32_t size;
		uint8_t data[];
	} *sample = (void *)header;
	struct taps *t = context;

	(void)cpu;
	if (header->type == PERF_RECORD_SAMPLE)
		on_event(t, sample->data, sample->size);
	else if (header->type == PERF_RECORD_LOST) /* how many, the taps count themselves */
		tap_journeys_lost(t->journeys);
	return LIBBPF_PERF_EVENT_CONT;
}

/* The kernel takes the perf events out of the map when our file descriptor of it is closed. */
static struct perf_buffer *open_buffers(struct taps *t, const struct tap_object *o)
{
	/* Woken for nothing: the probe looks every few milliseconds. */
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = INT32_MAX, /* an int to the kernel */
	};
	struct perf_buffer *b = NULL;

	for (size_t i = 0; i < sizeof(PAGES) / sizeof(*PAGES) && !b; i++)
		b = perf_buffer__new_raw(o->events_map, PAGES[i], &attr, on_record, t, NULL);
	return b;
}

void taps_open(struct taps *t)
{
	for (size_t n = 0; n < t->sites.count; n++) {
		struct tap_object *o = &t->sites.of[n];

		if (tap_object_taken(o)) {
			snprintf(t->sites.reason, sizeof(t->sites.reason),
				 "another probe listens to them, and they speak to one at a time");
			continue;
		}
		t->buffers[n] = open_buffers(t, o);
		if (!t->buffers[n])
			snprintf(t->sites.reason, sizeof(t->sites.reason),
				 "no perf buffer for them: %s", strerror(errno));
	}
}

void taps_listen(struct taps *t, struct capture *c)
{
	if (!t->sites.count)
		return;
	t->capture = c;
	t->looked_ns = run_clock_now(&c->clock);
	t->journeys = tap_journeys_new(write_event, t, is_filtered(c->filter));
	for (size_t n = 0; n < t->sites.count && t->journeys; n++) {
		struct tap_object *o = &t->sites.of[n];

		if (!t->buffers[n])
			continue;
		for (size_t i = 0; i < o->count; i++)
			t->lost_before[o->first + i] = o->sites[i].lost;
		t->on = true;
		tap_object_on(o, (uint16_t)c->snaplen);
	}
	if (*t->sites.reason)
		fprintf(stderr, "whither-probe: taps are %s: %s\n",
			t->on ? "incomplete" : "missing", t->sites.reason);
}

void taps_json(FILE *out, const struct taps *t)
{
	const char *reason = *t->sites.reason ? t->sites.reason
			     : t->sites.count
				     ? "not asked for"
				     : "no program with taps (whither.h) was loaded at start";
	bool on = t->capture ? t->on : t->sites.count;

	for (size_t i = 0; i < TAP_HOOK_COUNT; i++) {
		fprintf(out,
			"%s{\"id\":%u,\"name\":\"%s\",\"attached\":%s,\"how\":\"%s\",\"reason\":",
			i ? "," : "", TAP_HOOKS[i].id, TAP_HOOKS[i].name, on ? "true" : "false",
			on ? "tap" : "");
		json_string(out, on ? t->sites.reason : reason);
		putc('}', out);
	}
}

bool taps_on(const struct taps *t)
{
	return t->on;
}

void taps_take(struct taps *t)
{
	for (size_t i = 0; i < t->sites.count; i++)
		if (t->buffers[i])
			perf_buffer__consume(t->buffers[i]);
}

void taps_see(struct taps *t, const struct wh_record *r)
{
	tap_journeys_see(t->journeys, r);
}

void taps_until(struct taps *t, uint64_t ktime_ns)
{
	tap_journeys_until(t->journeys, ktime_ns);
}

/* The interface of a tap, when it was heard on one device only. */
static struct interface *only_interface(struct taps *t, uint32_t site)
{
	struct interface *found = NULL;

	for (size_t i = 0; i < t->interface_count; i++) {
		if (t->interfaces[i].site != site)
			continue;
		if (found)
			return NULL;
		found = &t->interfaces[i].interface;
	}
	return found;
}

static void note_lost(struct taps *t, struct interface *i, uint64_t count)
{
	t->lost += count;
	gap_write(t->capture, i ? i->id : ALL_INTERFACES, WH_GAP_CAUSE_RING_FULL, count,
		  t->looked_ns);
	if (i) {
		i->lost += count;
		i->unsaid += count;
	}
}

void taps_look(struct taps *t)
{
	for (size_t n = 0; n < t->sites.count; n++) {
		struct tap_object *o = &t->sites.of[n];

		for (uint32_t i = 0; i < o->count && t->buffers[n]; i++) {
			uint32_t site = o->first + i, now = o->sites[i].lost;

			if (now != t->lost_before[site])
				note_lost(t, only_interface(t, site), now - t->lost_before[site]);
			t->lost_before[site] = now;
		}
		if (t->buffers[n] && !t->silent)
			tap_object_on(o, (uint16_t)t->capture->snaplen);
	}
	if (t->no_room)
		note_lost(t, NULL, t->no_room);
	t->no_room = 0;
	t->looked_ns = run_clock_now(&t->capture->clock);
}

void taps_statistics(struct taps *t)
{
	for (size_t n = 0; n < t->interface_count; n++) {
		struct interface *i = &t->interfaces[n].interface;

		i->seen = i->written + i->lost;
		statistics_write(t->capture, i, t->looked_ns);
	}
}

void taps_sums(const struct taps *t, uint64_t *written, uint64_t *lost)
{
	for (size_t n = 0; n < t->interface_count; n++)
		*written += t->interfaces[n].interface.written;
	*lost += t->lost;
}

void taps_silence(struct taps *t)
{
	t->silent = true;
	for (size_t n = 0; n < t->sites.count; n++)
		if (t->buffers[n])
			tap_object_off(&t->sites.of[n]);
}

void taps_end(struct taps *t)
{
	if (!t->on)
		return;
	taps_take(t);
	taps_until(t, UINT64_MAX);
	taps_look(t);
	t->on = false;
}

void taps_free(struct taps *t)
{
	if (!t)
		return;
	for (size_t n = 0; n < t->sites.count; n++)
		perf_buffer__free(t->buffers[n]);
	tap_journeys_free(t->journeys);
	tap_sites_close(&t->sites);
	free(t);
}
