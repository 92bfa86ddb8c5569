/**
 * "What do these have in common?": of all fields the values that are frequent among some journeys and rare among the
 * others, or the other way round, ranked by how unlikely the difference is by chance (the G-test's likelihood ratio, Sokal and
 * Rohlf, Biometry).
 */
import type { CaptureStore } from '#core/store/capture-store.ts';
import { FIELDS } from './catalogue.ts';
import { valueFilter } from './complete.ts';
import { TLV_PREFIX, tlvField } from './fields/metadata.ts';
import { journeyValues } from './journey-values.ts';
import { JOURNEY_FIELDS } from './journeys.ts';
import { Tally } from './tally.ts';

export interface Difference {
  readonly field: string;
  readonly value: string;
  /** Journeys with this value, among those asked about and among the others, and the shares of each. */
  readonly inside: number;
  readonly outside: number;
  readonly insideShare: number;
  readonly outsideShare: number;
  readonly filter: string;
}

/** A value of fewer journeys says nothing. */
const MIN_JOURNEYS = 2;
/** G of a difference that comes about by chance once in a thousand (chi-square, one degree of freedom). */
const MIN_G = 10.83;
/** Shares that differ by less are no answer, however certain. */
const MIN_SHARE_DIFFERENCE = 0.05;
/** Fields that say what is asked about anyway, or are different for each packet. */
const LEFT_OUT: ReadonlySet<string> = new Set(['hash']);

export class ContrastQuery {
  private readonly tallies: Tally[];
  private readonly store: CaptureStore;
  private readonly members: (journey: number) => boolean;
  private cursor = 0;
  private inside = 0;
  private outside = 0;

  constructor(store: CaptureStore, members: (journey: number) => boolean) {
    this.store = store;
    this.members = members;
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
    return this.cursor / Math.max(1, this.store.journeys.count);
  }

  /** Journeys asked about, and the others. */
  get sides(): { readonly inside: number; readonly outside: number } {
    return { inside: this.inside, outside: this.outside };
  }

  /** Takes in at most `budget` journeys; true when there are no more. */
  advance(budget: number): boolean {
    const { count } = this.store.journeys;
    const end = Math.min(count, this.cursor + budget);
    for (; this.cursor < end; this.cursor++) {
      const inside = this.members(this.cursor);
      if (inside) this.inside++;
      else this.outside++;
      for (const tally of this.tallies) tally.take(this.cursor, inside);
    }
    return this.cursor === count;
  }

  /** The most telling first, at most `limit`; none when one side is empty. */
  result(limit: number): Difference[] {
    const { inside, outside } = this;
    if (inside === 0 || outside === 0) return [];
    const found: { difference: Difference; g: number }[] = [];
    for (const tally of this.tallies) {
      const name = tally.of.name;
      tally.values.forEach((value, number) => {
        const [a, b] = [tally.inside[number]!, tally.outside[number]!];
        if (a + b < MIN_JOURNEYS || Math.abs(a / inside - b / outside) < MIN_SHARE_DIFFERENCE) return;
        const g = likelihoodRatio(a, inside, b, outside);
        if (g < MIN_G) return;
        const filter = valueFilter(this.store, name, value);
        found.push({
          difference: {
            field: name,
            value,
            inside: a,
            outside: b,
            insideShare: a / inside,
            outsideShare: b / outside,
            filter,
          },
          g,
        });
      });
    }
    return found
      .sort(
        (x, y) =>
          y.g - x.g ||
          Number(isTlv(y.difference)) - Number(isTlv(x.difference)) ||
          (x.difference.filter < y.difference.filter ? -1 : 1),
      )
      .slice(0, limit)
      .map(({ difference }) => difference);
  }
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
