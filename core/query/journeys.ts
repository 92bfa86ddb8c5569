/** Fields of a whole journey: one value each, whatever the hop. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { decimal, journeyId } from '#core/store/event-text.ts';
import { JOURNEY } from '#core/store/journey-table.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { ORDER, type Field } from './field.ts';
import { intervalsOf, inWideRanges, wideRanges } from './fields/numbers.ts';
import type { Operator, Test } from './syntax.ts';
import { MAX_U64, parseDuration, parseInteger, printDuration } from './values.ts';

/** Whether a journey passes, by the events that have arrived. */
export type JourneyTest = (store: CaptureStore, journey: number) => boolean;

export interface JourneyField {
  readonly name: string;
  readonly text: string;
  readonly values: string;
  readonly operators: readonly Operator[];
  /** What completion puts in where the name alone is no test. */
  readonly template?: string;
  readonly journey: (test: Test) => JourneyTest;
  /** What lists are put in order by, to 53 bits. */
  readonly number: (store: CaptureStore, journey: number) => number;
  /** Such a number as it is asked for; null = nearly all are different, and groups are none. */
  readonly print: ((value: number) => string) | null;
  /** What a row says. */
  readonly shown: (store: CaptureStore, journey: number) => string;
}

export function isJourneyField(field: Field | JourneyField): field is JourneyField {
  return 'journey' in field;
}

const U32 = 0x1_0000_0000;

type Measure = (store: CaptureStore, journey: number) => { readonly hi: number; readonly lo: number };

function measured(
  name: string,
  text: string,
  values: string,
  read: (text: string) => bigint | null,
  measure: Measure,
  shown: (hi: number, lo: number) => string,
  print: JourneyField['print'] = null,
): JourneyField {
  const asField = { name, text, values } as Field;
  return {
    name,
    text,
    values,
    operators: ORDER,
    number: (store, journey) => {
      const { hi, lo } = measure(store, journey);
      return hi * U32 + lo;
    },
    print,
    shown: (store, journey) => {
      const { hi, lo } = measure(store, journey);
      return shown(hi, lo);
    },
    journey: (test) => {
      if (test.operator === 'exists') return () => true;
      const ranges = wideRanges(intervalsOf(asField, test, MAX_U64, read));
      return (store, journey) => {
        const { hi, lo } = measure(store, journey);
        return inWideRanges(ranges, hi, lo);
      };
    },
  };
}

/** From its first event to its last in order of arrival, in ns; a journey that arrived out of order lasts what its ends say. */
function duration(store: CaptureStore, journey: number): { hi: number; lo: number } {
  const [first, last] = [
    store.journeys.word(journey, JOURNEY.first),
    store.journeys.word(journey, JOURNEY.last),
  ];
  const [a, b] = [store.events.chunk(first), store.events.chunk(last)];
  const [i, k] = [first & CHUNK_MASK, last & CHUNK_MASK];
  const ns = Math.abs((b.tsHi[k]! - a.tsHi[i]!) * U32 + (b.tsLo[k]! - a.tsLo[i]!));
  return { hi: Math.floor(ns / U32), lo: ns % U32 };
}

export const JOURNEY_FIELDS: readonly JourneyField[] = [
  measured(
    'journey',
    'number of the journey, as the list shows it',
    'a number (733), or a range of them (700..800)',
    parseInteger,
    journeyId,
    decimal,
  ),
  measured(
    'journey.events',
    'how many hops saw the packet',
    'a number (8)',
    parseInteger,
    (store, journey) => ({
      hi: 0,
      lo: store.journeys.word(journey, JOURNEY.count),
    }),
    decimal,
    String,
  ),
  measured(
    'journey.duration',
    'from its first event to its last',
    'a duration (1.5ms)',
    parseDuration,
    duration,
    (hi, lo) => printDuration(hi * U32 + lo),
  ),
];
