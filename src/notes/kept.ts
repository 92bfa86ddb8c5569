/** Notes that this browser keeps, by the digest of the capture that they are about: what is written is there again after a reload. */
import { parseNotes, type CaptureNotes } from '#core/notes/notes.ts';

const PREFIX = 'whither.notes.';
/** Of one capture. */
const MAX_KEPT_CHARS = 512 * 1024;
/** With notes; of one more they are not kept until others are forgotten. */
export const MAX_KEPT_CAPTURES = 200;

/** null: none are kept, or what is there is not of this version. */
export function keptNotes(digest: string): CaptureNotes | null {
  try {
    const text = localStorage.getItem(PREFIX + digest);
    if (text === null || text.length > MAX_KEPT_CHARS) return null;
    const parsed = parseNotes(new TextEncoder().encode(text));
    return 'value' in parsed ? parsed.value : null;
  } catch {
    // Storage is refused.
    return null;
  }
}

/** null: nothing is to be kept. False: the browser does not keep them. */
export function keepNotes(digest: string, notes: CaptureNotes | null): boolean {
  try {
    if (notes === null) {
      localStorage.removeItem(PREFIX + digest);
      return true;
    }
    const text = JSON.stringify(notes);
    if (text.length > MAX_KEPT_CHARS || others(digest).length >= MAX_KEPT_CAPTURES) return false;
    localStorage.setItem(PREFIX + digest, text);
    return true;
  } catch {
    // Refused, or full.
    return false;
  }
}

/** How many other captures have notes here. */
export function countOthers(digest: string): number {
  try {
    return others(digest).length;
  } catch {
    return 0;
  }
}

/** Forgets what is kept of all other captures. */
export function forgetOthers(digest: string): void {
  try {
    for (const key of others(digest)) localStorage.removeItem(key);
  } catch {
    // Refused: then nothing is kept either.
  }
}

function others(digest: string): readonly string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && key !== PREFIX + digest);
}
