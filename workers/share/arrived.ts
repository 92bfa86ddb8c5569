/** What came with a capture that is a share: the newest manifest and notes of those that can be read. */
import type { CustomBlock } from '#core/pcapng/types.ts';
import { shareLine } from '#core/share/manifest-sink.ts';
import { readTold } from '#core/share/told.ts';
import type { ArrivedShare } from './api.ts';

export function arrivedShare(blocks: readonly CustomBlock[]): ArrivedShare {
  const told = blocks.map(readTold).filter((one) => one !== null);
  const manifest = told.findLast((one) => 'manifest' in one)?.manifest ?? null;
  return {
    manifest,
    line: manifest === null ? '' : shareLine(manifest),
    notes: told.findLast((one) => 'notes' in one)?.notes ?? null,
    faults: told.flatMap((one) => ('problem' in one ? [one.problem] : [])),
  };
}
