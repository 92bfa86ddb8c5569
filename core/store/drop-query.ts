/** Which of some journeys were dropped: where, and for which reason. A query, not kept while events arrive; `advance` takes events in bounded steps. */
import { nsFromParts } from '#core/time/ns.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT } from './event-columns.ts';
import { decimal, dropText, journeyId } from './event-text.ts';
import { journeyEvents } from './journey-events.ts';
import { CHUNK_MASK } from './limits.ts';
import { MAX_DROP_ROWS, type DropRow, type Fates } from './view.ts';

/** Of one journey, which are looked at in one step. */
const MAX_EVENTS_AT_ONCE = 1 << 16;

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
  private readonly limit: number;
  /** Events that there were when it was asked. */
  private readonly end: number;
  private cursor = 0;
  private readonly rows = new Map<string, Tally>();
  /** A bit for each journey that was dropped. */
  private readonly taken: Uint8Array;
  private dropped = 0;
  private omitted = 0;
  /** Events: the first and the last in time of those that have one; -1 = there is none. */
  private first = -1;
  private last = -1;

  /** `members`: whether a journey is one of those that are asked about; null = all are. `limit`: of the events of one journey that are looked at. */
  constructor(
    store: CaptureStore,
    members: ((journey: number) => boolean) | null,
    limit = MAX_EVENTS_AT_ONCE,
  ) {
    this.store = store;
    this.limit = limit;
    this.members = members;
    this.end = store.events.count;
    this.taken = new Uint8Array((store.journeys.count + 7) >>> 3);
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
      if ((flags & EVENT_BIT.drop) !== 0) left -= this.take(journey, this.cursor);
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

  /** Takes in all drops of a journey at the first of them to arrive, `event`; returns how many events it has looked at. */
  private take(journey: number, event: number): number {
    const bit = 1 << (journey & 7);
    if ((this.taken[journey >>> 3]! & bit) !== 0) return 0;
    this.taken[journey >>> 3]! |= bit;
    this.dropped++;
    const all = journeyEvents(this.store, journey, this.limit);
    const seen = new Set<Tally>();
    all.forEach((at, i) => {
      if (at < this.end && this.isDrop(at)) this.count(at, all[i - 1], seen);
    });
    // The others of the journey are not looked at.
    if (!all.includes(event)) this.omitted++;
    return all.length;
  }

  private isDrop(event: number): boolean {
    return (this.store.events.chunk(event).flags[event & CHUNK_MASK]! & EVENT_BIT.drop) !== 0;
  }

  /** `before`: the event of the journey before the drop in time; `seen`: rows that count the journey already. */
  private count(event: number, before: number | undefined, seen: Set<Tally>): void {
    const { events } = this.store;
    const hopOf = (at: number): number => events.chunk(at).hop[at & CHUNK_MASK]!;
    const after = before === undefined ? null : hopOf(before);
    const place: Place = { hop: hopOf(event), after, reason: dropText(this.store, event) };
    const key = `${place.hop} ${after ?? ''} ${place.reason}`;
    let row = this.rows.get(key);
    if (row === undefined) {
      if (this.rows.size === MAX_DROP_ROWS) {
        this.omitted++;
        return;
      }
      row = { ...place, journeys: 0, first: event, last: event };
      this.rows.set(key, row);
    }
    if (!seen.has(row)) row.journeys++;
    seen.add(row);
    if (events.compareTime(event, row.first) < 0) row.first = event;
    if (events.compareTime(event, row.last) > 0) row.last = event;
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
