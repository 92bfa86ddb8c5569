/**
 * Which copy of a run a section is of, where captures are opened together: two of them may hold the same recording. A section of a
 * run that was read in an earlier file continues it if its segment is later than all that were read of it (what a spool cut); else it
 * is of another copy, whose journeys have the same ids and are others. So it is where the earlier file is on the other side of a comparison:
 * two parts of one recording, fetched at different times, are what is compared.
 */
import type { FilesRead } from './files-read.ts';

export interface RunCopy {
  /** From 1 on. */
  readonly number: number;
  /** Name of the file that it began in. */
  readonly file: string;
}

interface Latest {
  readonly copy: RunCopy;
  /** How many files had begun, and the last segment that was read. */
  files: number;
  segment: number;
}

export class RunCopies {
  /** By id of the run, then by side. */
  private readonly known = new Map<string, Map<string, Latest>>();

  /** `id`: of the run; `files`: with the one being read. The same object for each section of a copy. */
  copyOf(
    id: string,
    segment: number,
    { name, count, side }: Pick<FilesRead, 'name' | 'count' | 'side'>,
  ): RunCopy {
    let sides = this.known.get(id);
    if (sides === undefined) this.known.set(id, (sides = new Map<string, Latest>()));
    const last = sides.get(side);
    if (last === undefined || (last.files !== count && segment <= last.segment)) {
      const numbers = Array.from(sides.values(), ({ copy }) => copy.number);
      const copy: RunCopy = { number: Math.max(0, ...numbers) + 1, file: name };
      sides.set(side, { copy, files: count, segment });
      return copy;
    }
    last.segment = Math.max(last.segment, segment);
    last.files = count;
    return last.copy;
  }
}
