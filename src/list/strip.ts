/**
 * The little cells of a journey as one element: a gradient for what is seen of each hop and one line of signs over
 * it. A row with an element for each hop would be most of what the page lays out and paints. Pure.
 */
import { CELL } from '#workers/api.ts';
import { lookOf } from './cell.ts';
import type { CellColumn } from './columns.ts';

export interface CellStrip {
  /** CSS background-image; a place that is not painted shows the hatch under it. */
  readonly background: string;
  /** One character a place: the sign of its cell, or a blank. */
  readonly signs: string;
  /** What each hop saw, a line each, in words. */
  readonly story: string;
}

export const CELL_GAP_PX = 1;
/** A sign needs this much room. */
const MIN_SIGN_PX = 7;
const BLANK = '\u00a0';

/** Places of the strip: a cell each, and an empty one between two groups. */
export function placesOf(columns: readonly CellColumn[]): number {
  return columns.reduce((places, column) => places + (column.newGroup ? 2 : 1), 0);
}

/** `cells` are those of one row by hop index, `pitch` the width of a place with its gap in px. */
export function stripOf(cells: Uint8Array, columns: readonly CellColumn[], pitch: number): CellStrip {
  const stops: string[] = [];
  const story: string[] = [];
  let signs = '';
  let x = 0;
  const paint = (colour: string, width: number) => {
    stops.push(`${colour} ${x}px ${x + width}px`);
    x += width;
  };
  for (const column of columns) {
    const look = lookOf(cells[column.index] ?? CELL.notObserved);
    if (column.newGroup) {
      paint('var(--row-ground)', pitch);
      signs += BLANK;
    }
    paint(look.colour, pitch - CELL_GAP_PX);
    paint('var(--row-ground)', CELL_GAP_PX);
    signs += look.sign === '' ? BLANK : look.sign;
    if (look.cell !== CELL.notObserved) story.push(`${column.label}: ${look.name}`);
  }
  return {
    background: stops.length === 0 ? 'none' : `linear-gradient(to right, ${stops.join(', ')})`,
    signs: pitch < MIN_SIGN_PX ? '' : signs,
    story: story.join('\n'),
  };
}

/** Patterns are few and rows are many. */
const MAX_PATTERNS = 2000;

/** Remembers strips by what is in the cells, as long as columns and pitch stay. */
export class StripCache {
  readonly #columns: readonly CellColumn[];
  readonly #pitch: number;
  readonly #known = new Map<string, CellStrip>();

  constructor(columns: readonly CellColumn[], pitch: number) {
    this.#columns = columns;
    this.#pitch = pitch;
  }

  of(cells: Uint8Array): CellStrip {
    const key = String.fromCharCode(...cells);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_PATTERNS) this.#known.clear();
    const strip = stripOf(cells, this.#columns, this.#pitch);
    this.#known.set(key, strip);
    return strip;
  }
}
