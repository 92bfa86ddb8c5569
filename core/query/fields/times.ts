/** When a packet was seen: since the first event of the capture, or by the clock. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { EVENT_BIT } from '#core/store/event-columns.ts';
import { deltaNs } from '#core/time/ns.ts';
import { wideRangeAtom } from '../atom.ts';
import { atomTest, type EventTest } from '../events.ts';
import { ORDER, type Field } from '../field.ts';
import { MAX_U64, parseDuration, parseInstant, printDuration, type Interval } from '../values.ts';
import { intervalsOf, wideRanges } from './numbers.ts';

/** Worked out before each run of passes: a filter may be older than the first event, which times are since. */
function timeTest(intervals: () => readonly Interval[]): EventTest {
  return atomTest(
    wideRangeAtom(
      (c) => c.tsHi,
      (c) => c.tsLo,
      EVENT_BIT.time,
      () => wideRanges(intervals()),
    ),
  );
}

/** Unix time of the capture's first event; 0 when there is none yet. */
function startOf(store: CaptureStore): bigint {
  if (store.events.count === 0) return 0n;
  const { tsHi, tsLo } = store.events.chunk(0);
  return (BigInt(tsHi[0]!) << 32n) | BigInt(tsLo[0]!);
}

export const TIME_FIELD: Field = {
  name: 'time',
  text: 'when: since the first event of the capture, or Unix time',
  values:
    'a time since the first event (14.9s, 250ms), an instant (2026-11-23T10:02:14.9Z), or a range of them (14s..15s)',
  operators: ORDER,
  seen: null,
  number: (store, chunk, row) => {
    if ((chunk.flags[row]! & EVENT_BIT.time) === 0) return NaN;
    const first = store.events.chunk(0);
    return deltaNs(first.tsHi[0]!, first.tsLo[0]!, chunk.tsHi[row]!, chunk.tsLo[row]!);
  },
  print: (store, chunk, row) => {
    if ((chunk.flags[row]! & EVENT_BIT.time) === 0) return '';
    const first = store.events.chunk(0);
    return printDuration(deltaNs(first.tsHi[0]!, first.tsLo[0]!, chunk.tsHi[row]!, chunk.tsLo[row]!));
  },
  exists: () => timeTest(() => [{ from: 0n, to: MAX_U64 }]),
  holds: (store, test) => {
    const intervals = (): Interval[] => {
      const start = startOf(store);
      return intervalsOf(TIME_FIELD, test, MAX_U64, (text) => {
        const since = parseDuration(text);
        return since === null ? parseInstant(text) : start + since;
      });
    };
    // What is no time is refused now, not at the first pass.
    intervals();
    return timeTest(intervals);
  },
};

export const TIME_FIELDS: readonly Field[] = [TIME_FIELD];
