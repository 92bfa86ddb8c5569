/** What came with a capture that is a share: the newest manifest and notes of those that can be read. */
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { parseNotes } from '#core/notes/notes.ts';
import { parseManifest } from '#core/share/manifest.ts';
import type { CustomBlock } from '#core/pcapng/types.ts';
import type { ArrivedShare, CaptureNotes, ShareManifest } from './api.ts';

export function arrivedShare(told: readonly CustomBlock[]): ArrivedShare {
  let manifest: ShareManifest | null = null;
  let notes: CaptureNotes | null = null;
  const faults: string[] = [];
  for (const { subtype, body, offset } of told) {
    const isManifest = subtype === BLOCK_SUBTYPE.manifest;
    const parsed = isManifest ? parseManifest(body) : parseNotes(body);
    if ('fault' in parsed) {
      faults.push(
        `The ${isManifest ? 'manifest' : 'notes'} at byte ${offset} cannot be read (${parsed.fault}).`,
      );
    } else if ('share' in parsed.value) manifest = parsed.value;
    else notes = parsed.value;
  }
  return { manifest, notes, faults };
}
