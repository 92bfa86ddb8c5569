/** Fields that are a text of the capture: the task at a socket, the reason of a drop, what somebody wrote about a packet. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT, RECORD } from '#core/store/event-columns.ts';
import { taskName } from '#core/store/event-text.ts';
import { numberAtom, NumberTable, recordColumn, rowAtom } from '../atom.ts';
import { CHUNK_EVENTS } from '#core/store/limits.ts';
import { atomTest, type EventTest } from '../events.ts';
import { NAMES, type Field } from '../field.ts';
import { nameTest } from './names.ts';

type Passes = (names: readonly string[]) => boolean;

/** What a process may be asked for by. */
export function taskNames(comm: string, pid: number): readonly string[] {
  return [comm, String(pid), `${comm}/${pid}`];
}

function taskTest(store: CaptureStore, passes: Passes): EventTest {
  const { tasks } = store.extensions;
  const table = new NumberTable(
    () => tasks.count,
    (number) => {
      const { comm, pid } = taskName(store, number);
      return passes(taskNames(comm, pid));
    },
  );
  return atomTest(numberAtom(recordColumn(RECORD.task), EVENT_BIT.recorded, table));
}

function dropTest(store: CaptureStore, passes: Passes): EventTest {
  const known = new Map<string, boolean>();
  return atomTest(
    rowAtom(EVENT_BIT.drop, (chunk, row) => {
      const name = store.facts.dropReason(chunk.blockOffset(row), chunk.record(row, RECORD.drop));
      let pass = known.get(name);
      if (pass === undefined) known.set(name, (pass = passes([name])));
      return pass;
    }),
  );
}

const NO_COMMENTS = new Uint32Array(CHUNK_EVENTS);

/** A filter is one line, and so is a row. */
function oneLine(comment: string): string {
  return comment.replace(/\s*[\r\n]\s*/g, ' ').trim();
}

function commentTest({ comments }: CaptureStore, passes: Passes): EventTest {
  const table = new NumberTable(
    () => comments.count,
    (set) => comments.textsOf(set).some((text) => passes([text, oneLine(text)])),
  );
  return atomTest(numberAtom((chunk) => chunk.comments ?? NO_COMMENTS, 0, table));
}

export const TEXT_FIELDS: readonly Field[] = [
  {
    name: 'task',
    text: 'process at the socket: its name, its id, or name/id',
    values: 'a text (nginx, 812, nginx/812)',
    operators: NAMES,
    seen: {
      visit: (_store, chunk, row, add) => {
        const task = chunk.record(row, RECORD.task);
        if (task !== 0) add(task);
      },
      text: (store, task) => taskName(store, task).comm,
    },
    exists: (store) => taskTest(store, () => true),
    holds: (store, test) => taskTest(store, nameTest(test)),
  },
  {
    name: 'drop',
    text: 'reason of the drop, as the kernel names it',
    values: 'a text (NO_SOCKET, TC_INGRESS)',
    operators: NAMES,
    seen: {
      visit: (_store, chunk, row, add) => {
        if ((chunk.flags[row]! & EVENT_BIT.drop) !== 0) add(chunk.record(row, RECORD.drop));
      },
      // By the newest host of the capture: nearly every capture is of one.
      text: (store, reason) => store.facts.dropReason(Infinity, reason),
    },
    exists: (store) => dropTest(store, () => true),
    holds: (store, test) => dropTest(store, nameTest(test)),
  },
  {
    name: 'comment',
    text: 'comment on the packet, as Wireshark and others write it into a capture',
    values: 'a text ("bad checksum")',
    operators: NAMES,
    seen: {
      visit: ({ comments }, chunk, row, add) => {
        const set = chunk.comments?.[row] ?? 0;
        for (const number of comments.numbersOf(set)) add(number);
      },
      text: ({ comments }, number) => oneLine(comments.text(number)),
    },
    exists: (store) => commentTest(store, () => true),
    holds: (store, test) => commentTest(store, nameTest(test)),
  },
];
