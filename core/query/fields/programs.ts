/** BPF programs that what became of the metadata is put down to: as `JourneyHop.writer`, by name and id. */
import { CAUSE } from '#core/diagnosis/causes.ts';
import { PROGRAM_CAUSES, programsOf } from '#core/diagnosis/evidence.ts';
import { programText, type Program } from '#core/diagnosis/types.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT, type EventChunk } from '#core/store/event-columns.ts';
import { unpackCause } from '#core/store/hop-causes.ts';
import { journeyEvents } from '#core/store/journey-events.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { isTelling } from '#core/store/sighting-of.ts';
import { rowAtom } from '../atom.ts';
import { atomTest, type EventTest } from '../events.ts';
import { NAMES, type Field } from '../field.ts';
import { nameTest } from './names.ts';

const NONE: readonly Program[] = [];

/** Programs of an event; several where nobody knows which of them it was. */
function programsAt(store: CaptureStore, chunk: EventChunk, row: number): readonly Program[] {
  const cause = unpackCause(chunk.cause[row]!);
  if (cause === CAUSE.none || !PROGRAM_CAUSES.has(cause) || (chunk.flags[row]! & EVENT_BIT.recorded) === 0)
    return NONE;
  let before = -1;
  for (const event of journeyEvents(store, chunk.journey[row]!)) {
    const c = store.events.chunk(event);
    const r = event & CHUNK_MASK;
    if (c === chunk && r === row) break;
    if (isTelling(c, r)) before = c.hop[r]!;
  }
  const host = store.facts.hostAt(chunk.blockOffset(row));
  return programsOf(store.between.get(before, chunk.hop[row]!, host).between, cause);
}

/** Programs of a capture by number, from 1. */
class Programs {
  readonly texts: string[] = [''];
  private readonly byText = new Map<string, number>();

  number(program: Program): number {
    const text = shortText(program);
    let number = this.byText.get(text);
    if (number === undefined) this.byText.set(text, (number = this.texts.push(text) - 1));
    return number;
  }
}

const tables = new WeakMap<CaptureStore, Programs>();

function tableOf(store: CaptureStore): Programs {
  let table = tables.get(store);
  if (table === undefined) tables.set(store, (table = new Programs()));
  return table;
}

/** `edge_tcx#42` */
function shortText({ name, id }: Program): string {
  return `${name}#${id}`;
}

/** Whatever a program may be asked for by. */
export function programNames(program: Program): readonly string[] {
  return [shortText(program), program.name, String(program.id), programText(program)];
}

function programTest(store: CaptureStore, passes: (names: readonly string[]) => boolean): EventTest {
  const known = new Map<string, boolean>();
  const isOne = (program: Program): boolean => {
    const text = programText(program);
    let pass = known.get(text);
    if (pass === undefined) known.set(text, (pass = passes(programNames(program))));
    return pass;
  };
  return atomTest(rowAtom(EVENT_BIT.recorded, (chunk, row) => programsAt(store, chunk, row).some(isOne)));
}

export const PROGRAM_FIELD: Field = {
  name: 'program',
  text: 'BPF program that wrote, changed or lost the metadata; each of those it may have been',
  values: 'a text (edge_tcx, edge_tcx#42)',
  operators: NAMES,
  seen: {
    visit: (store, chunk, row, add) => {
      for (const program of programsAt(store, chunk, row)) add(tableOf(store).number(program));
    },
    text: (store, number) => tableOf(store).texts[number]!,
  },
  exists: (store) => programTest(store, () => true),
  holds: (store, test) => programTest(store, nameTest(test)),
};
