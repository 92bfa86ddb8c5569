/** What a notes block holds at most, and so what one can write. */
export const MAX_NOTES = 256;
export const MAX_NOTE_CHARS = 4000;
export const MAX_REPORT_CHARS = 32_000;
