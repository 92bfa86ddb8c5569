// SPDX-License-Identifier: MIT
#include "args.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	STOP_CLEANLY = 1,
	STOP_USAGE = 1 + EXIT_USAGE,
};

static const char USAGE[] =
	"Usage: whither-probe -i DEV [-i DEV ...] [options]\n"
	"Watches packets and their metadata at the hooks of the kernel's Rx and Tx path, writes pcapng.\n"
	"\n"
	"  -i, --interface DEV     network device to watch; may be repeated\n"
	"      --netns NAME|PATH   network namespace of the devices\n"
	"  -f, --filter EXPR       only packets that match, as pcap-filter(7) has it, and what becomes of them\n"
	"      --mark VALUE[/MASK] only with this skb->mark\n"
	"      --has-metadata      only with metadata\n"
	"      --tlv TYPE[=VALUE]  only with such a TLV; may be repeated: with all of them. VALUE[,little|,big]: its order\n"
	"      --tlv-framing LIST  how TLVs lie: type=1,length=1,endian=little,unit=1,header=0,align=1,start=0,pad=N,terminator=N\n"
	"      --sample N          one journey in N, whole; the others are counted\n"
	"      --rate N            about N events a second, whole journeys; the others are counted\n"
	"  -s, --snaplen N         bytes of each packet, from the MAC header (default 128, at most 4096)\n"
	"  -w, --write FILE|-      where to write (default -, standard output)\n"
	"      --schema FILE       metadata schema (JSON) to put into the capture\n"
	"      --hooks LIST        only these, separated by commas: tcx, nf/forward, kfree_skb (default all)\n"
	"      --cb                the 48 bytes of skb->cb, too\n"
	"      --ring-bytes N      size of the ring buffer, a power of two (default 16777216)\n"
	"      --no-tcx            use clsact filters although tcx links are there\n"
	"      --die-with-parent   end when the parent process does (always, when writing to a pipe)\n"
	"      --map ID|NAME|PATH  BPF map to sample; may be repeated\n"
	"      --map-interval MS   how often (default 1000, at least 10)\n"
	"      --cost              what watching costs, too, once a second: run times of BPF programs, CPU, bytes\n"
	"      --control           take orders from standard input, a line each: cost on PID, cost off\n"
	"      --doctor            try every hook, print as JSON what works and why the rest does not\n"
	"      --programs          print the loaded BPF programs as JSON\n"
	"      --btf ID            print the types (raw BTF) of the loaded BPF program with this id\n"
	"      --version, --help\n"
	"\n"
	"Example: whither-probe -i eth0 | wireshark -k -i -\n";

enum {
	OPT_NETNS = 256,
	OPT_MARK,
	OPT_HAS_METADATA,
	OPT_TLV,
	OPT_TLV_FRAMING,
	OPT_SAMPLE,
	OPT_RATE,
	OPT_SCHEMA,
	OPT_RING,
	OPT_HOOKS,
	OPT_CB,
	OPT_NO_TCX,
	OPT_DIE,
	OPT_CONTROL,
	OPT_COST,
	OPT_MAP,
	OPT_MAP_INTERVAL,
	OPT_DOCTOR,
	OPT_PROGRAMS,
	OPT_BTF,
	OPT_VERSION,
};

static const struct option LONG[] = {
	{ "interface", required_argument, NULL, 'i' },
	{ "netns", required_argument, NULL, OPT_NETNS },
	{ "filter", required_argument, NULL, 'f' },
	{ "mark", required_argument, NULL, OPT_MARK },
	{ "has-metadata", no_argument, NULL, OPT_HAS_METADATA },
	{ "tlv", required_argument, NULL, OPT_TLV },
	{ "tlv-framing", required_argument, NULL, OPT_TLV_FRAMING },
	{ "sample", required_argument, NULL, OPT_SAMPLE },
	{ "rate", required_argument, NULL, OPT_RATE },
	{ "snaplen", required_argument, NULL, 's' },
	{ "write", required_argument, NULL, 'w' },
	{ "schema", required_argument, NULL, OPT_SCHEMA },
	{ "ring-bytes", required_argument, NULL, OPT_RING },
	{ "hooks", required_argument, NULL, OPT_HOOKS },
	{ "cb", no_argument, NULL, OPT_CB },
	{ "no-tcx", no_argument, NULL, OPT_NO_TCX },
	{ "die-with-parent", no_argument, NULL, OPT_DIE },
	{ "control", no_argument, NULL, OPT_CONTROL },
	{ "cost", no_argument, NULL, OPT_COST },
	{ "map", required_argument, NULL, OPT_MAP },
	{ "map-interval", required_argument, NULL, OPT_MAP_INTERVAL },
	{ "doctor", no_argument, NULL, OPT_DOCTOR },
	{ "programs", no_argument, NULL, OPT_PROGRAMS },
	{ "btf", required_argument, NULL, OPT_BTF },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int number(const char *text, unsigned min, unsigned max, const char *what, unsigned *out)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value < min || value > max) {
		fprintf(stderr, "whither-probe: %s must be a number from %u to %u, not '%s'\n",
			what, min, max, text);
		return -1;
	}
	*out = (unsigned)value;
	return 0;
}

static const char *const HOOK_NAMES[] = {
#define NAME(ID, IDENT, TEXT, LINKTYPE, DIRECTION) TEXT,
	WH_HOOKS(NAME) WH_TAP_HOOKS(NAME)
#undef NAME
};

static bool names(const char *item, size_t length, const char *hook)
{
	return !strncmp(item, hook, length) && strchr("/@", hook[length]);
}

bool list_names_hook(const char *list, const char *hook)
{
	for (size_t length; *list; list += length + (list[length] == ',')) {
		length = strcspn(list, ",");
		if (length && names(list, length, hook))
			return true;
	}
	return false;
}

static int check_hooks(const char *list)
{
	for (size_t length; *list; list += length + (list[length] == ',')) {
		bool found = false;

		length = strcspn(list, ",");
		for (size_t i = 0; i < sizeof(HOOK_NAMES) / sizeof(*HOOK_NAMES); i++)
			found |= length && names(list, length, HOOK_NAMES[i]);
		if (found)
			continue;
		fprintf(stderr, "whither-probe: there is no hook '%.*s'; --doctor lists them\n",
			(int)length, list);
		return -1;
	}
	return 0;
}

static int check(const struct options *o)
{
	unsigned page = (unsigned)sysconf(_SC_PAGESIZE);

	if (o->ring_bytes & (o->ring_bytes - 1) || o->ring_bytes % page) {
		fprintf(stderr,
			"whither-probe: --ring-bytes must be a power of two and at least a page (%u)\n",
			page);
		return STOP_USAGE;
	}
	if (!o->device_count && !o->doctor && !o->programs && !o->btf_program) {
		fputs("whither-probe: which device? Name it with -i DEV (ip link lists them)\n",
		      stderr);
		return STOP_USAGE;
	}
	return 0;
}

int args_parse(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options){
		.output = "-",
		.snaplen = WH_SNAPLEN_DEFAULT,
		.ring_bytes = RING_BYTES_DEFAULT,
		.map_interval_ms = MAP_INTERVAL_MS,
		.filter.framing = FRAMING_DEFAULT,
	};
	while ((c = getopt_long(argc, argv, "i:f:s:w:h", LONG, NULL)) != -1) {
		switch (c) {
		case 'i':
			if (o->device_count == WH_MAX_SLOTS) {
				fprintf(stderr, "whither-probe: at most %u devices\n",
					WH_MAX_SLOTS);
				return STOP_USAGE;
			}
			o->devices[o->device_count++] = optarg;
			break;
		case OPT_NETNS:
			o->netns = optarg;
			break;
		case 'f':
			o->filter.expression = optarg;
			break;
		case OPT_MARK:
			if (filter_parse_mark(&o->filter, optarg))
				return STOP_USAGE;
			break;
		case OPT_HAS_METADATA:
			o->filter.metadata = true;
			break;
		case OPT_TLV:
			if (filter_parse_tlv(&o->filter, optarg))
				return STOP_USAGE;
			break;
		case OPT_TLV_FRAMING:
			if (filter_parse_framing(&o->filter, optarg))
				return STOP_USAGE;
			break;
		case OPT_SAMPLE:
			if (number(optarg, 1, SAMPLE_MAX, "--sample", &o->filter.sample))
				return STOP_USAGE;
			break;
		case OPT_RATE:
			if (number(optarg, 1, RATE_MAX, "--rate", &o->filter.rate))
				return STOP_USAGE;
			break;
		case 's':
			if (number(optarg, 0, WH_SNAPLEN_MAX, "--snaplen", &o->snaplen))
				return STOP_USAGE;
			break;
		case 'w':
			o->output = optarg;
			break;
		case OPT_SCHEMA:
			o->schema = optarg;
			break;
		case OPT_RING:
			if (number(optarg, RING_BYTES_MIN, RING_BYTES_MAX, "--ring-bytes",
				   &o->ring_bytes))
				return STOP_USAGE;
			break;
		case OPT_HOOKS:
			if (check_hooks(optarg))
				return STOP_USAGE;
			o->filter.hooks = optarg;
			break;
		case OPT_CB:
			o->cb = true;
			break;
		case OPT_NO_TCX:
			o->no_tcx = true;
			break;
		case OPT_DIE:
			o->die_with_parent = true;
			break;
		case OPT_CONTROL:
			o->control = true;
			break;
		case OPT_COST:
			o->cost = true;
			break;
		case OPT_MAP:
			if (o->map_count == MAPS_MAX) {
				fprintf(stderr, "whither-probe: at most %u maps\n", MAPS_MAX);
				return STOP_USAGE;
			}
			o->maps[o->map_count++] = optarg;
			break;
		case OPT_MAP_INTERVAL:
			if (number(optarg, MAP_INTERVAL_MIN_MS, MAP_INTERVAL_MAX_MS,
				   "--map-interval", &o->map_interval_ms))
				return STOP_USAGE;
			break;
		case OPT_DOCTOR:
			o->doctor = true;
			break;
		case OPT_PROGRAMS:
			o->programs = true;
			break;
		case OPT_BTF:
			if (number(optarg, 1, UINT_MAX, "--btf", &o->btf_program))
				return STOP_USAGE;
			break;
		case OPT_VERSION:
			puts("whither-probe " PROBE_VERSION);
			return STOP_CLEANLY;
		case 'h':
			fputs(USAGE, stdout);
			return STOP_CLEANLY;
		default:
			return STOP_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "whither-probe: what is '%s'? Devices are named with -i\n",
			argv[optind]);
		return STOP_USAGE;
	}
	return check(o);
}
