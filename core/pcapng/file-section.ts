import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureWriter } from './writer.ts';

/** A section with nothing but a file block: what follows is of the file with this name, 1 to 512 characters. */
export function fileSection(name: string): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.json(BLOCK_SUBTYPE.file, { name });
  return writer.take();
}
