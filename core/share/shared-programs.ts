/** BPF programs of a capture beside what they are called by in its share. */
import type { Program } from '#core/diagnosis/types.ts';
import { programNames } from '#core/query/fields/programs.ts';
import { sharedName, type AskedName, type Renamed } from './shared-name.ts';

/** A filter that asks for one beyond them stays here. */
const MAX_PROGRAMS = 4096;

export class SharedPrograms {
  /** That go out: evidence quotes them. */
  readonly tags = new Set<string>();
  readonly #programs = new Map<string, Renamed>();

  add(program: Program, shared: Program): void {
    const [before, after] = [programNames(program), programNames(shared)];
    if (this.#programs.size >= MAX_PROGRAMS) return;
    this.#programs.set(before.join('\n'), { before, after });
    if (shared.tag !== '') this.tags.add(shared.tag);
  }

  /** What a filter asks of `program` in place of a name (`sharedName`). */
  shared(asked: AskedName): string | null {
    return sharedName(asked, [...this.#programs.values()]);
  }
}
