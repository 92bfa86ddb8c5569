/** What a capture that is a share says of itself, read from its blocks: the same for the command line and the page. */
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { parseNotes, type CaptureNotes } from '#core/notes/notes.ts';
import type { CustomBlock, Problem } from '#core/pcapng/types.ts';
import { parseManifest, type ShareManifest } from './manifest.ts';

export type Told =
  | { readonly manifest: ShareManifest }
  | { readonly notes: CaptureNotes }
  | { readonly problem: Problem };

/** null = the block is neither a manifest nor notes. */
export function readTold({ subtype, body, offset }: CustomBlock): Told | null {
  if (subtype === BLOCK_SUBTYPE.manifest) {
    const parsed = parseManifest(body);
    return 'value' in parsed
      ? { manifest: parsed.value }
      : bad('manifest', offset, parsed.fault, 'This is a share that does not say what was left out');
  }
  if (subtype === BLOCK_SUBTYPE.notes) {
    const parsed = parseNotes(body);
    return 'value' in parsed
      ? { notes: parsed.value }
      : bad('notes', offset, parsed.fault, 'What was written is not here');
  }
  return null;
}

function bad(what: string, offset: number, fault: string, loss: string): Told {
  return {
    problem: {
      code: 'bad-block',
      offset,
      cause: `The ${what} block here is not as it should be (${fault}); it is ignored.`,
      remedy: `${loss}: ask whoever made it.`,
      fatal: false,
    },
  };
}
