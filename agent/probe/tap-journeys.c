// SPDX-License-Identifier: MIT
#include "tap-journeys.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* From XDP to the first hook of the stack it is one NAPI poll, by cpumap a hand-over to another
 * CPU. */
#define JOIN_WINDOW_NS (50 * NS_PER_MS)
/* Waiting at most; the oldest goes first. */
#define WAITING_MAX 8192u
#define BUCKETS	    4096u
/* Journeys without any event of a hook: above all that the BPF programs count. */
#define OWN_JOURNEY (1ull << 48)

struct waiting {
	struct waiting *next;  /* in order of time */
	struct waiting *chain; /* of its bucket, in order of time */
	uint64_t key;	       /* address of the sk_buff, or of the head in XDP */
	bool filed;	       /* is in a bucket */
	bool done;
	struct whither_event e;
	uint8_t bytes[];
};

/* A journey at the address of its sk_buff. */
struct residence {
	uint64_t skb;
	uint64_t journey;
	uint64_t first_ns;
	uint64_t last_ns;
	bool ended;
};

struct tap_journeys {
	tap_write write;
	void *context;
	bool filtered;
	struct waiting *first, **last; /* whose time the hooks have reached */
	struct waiting *ahead;	       /* the others */
	struct waiting *added;	       /* the latest to come among those ahead, NULL: not ahead */
	size_t count;
	uint64_t own;
	struct waiting *buckets[BUCKETS];
	struct residence residences[BUCKETS * 4];
};

static uint32_t hash(uint64_t address, uint32_t size)
{
	return (uint32_t)(address * 0x9e3779b97f4a7c15ull >> 40) % size;
}

struct tap_journeys *tap_journeys_new(tap_write write, void *context, bool filtered)
{
	struct tap_journeys *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->write = write;
	t->context = context;
	t->filtered = filtered;
	t->last = &t->first;
	return t;
}

static struct residence *residence(struct tap_journeys *t, uint64_t skb)
{
	return &t->residences[hash(skb, BUCKETS * 4)];
}

static void unchain(struct tap_journeys *t, struct waiting *w)
{
	struct waiting **at = &t->buckets[hash(w->key, BUCKETS)];

	while (*at && *at != w)
		at = &(*at)->chain;
	if (*at)
		*at = w->chain;
	w->filed = false;
}

static void finish(struct tap_journeys *t, struct waiting *w, uint64_t journey, uint8_t join)
{
	if (w->filed)
		unchain(t, w);
	w->done = true;
	t->write(t->context, &w->e, w->bytes, journey, join);
}

/* Those at the front that are done. */
static void sweep(struct tap_journeys *t)
{
	while (t->first && t->first->done) {
		struct waiting *w = t->first;

		t->first = w->next;
		if (!t->first)
			t->last = &t->first;
		t->count--;
		free(w);
	}
}

/* Nothing was seen of this packet: all that taps said of it is one journey of its own. */
static void alone(struct tap_journeys *t, uint64_t key)
{
	uint64_t journey = OWN_JOURNEY + t->own++;
	struct waiting *w = t->buckets[hash(key, BUCKETS)], *next;

	for (; w; w = next) {
		next = w->chain;
		if (w->key == key)
			finish(t, w, journey, WH_TAP_JOIN_NONE);
	}
}

/* Puts it where the next event of its packet finds it. */
static void file(struct tap_journeys *t, struct waiting *w)
{
	struct waiting **at = &t->buckets[hash(w->key, BUCKETS)];

	for (struct waiting *other = *at; other; other = other->chain)
		if (other->key == w->key && other->e.tap == w->e.tap) {
			alone(t, w->key);
			break;
		}
	while (*at)
		at = &(*at)->chain;
	w->chain = NULL;
	w->filed = true;
	*at = w;
}

/* The hooks have come as far as this event. */
static void reached(struct tap_journeys *t, struct waiting *w)
{
	const struct residence *r = residence(t, w->e.skb);

	if (!t->filtered && w->e.skb && r->skb == w->e.skb && r->first_ns <= w->e.ktime_ns &&
	    (!r->ended || w->e.ktime_ns <= r->last_ns))
		finish(t, w, r->journey, WH_TAP_JOIN_SKB);
	else
		file(t, w);
}

static void reach(struct tap_journeys *t, uint64_t ktime_ns)
{
	struct waiting *w;

	while ((w = t->ahead) && w->e.ktime_ns <= ktime_ns) {
		t->ahead = w->next;
		if (t->added == w)
			t->added = NULL;
		w->next = NULL;
		*t->last = w;
		t->last = &w->next;
		reached(t, w);
	}
}

/* One CPU is read after the other, each in order of time: most come right behind the one before. */
static void put_ahead(struct tap_journeys *t, struct waiting *w)
{
	struct waiting **at = &t->ahead;

	if (t->added && t->added->e.ktime_ns <= w->e.ktime_ns)
		at = &t->added->next;
	while (*at && (*at)->e.ktime_ns <= w->e.ktime_ns)
		at = &(*at)->next;
	w->next = *at;
	*at = w;
	t->added = w;
}

bool tap_journeys_add(struct tap_journeys *t, const struct whither_event *e, const uint8_t *bytes,
		      size_t length)
{
	struct waiting *w;

	if (t->count == WAITING_MAX && !t->first)
		reach(t, t->ahead->e.ktime_ns);
	if (t->count == WAITING_MAX && !t->first->done)
		alone(t, t->first->key);
	sweep(t);
	w = malloc(sizeof(*w) + length);
	if (!w)
		return false;
	*w = (struct waiting){ .key = e->skb ? e->skb : e->head, .e = *e };
	memcpy(w->bytes, bytes, length);
	put_ahead(t, w);
	t->count++;
	return true;
}

static void join(struct tap_journeys *t, uint64_t key, const struct wh_record *r, uint8_t join)
{
	struct waiting *w = t->buckets[hash(key, BUCKETS)], *next;

	for (; w; w = next) {
		next = w->chain;
		if (w->key == key && w->e.ktime_ns <= r->ktime_ns)
			finish(t, w, r->journey, join);
	}
}

void tap_journeys_see(struct tap_journeys *t, const struct wh_record *r)
{
	struct residence *at = residence(t, r->event.skb);

	reach(t, r->ktime_ns);
	if (r->event.skb)
		join(t, r->event.skb, r, WH_TAP_JOIN_SKB);
	if (r->event.head)
		join(t, r->event.head, r, WH_TAP_JOIN_HEAD);
	if (at->skb != r->event.skb || at->journey != r->journey)
		*at = (struct residence){
			.skb = r->event.skb,
			.journey = r->journey,
			.first_ns = r->ktime_ns,
		};
	at->last_ns = r->ktime_ns;
	at->ended = r->event.hook == WH_HOOK_CONSUME_SKB || r->event.hook == WH_HOOK_KFREE_SKB;
	sweep(t);
}

void tap_journeys_until(struct tap_journeys *t, uint64_t ktime_ns)
{
	reach(t, ktime_ns);
	/* The last event of a hook may have been behind ktime_ns, and so may what it reached. */
	for (struct waiting *w = t->first; w && w->e.ktime_ns + JOIN_WINDOW_NS < ktime_ns;
	     w = w->next)
		if (!w->done)
			alone(t, w->key);
	sweep(t);
}

void tap_journeys_lost(struct tap_journeys *t)
{
	for (struct waiting *w = t->first; w; w = w->next)
		if (!w->done && !w->e.skb)
			alone(t, w->key);
	sweep(t);
}

void tap_journeys_free(struct tap_journeys *t)
{
	struct waiting *w, *next;

	if (!t)
		return;
	*t->last = t->ahead;
	for (w = t->first; w; w = next) {
		next = w->next;
		free(w);
	}
	free(t);
}
