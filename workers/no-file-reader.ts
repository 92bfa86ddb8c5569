/** A page that is opened from disk has one file, and no other worker: it reads in the thread that decodes. */
export const spawnFileReader: (() => Worker) | null = null;
