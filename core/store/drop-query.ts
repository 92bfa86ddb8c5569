/** Which of some journeys were dropped: where, and for which reason. A query, not kept while events arrive; `advance` takes events in bounded steps. */
import { nsFromParts } from '#core/time/ns.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT } from './event-columns.ts';
import { decimal, dropText, journeyId } from './event-text.ts';
import { journeyEvents } from './journey-events.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_DROP_ROWS, type DropRow, type Fates } from './view.ts';

type Place = Pick<DropRow, 'hop' | 'after' | 'reason'>;

/** A row that counts. */
interface Tally extends Place {
  journeys: number;
  /** Events: the first and the last in time. */
  first: number;
  last: number;
}

export class DropQuery {
  private readonly store: CaptureStore;
  private readonly members: ((journey: number) => boolean) | null;
  /** Events that there were when it was asked. */
  private readonly end: number;
  private cursor = 0;
  private readonly rows = new Map<string, Tally>();
  private dropped = 0;
  private omitted = 0;
  /** Events: the first and the last in time of those that have one; -1 = there is none. */
  private first = -1;
  private last = -1;

  /** `members`: whether a journey is one of those that are asked about; null = all are. */
  constructor(store: CaptureStore, members: ((journey: number) => boolean) | null) {
    this.store = store;
    this.members = members;
    this.end = store.events.count;
  }

  /** Looks at `budget` events, at most one journey's more; true when there are no more. */
  advance(budget: number): boolean {
    const { events } = this.store;
    for (let left = budget; left > 0 && this.cursor < this.end; this.cursor++) {
      const chunk = events.chunk(this.cursor);
      const row = this.cursor & CHUNK_MASK;
      const journey = chunk.journey[row]!;
      left--;
      if (this.members !== null && !this.members(journey)) continue;
      const flags = chunk.flags[row]!;
      if ((flags & EVENT_BIT.time) !== 0) this.span(this.cursor);
      if ((flags & EVENT_BIT.drop) !== 0) left -= this.take(this.cursor, journey);
    }
    return this.cursor === this.end;
  }

  result(): Omit<Fates, 'journeys' | 'losses'> {
    const rows = [...this.rows.values()].sort((a, b) => b.journeys - a.journeys);
    return {
      firstNs: this.timeOf(this.first),
      lastNs: this.timeOf(this.last),
      dropped: this.dropped,
      drops: rows.map(({ hop, after, reason, journeys, first, last }) => {
        const example = this.store.events.chunk(first).journey[first & CHUNK_MASK]!;
        const id = journeyId(this.store, example);
        return {
          hop,
          after,
          reason,
          journeys,
          firstNs: this.timeOf(first),
          lastNs: this.timeOf(last),
          example,
          exampleId: decimal(id.hi, id.lo),
        };
      }),
      omittedDrops: this.omitted,
    };
  }

  private span(event: number): void {
    const { events } = this.store;
    if (this.first < 0 || events.compareTime(event, this.first) < 0) this.first = event;
    if (this.last < 0 || events.compareTime(event, this.last) > 0) this.last = event;
  }

  /** Returns how many events it has looked at. */
  private take(event: number, journey: number): number {
    const { events } = this.store;
    const all = journeyEvents(this.store, journey);
    const flagsOf = (at: number): number => events.chunk(at).flags[at & CHUNK_MASK]!;
    const earlier = all.filter((other) => other < event && (flagsOf(other) & EVENT_BIT.drop) !== 0);
    if (earlier.length === 0) this.dropped++;
    const place = this.placeOf(all, event);
    const key = keyOf(place);
    let row = this.rows.get(key);
    if (row === undefined) {
      if (this.rows.size === MAX_DROP_ROWS) {
        this.omitted++;
        return all.length;
      }
      row = { ...place, journeys: 0, first: event, last: event };
      this.rows.set(key, row);
    }
    if (!earlier.some((other) => keyOf(this.placeOf(all, other)) === key)) row.journeys++;
    if (events.compareTime(event, row.first) < 0) row.first = event;
    if (events.compareTime(event, row.last) > 0) row.last = event;
    return all.length;
  }

  /** `all`: events of its journey, in order of time. */
  private placeOf(all: readonly number[], event: number): Place {
    const hopOf = (at: number): number => this.store.events.chunk(at).hop[at & CHUNK_MASK]!;
    const before = all[all.indexOf(event) - 1];
    return {
      hop: hopOf(event),
      after: before === undefined ? null : hopOf(before),
      reason: dropText(this.store, event),
    };
  }

  /** '' = none, or it is not known. */
  private timeOf(event: number): string {
    if (event < 0) return '';
    const chunk = this.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    if ((chunk.flags[row]! & EVENT_BIT.time) === 0) return '';
    return nsFromParts(chunk.tsHi[row]!, chunk.tsLo[row]!).toString();
  }
}

function keyOf({ hop, after, reason }: Place): string {
  return `${hop} ${after ?? ''} ${reason}`;
}
