/** What the store holds at most. A capture that reaches one of these is told so in a Problem. */

/** Events come in chunks of this many: growing never copies what is there, and a page not written costs nothing. */
export const CHUNK_SHIFT = 16;
export const CHUNK_EVENTS = 1 << CHUNK_SHIFT;
export const CHUNK_MASK = CHUNK_EVENTS - 1;

/** About 120 bytes an event with its journey and area: 2 GB, what a browser tab can be expected to bear. */
export const MAX_EVENTS = 1 << 24;
/** Rows carry a cell per hop. The last place is kept for everything beyond (`other interfaces`). */
export const MAX_HOPS = 512;
/** Metadata areas, kept for decoding them again under another schema. */
export const MAX_AREA_BYTES = 512 * 1024 * 1024;
/** IPv6 addresses and tasks that are told apart. */
export const MAX_INTERNED = 1 << 22;
/** Copies of skb->cb and what is beside it, kept once per change within a journey. */
export const MAX_EXTRAS_BYTES = 256 * 1024 * 1024;
/** Journeys that the kernel says were made from another. */
export const MAX_ORIGINS = 1 << 20;
/** Columns of TLV values over all schemas of a capture. */
export const MAX_TLV_COLUMNS = 256;
/** Kept to be shown; how many there were is counted on. */
export const MAX_PROBLEMS = 100;
/** Entries of BPF maps, each as often as it changed, and the bytes of their keys and values. */
export const MAX_MAP_SAMPLES = 1 << 20;
export const MAX_MAP_BYTES = 64 * 1024 * 1024;
/** Gaps beyond this widen the last one of the same hop and cause. */
export const MAX_GAPS = 2048;
/** A JSON block (catalogue, host, schema) beyond this is not read. */
export const MAX_JSON_BYTES = 1024 * 1024;
/** Different schemas in one capture, each in force from where it is. */
export const MAX_SCHEMAS = 64;
/** Journeys with events that do not say whether they had metadata, for which the latest that does is kept. */
export const MAX_TELLING = 1 << 20;
/** Files that are told apart in one capture. */
export const MAX_FILES = 256;
/** Descriptions of hosts in one capture: a probe writes a new one when it is started again, or the programs have changed. */
export const MAX_HOSTS = 1024;
/** How often it is told, or taken back, that TCP joined the payload of a packet that had metadata to another. */
export const MAX_COALESCED = 1 << 18;
/** Events of which it is known what the kernel did to the packet right before. */
export const MAX_OPERATION_EVENTS = 1 << 20;
/** Different comments of packets, and their characters. */
export const MAX_COMMENTS = 1 << 20;
export const MAX_COMMENT_CHARS = 1 << 26;
/** Text of a triggered block. */
export const MAX_TRIGGERED_BYTES = 1024;
/** Journeys that met a trigger's condition; how many there were is counted on. */
export const MAX_FIRINGS = 4096;
/** Manifests and notes: of captures that were joined each has two. */
export const MAX_TOLD = 32;
