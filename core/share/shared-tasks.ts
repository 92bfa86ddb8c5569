/** Processes of a capture beside what they are called by in its share. */
import type { EventExtensions } from '#core/pcapng/event.ts';
import { taskNames } from '#core/query/fields/texts.ts';
import { sharedName, type AskedName, type Renamed } from './shared-name.ts';

/** Of more it is not known which of them a filter selects, and none by a process goes out. */
const MAX_TASKS = 4096;

type Task = NonNullable<EventExtensions['task']>;

export class SharedTasks {
  /** By name, then by the number that the list shows. */
  readonly #tasks = new Map<string, Map<number, Renamed>>();
  #count = 0;

  /** Asked for each event that has one. */
  add({ comm, tgid }: Task, shared: Task): void {
    let ofName = this.#tasks.get(comm);
    if (ofName?.has(tgid) === true || this.#count > MAX_TASKS) return;
    if (++this.#count > MAX_TASKS) return;
    if (ofName === undefined) this.#tasks.set(comm, (ofName = new Map<number, Renamed>()));
    ofName.set(tgid, { before: taskNames(comm, tgid), after: taskNames(shared.comm, shared.tgid) });
  }

  /** What a filter asks of `task` in place of a name (`sharedName`). */
  shared(asked: AskedName): string | null {
    if (this.#count > MAX_TASKS) return null;
    return sharedName(
      asked,
      [...this.#tasks.values()].flatMap((ofName) => [...ofName.values()]),
    );
  }
}
