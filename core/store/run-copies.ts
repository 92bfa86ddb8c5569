/**
 * Which copy of a run a section is of, where captures are opened together: two of them may hold the same recording. A section of a
 * run that was read in an earlier file continues it if its segment is later than all that were read of it (what a spool cut); else it
 * is of another copy, whose journeys have the same ids and are others.
 */
export class RunCopies {
  private readonly known = new Map<string, { copy: number; file: number; segment: number }>();

  /** `id`: of the run; `file`: number of the file being read. From 1 on. */
  copyOf(id: string, segment: number, file: number): number {
    const last = this.known.get(id);
    if (last === undefined) {
      this.known.set(id, { copy: 1, file, segment });
      return 1;
    }
    if (last.file === file || segment > last.segment) last.segment = Math.max(last.segment, segment);
    else {
      last.copy++;
      last.segment = segment;
    }
    last.file = file;
    return last.copy;
  }
}
