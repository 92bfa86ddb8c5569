/** The little cells of a journey: what each CELL looks like, says, and means. Never colour alone. */
import { CELL, type Cell } from '#workers/api.ts';

export interface CellLook {
  readonly cell: Cell;
  readonly name: string;
  readonly className: string;
  /** As in list.css. Nothing seen is nothing painted: the hatch under the cells shows. */
  readonly colour: string;
  readonly sign: string;
  readonly meaning: string;
}

export const CELL_LOOKS: readonly CellLook[] = [
  {
    cell: CELL.notObserved,
    name: 'not observed',
    className: 'c-not',
    // The hatch under it is seen; on paper there is none.
    colour: 'var(--unseen, transparent)',
    sign: '',
    meaning: 'not observed at this hop',
  },
  {
    cell: CELL.none,
    name: 'no metadata',
    className: 'c-none',
    colour: 'var(--packets)',
    sign: '',
    meaning: 'seen, no metadata yet',
  },
  {
    cell: CELL.present,
    name: 'present',
    className: 'c-present',
    colour: 'var(--meta-fill)',
    sign: '',
    meaning: 'metadata, as before',
  },
  {
    cell: CELL.written,
    name: 'written',
    className: 'c-written',
    colour: 'var(--written)',
    sign: '+',
    meaning: '+ written before this hop',
  },
  {
    cell: CELL.changed,
    name: 'changed',
    className: 'c-changed',
    colour: 'var(--changed)',
    sign: '~',
    meaning: '~ changed before this hop',
  },
  {
    cell: CELL.lost,
    name: 'lost',
    className: 'c-lost',
    colour: 'var(--lost-fill)',
    sign: '×',
    meaning: '× metadata lost before this hop',
  },
  {
    cell: CELL.unreadable,
    name: 'unreadable',
    className: 'c-unreadable',
    colour: 'var(--suspect)',
    sign: '?',
    meaning: '? a length, no readable bytes',
  },
  {
    cell: CELL.moved,
    name: 'moved',
    className: 'c-moved',
    colour: 'var(--meta-fill)',
    sign: '›',
    meaning: '› the same bytes, moved with the MAC header',
  },
  {
    cell: CELL.suspect,
    name: 'suspect',
    className: 'c-suspect',
    colour: 'var(--suspect)',
    sign: '!',
    meaning: '! the MAC header moved, the bytes did not',
  },
  {
    cell: CELL.clobbered,
    name: 'clobbered',
    className: 'c-clobbered',
    colour: 'var(--lost-fill)',
    sign: '#',
    meaning: '# overwritten, and not by a program',
  },
];

export function lookOf(cell: number): CellLook {
  return CELL_LOOKS[cell] ?? CELL_LOOKS[0]!;
}
