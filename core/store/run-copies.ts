/**
 * Which copy of a run a section is of, where captures are opened together: two of them may hold the same recording. A section of a
 * run that was read in an earlier file continues it if its segment is later than all that were read of it (what a spool cut); else it
 * is of another copy, whose journeys have the same ids and are others.
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
  private readonly known = new Map<string, Latest>();

  /** `id`: of the run; `files`: with the one being read. The same object for each section of a copy. */
  copyOf(id: string, segment: number, { name, count }: Pick<FilesRead, 'name' | 'count'>): RunCopy {
    const last = this.known.get(id);
    if (last === undefined || (last.files !== count && segment <= last.segment)) {
      const copy: RunCopy = { number: (last?.copy.number ?? 0) + 1, file: name };
      this.known.set(id, { copy, files: count, segment });
      return copy;
    }
    last.segment = Math.max(last.segment, segment);
    last.files = count;
    return last.copy;
  }
}
