/** What a notes block holds at most, and so what one can write. */
export const MAX_NOTES = 256;
export const MAX_NOTE_CHARS = 4000;
export const MAX_REPORT_CHARS = 32_000;
/** Of a name: a TLV's, a cause's, and a hop's with netns, host and file behind it, as links name it. */
export const MAX_NAME_CHARS = 256;
