/** Journeys as links are looked for in them, written as a list of what was seen where. */
import type { JourneyEnd, JourneySource } from '../links.ts';
import { PrintWindow } from '../print-window.ts';
import { printOf } from './packets.ts';
import { place } from './sightings.ts';

/** A journey: its packet, and where it was seen: `netns/device:hook` at microseconds, with a length if it grew. */
export interface Told {
  readonly packet: Uint8Array;
  readonly seen: readonly (readonly [where: string, us: number, length?: number])[];
  readonly origin?: number;
  readonly run?: number;
}

/** Journeys are numbered as they are told, which must be in the order of their first events. */
export function sourceOf(told: readonly Told[]): JourneySource {
  const hops = new Map<string, number>();
  const events = told
    .flatMap(({ seen, packet }, journey) =>
      seen.map(([where, us, length = packet.length]) => ({ journey, where, us, length })),
    )
    .sort((a, b) => a.us - b.us);
  const ends = events.map(({ where, us, length }, event): JourneyEnd => {
    const [, netns, at] = /^(\d+)\/(.+)$/.exec(where)!;
    if (!hops.has(where)) hops.set(where, hops.size);
    const ns = us * 1000;
    return {
      event,
      hop: hops.get(where)!,
      place: place(at!, Number(netns)),
      tsHi: Math.floor(ns / 2 ** 32),
      tsLo: ns % 2 ** 32,
      length,
    };
  });
  const of = (journey: number): JourneyEnd[] => ends.filter((_, event) => events[event]!.journey === journey);
  const prints = told.map(({ packet }) => printOf(packet));
  return {
    journeys: told.length,
    prints: (journey) => prints[journey]!,
    printAt: () => 0,
    window: new PrintWindow(),
    run: (journey) => told[journey]!.run ?? 0,
    origin: (journey) => told[journey]!.origin ?? -1,
    first: (journey) => of(journey)[0]!,
    lastBefore: (journey, event) =>
      of(journey).findLast((end) => end.event < event && end.place.lane !== 'end') ?? null,
    last: (journey) => of(journey).at(-1)!,
    grewTo: (journey, length) => {
      const seen = of(journey).filter(({ place: { lane } }) => lane !== 'end');
      const at = seen.findIndex((end) => end.length >= length);
      return at < 1 ? null : { before: seen[at - 1]!, at: seen[at]! };
    },
  };
}
