/**
 * "What do these have in common?": of all fields the values that are frequent among some journeys and rare among the
 * others, or the other way round, ranked by how unlikely the difference is by chance (the G-test's likelihood ratio, Sokal and
 * Rohlf, Biometry).
 *
 * Why and what came of it are told apart: journeys that lost metadata have in common that they have none at later hops, which
 * explains nothing. Where those asked about took a turn for the worse (turn.ts), a difference counts as before it only if
 * it is one of the events before the turn alone, on both sides, and no hop that they did not come to; all others follow from it,
 * and stand behind.
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { FIELDS } from './catalogue.ts';
import { ADDRESS_FIELDS } from './fields/addresses.ts';
import { FLOW_FIELD } from './fields/flows.ts';
import { valueFilter } from './complete.ts';
import { TLV_PREFIX, tlvField } from './fields/metadata.ts';
import { journeyValues } from './journey-values.ts';
import { TIME_FIELD } from './fields/times.ts';
import { JOURNEY_FIELDS } from './journeys.ts';
import { Tally } from './tally.ts';
import { TimeSplit } from './time-split.ts';
import { Turns } from './turn.ts';
import { printDuration } from './values.ts';

export interface Difference {
  readonly field: string;
  readonly value: string;
  /** Journeys with this value, among those asked about and among the others, and the shares of each. */
  readonly inside: number;
  readonly outside: number;
  readonly insideShare: number;
  readonly outsideShare: number;
  /** It is so only from the turn on: what came of it, or where it was. */
  readonly follows: boolean;
  readonly filter: string;
}

/** A value of fewer journeys says nothing. */
const MIN_JOURNEYS = 2;
/** G of a difference that comes about by chance once in a thousand (chi-square, one degree of freedom). */
const MIN_G = 10.83;
/** Of two values that exclude each other both differ alike: what these have stands in front of what they have not. */
const SAME_G = 1e6;
/** Shares that differ by less are no answer, however certain. */
const MIN_SHARE_DIFFERENCE = 0.05;
/** Fields that say what is asked about anyway, or are different for each packet. */
const LEFT_OUT: ReadonlySet<string> = new Set(['hash']);

/** What a packet is from its first sighting on, also when that is where the turn is. */
const OF_PACKET: ReadonlySet<string> = new Set([
  FLOW_FIELD.name,
  ...ADDRESS_FIELDS.map(({ name }) => name),
  'proto',
  'vlan',
  'len',
]);

export class ContrastQuery {
  private readonly tallies: Tally[];
  private readonly turns: Turns;
  private readonly began: TimeSplit;
  private readonly store: CaptureStore;
  private readonly members: (journey: number) => boolean;
  private cursor = 0;
  /** Journeys whose turn is known: all of them, before the first is counted. */
  private turned = 0;
  private inside = 0;
  private outside = 0;

  constructor(store: CaptureStore, members: (journey: number) => boolean) {
    this.store = store;
    this.members = members;
    this.turns = new Turns(store);
    this.began = new TimeSplit(store);
    const fields = [
      ...store.tlvs.names.map((_, column) => tlvField(store, column)),
      ...FIELDS,
      ...JOURNEY_FIELDS,
    ];
    this.tallies = fields.flatMap((field) => {
      const values = LEFT_OUT.has(field.name) ? null : journeyValues(store, field);
      return values === null ? [] : [new Tally(values)];
    });
  }

  /** 0…1 */
  get progress(): number {
    return (this.turned + this.cursor) / Math.max(1, 2 * this.store.journeys.count);
  }

  /** Journeys asked about, and the others. */
  get sides(): { readonly inside: number; readonly outside: number } {
    return { inside: this.inside, outside: this.outside };
  }

  /** Takes in at most `budget` journeys; true when there are no more. */
  advance(budget: number): boolean {
    const { count } = this.store.journeys;
    let left = budget;
    for (; this.turned < count && left > 0 && this.cursor === 0; this.turned++, left--) {
      if (this.members(this.turned)) this.turns.take(this.turned);
    }
    const end = this.turned < count && this.cursor === 0 ? 0 : Math.min(count, this.cursor + left);
    for (; this.cursor < end; this.cursor++) {
      const inside = this.members(this.cursor);
      if (inside) this.inside++;
      else this.outside++;
      this.began.take(this.cursor, inside);
      const early = this.turns.before(this.cursor, inside);
      for (const tally of this.tallies) tally.take(this.cursor, inside, earlyOf(tally.of.name, early));
    }
    return this.cursor === count;
  }

  /** What was so before the turn, then what follows from it: each the most telling first, at most `limit`. */
  result(limit: number): Difference[] {
    const { inside, outside } = this;
    if (inside === 0 || outside === 0) return [];
    const found: Found[] = [];
    for (const tally of this.tallies) {
      const name = tally.of.name;
      // A journey as a whole is known when it is over.
      const isEarly = this.turns.none || !JOURNEY_NAMES.has(name);
      tally.values.forEach((value, number) => {
        const [a, b] = [tally.inside[number]!, tally.outside[number]!];
        const whole = telling(a, inside, b, outside);
        if (whole === 0) return;
        const [c, d] = [tally.insideEarly[number]!, tally.outsideEarly[number]!];
        const isSameWay = c / inside > d / outside === a / inside > b / outside;
        const isMissed = PLACES.has(name) && c / inside < d / outside && !this.turns.none;
        const early = isEarly && isSameWay && !isMissed ? telling(c, inside, d, outside) : 0;
        const difference = {
          field: name,
          value,
          inside: a,
          outside: b,
          insideShare: a / inside,
          outsideShare: b / outside,
          follows: early === 0,
          filter: valueFilter(this.store, name, value),
        };
        found.push({ difference, g: early === 0 ? whole : early });
      });
    }
    const time = this.sinceOrBefore();
    if (time !== null) found.push(time);
    const ranked = withoutRepeats(found)
      .sort(
        (x, y) =>
          Math.round(y.g * SAME_G) - Math.round(x.g * SAME_G) ||
          Number(y.difference.insideShare > y.difference.outsideShare) -
            Number(x.difference.insideShare > x.difference.outsideShare) ||
          Number(isTlv(y.difference)) - Number(isTlv(x.difference)) ||
          (x.difference.filter < y.difference.filter ? -1 : 1),
      )
      .map(({ difference }) => difference);
    return [false, true].flatMap((follows) =>
      ranked.filter((difference) => difference.follows === follows).slice(0, limit),
    );
  }

  /**
   * When these began, as `before 127ms` or `from 127ms on`: known at their first event, so it is no consequence. Chosen among many
   * instants, it counts for less than a value that just is there: its G is lower by what makes up for the number of choices (Bonferroni).
   */
  private sinceOrBefore(): Found | null {
    const { inside, outside } = this;
    const split = this.began.best((a, b) => likelihoodRatio(a, inside, b, outside));
    if (split === null) return null;
    const isBefore = split.inside / inside > split.outside / outside;
    const [a, b] = isBefore
      ? [split.inside, split.outside]
      : [inside - split.inside, outside - split.outside];
    const g = telling(a, inside, b, outside) - 2 * Math.log(split.tried);
    if (g < MIN_G) return null;
    const at = printDuration(split.at);
    const difference = {
      field: TIME_FIELD.name,
      value: isBefore ? `before ${at}` : `from ${at} on`,
      inside: a,
      outside: b,
      insideShare: a / inside,
      outsideShare: b / outside,
      follows: false,
      // Of a journey from then on every event is, not only some.
      filter: isBefore ? `time < ${at}` : `!(time < ${at})`,
    };
    return { difference, g };
  }
}

interface Found {
  readonly difference: Difference;
  readonly g: number;
}

/** A port of either side says nothing beside the port of one side with the same numbers; likewise an address. */
const EITHER_SIDE: ReadonlyMap<string, readonly string[]> = new Map([
  ['port', ['port.src', 'port.dst']],
  ['ip.addr', ['ip.src', 'ip.dst']],
  ['eth.addr', ['eth.src', 'eth.dst']],
]);

function withoutRepeats(found: readonly Found[]): Found[] {
  const key = (field: string, { value, inside, outside, follows }: Difference): string =>
    JSON.stringify([field, value, inside, outside, follows]);
  const keys = new Set(found.map(({ difference }) => key(difference.field, difference)));
  return found.filter(
    ({ difference }) =>
      EITHER_SIDE.get(difference.field)?.some((side) => keys.has(key(side, difference))) !== true,
  );
}

/** Where packets come: that these did not come there follows, for their way ended or changed. */
const PLACES: ReadonlySet<string> = new Set(['hop', 'lane', 'layer']);
const JOURNEY_NAMES: ReadonlySet<string> = new Set(JOURNEY_FIELDS.map(({ name }) => name));

/** Events of a field that are before the turn, of a journey that has `early` of them. */
function earlyOf(field: string, early: number): number {
  return early === 0 && OF_PACKET.has(field) ? 1 : early;
}

/** G of a difference that is one: of enough journeys, and not by chance; else 0. */
function telling(a: number, inside: number, b: number, outside: number): number {
  if (a + b < MIN_JOURNEYS || Math.abs(a / inside - b / outside) < MIN_SHARE_DIFFERENCE) return 0;
  const g = likelihoodRatio(a, inside, b, outside);
  return g < MIN_G ? 0 : g;
}

function isTlv({ field }: Difference): boolean {
  return field.startsWith(TLV_PREFIX);
}

/** G of a 2 × 2 table: `a` of `inside` and `b` of `outside` have the value. */
export function likelihoodRatio(a: number, inside: number, b: number, outside: number): number {
  const share = (a + b) / (inside + outside);
  const term = (seen: number, expected: number): number =>
    seen === 0 ? 0 : seen * Math.log(seen / expected);
  return (
    2 *
    (term(a, inside * share) +
      term(inside - a, inside * (1 - share)) +
      term(b, outside * share) +
      term(outside - b, outside * (1 - share)))
  );
}
