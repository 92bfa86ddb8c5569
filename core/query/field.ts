/** What a field of the filter language is: one file of `fields/` makes each kind of them. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import type { EventChunk } from '#core/store/event-columns.ts';
import type { HopIdentity } from '#core/store/view.ts';
import type { EventTest } from './events.ts';
import { FilterFault, type Literal, type Operator, type Test } from './syntax.ts';

/** What values a field has in a capture: a number for each at an event, and its text as a filter would have it. */
export interface Seen {
  visit(store: CaptureStore, chunk: EventChunk, row: number, add: (key: number) => void): void;
  text(store: CaptureStore, key: number): string;
}

export type NumberAt = (store: CaptureStore, chunk: EventChunk, row: number) => number;

export interface Field {
  readonly name: string;
  /** One line, for completion and the manual. */
  readonly text: string;
  /** How values are written, with an example: `a number (64, 0x40)`. */
  readonly values: string;
  /** Operators beside `exists`, `!=` and `!~`, which every field has where it has `==` and `~`. */
  readonly operators: readonly Operator[];
  /** For completion and groups; null = of values that are nearly all different, which nobody picks from a list. */
  readonly seen: Seen | null;
  /** What a list is put in order by: a number to 53 bits, NaN = none there. Without it the text of `seen` counts. */
  readonly number?: NumberAt;
  /** An event's value as a row tells it, '' = none: of fields without `seen`. */
  readonly print?: (store: CaptureStore, chunk: EventChunk, row: number) => string;
  /** Of a journey the last of its values is told, not all of them: those before it are what was changed. */
  readonly latest?: true;
  /** Of a field that is the name of a hop, or of something of it: those that are taken for it. */
  readonly hopNames?: (hop: HopIdentity) => readonly string[];
  /** Rows that have the field at all. */
  exists(store: CaptureStore): EventTest;
  /** Rows where the test holds; its operator is one of `operators`, `in` never with a single value. Throws FilterFault. */
  holds(store: CaptureStore, test: Test): EventTest;
}

/** The refusal of a value that is not written as those of the field are. */
export function wrongValue(field: Pick<Field, 'name' | 'values'>, literal: Literal): FilterFault {
  return new FilterFault(
    literal,
    `“${literal.text}” is no value of ${field.name}.`,
    `It is ${field.values}.`,
  );
}

export const ORDER: readonly Operator[] = ['==', '<', '<=', '>', '>=', 'in'];
export const NAMES: readonly Operator[] = ['==', 'in', '~'];
