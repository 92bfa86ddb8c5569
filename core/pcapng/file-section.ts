import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { CaptureWriter } from './writer.ts';

/** Which of several files that are one capture: the first has part 1, the last part `of`. */
export interface FileTurn {
  readonly part: number;
  readonly of: number;
  /** A number that those of one opening share: turns of two openings may count the same. Not there = nothing is said of that. */
  readonly set?: number;
  /** Which side of a comparison it is on, from 1 on: a recording is of one side alone. Not there = on none. */
  readonly side?: number;
}

/** A section with nothing but a file block: what follows is of the file with this name, 1 to 512 characters. */
export function fileSection(name: string, turn: FileTurn): Uint8Array {
  const writer = new CaptureWriter();
  writer.sectionHeader();
  writer.json(BLOCK_SUBTYPE.file, { name, ...turn });
  return writer.take();
}
