/** Fields as columns of the list: which there are, and what rows say of them. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { FIELDS, findField } from './catalogue.ts';
import type { Field } from './field.ts';
import { eachEvent, journeyValues } from './journey-values.ts';
import { MAX_COLUMNS } from './limits.ts';
import { tlvField } from './fields/metadata.ts';
import { isJourneyField, JOURNEY_FIELDS, type JourneyField } from './journeys.ts';
import { isSortable, ValuePrinter } from './sort.ts';
import { FilterFault } from './syntax.ts';

export interface FieldInfo {
  /** As the language has it: `tlv.trace_id`, `port.src`. */
  readonly name: string;
  /** One line. */
  readonly text: string;
  /** How its values are written. */
  readonly values: string;
  readonly sortable: boolean;
  /** Journeys can be grouped by it. */
  readonly groupable: boolean;
}

/** The TLVs of the capture first, in the order of the schema. */
export function fieldInfos(store: CaptureStore): FieldInfo[] {
  const tlvs = store.tlvs.names.map((_, column) => tlvField(store, column));
  return [...tlvs, ...FIELDS, ...JOURNEY_FIELDS].map((field) => ({
    name: field.name,
    text: field.text,
    values: field.values,
    sortable: isSortable(store, field),
    groupable: journeyValues(store, field) !== null,
  }));
}

/** The field of this name; null = this capture has none (yet). */
export function fieldNamed(store: CaptureStore, name: string): Field | JourneyField | null {
  try {
    return findField(store, { name, from: 0, to: name.length });
  } catch (thrown) {
    if (thrown instanceof FilterFault) return null;
    throw thrown;
  }
}

type Print = (journey: number) => string;

/** Prints columns of rows; made anew for another store or schema. */
export class ColumnPrinter {
  readonly names: readonly string[];
  private readonly prints: readonly Print[];

  constructor(store: CaptureStore, names: readonly string[]) {
    this.names = names.slice(0, MAX_COLUMNS);
    this.prints = this.names.map((name) => printOf(store, name));
  }

  /** For each column a text for each journey, '' = none. */
  print(journeys: Uint32Array): string[][] {
    return this.prints.map((print) => Array.from(journeys, print));
  }
}

function printOf(store: CaptureStore, name: string): Print {
  const field = fieldNamed(store, name);
  if (field === null) return () => '';
  const values = journeyValues(store, field);
  if (values !== null) {
    const printer = new ValuePrinter(values, !isJourneyField(field) && field.latest === true);
    return (journey) => printer.print(journey);
  }
  if (isJourneyField(field)) return (journey) => field.shown(store, journey);
  const { print } = field;
  if (print === undefined) return () => '';
  return (journey) => {
    let found = '';
    eachEvent(store, journey, (chunk, row) => {
      if (found === '') found = print(store, chunk, row);
    });
    return found;
  };
}
