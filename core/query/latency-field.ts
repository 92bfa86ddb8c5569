/** `latency("eth0:xdp", "tcx ingress") > 10us`: how long a journey took from one hop to another, as a field of it. */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { ORDER } from './field.ts';
import { hopNames } from './fields/names.ts';
import { intervalsOf, inWideRanges, wideRanges } from './fields/numbers.ts';
import type { JourneyField, JourneyTest } from './journeys.ts';
import { HopTimes } from './latency-query.ts';
import { FilterFault, type Literal, type Test } from './syntax.ts';
import { MAX_U64, parseDuration } from './values.ts';

const U32 = 0x1_0000_0000;

/** Whether a hop has this name, in one of the forms that `hop ==` takes; asked once of each hop. */
function named(store: CaptureStore, { text }: Literal): (hop: number) => boolean {
  const wanted = text.toLowerCase();
  const known: boolean[] = [];
  return (hop) =>
    (known[hop] ??= hopNames(store.hops.hops[hop]!).some((name) => name.toLowerCase() === wanted));
}

/** ns from one hop to the other, as LatencyQuery has it; negative = the journey has no such time. */
function measured({ field }: Test): (store: CaptureStore, journey: number) => number {
  const [from, to] = field.of ?? [];
  if (from === undefined || to === undefined) {
    throw new FilterFault(
      field,
      'A latency is between two hops.',
      'Name them: latency("xdp", "tcx ingress") > 10us.',
    );
  }
  let times: { readonly store: CaptureStore; readonly hops: HopTimes } | null = null;
  return (store, journey) => {
    if (times?.store !== store)
      times = { store, hops: new HopTimes(store, named(store, from), named(store, to)) };
    return times.hops.measure(journey);
  };
}

export const LATENCY_FIELD: JourneyField = {
  name: 'latency',
  text: 'from the first event at one hop to the first at another behind it: latency("A", "B")',
  values: 'a duration (10us), or a range of them (10us..1ms)',
  operators: ORDER,
  template: 'latency("", "")',
  // Without the names of two hops there is no value: it is no column, order or group.
  number: () => 0,
  print: null,
  shown: () => '',
  journey: (test): JourneyTest => {
    const ns = measured(test);
    if (test.operator === 'exists') return (store, journey) => ns(store, journey) >= 0;
    const ranges = wideRanges(intervalsOf(LATENCY_FIELD, test, MAX_U64, parseDuration));
    return (store, journey) => {
      const time = ns(store, journey);
      return time >= 0 && inWideRanges(ranges, Math.floor(time / U32), time % U32);
    };
  },
};
