/**
 * Where each area was first seen: the hop of the first event that has it. Worked out when it is asked for, from the events,
 * whose areas are numbered in the order in which they come.
 */
import type { AreaPlace } from '#core/metadata/choose.ts';
import type { EventColumns } from './event-columns.ts';
import { CHUNK_EVENTS, CHUNK_MASK, CHUNK_SHIFT } from './limits.ts';

export class AreaOrigins {
  /** By area number - 1, in chunks: hop + 1. */
  private readonly chunks: Uint16Array[] = [];
  /** Events from here on are not looked at yet. */
  private cursor = 0;
  /** The last area whose event has been looked at. */
  private known = 0;
  private readonly events: EventColumns;
  private readonly placeOf: (hop: number) => AreaPlace;

  /** `placeOf`: device and programs of a hop. */
  constructor(events: EventColumns, placeOf: (hop: number) => AreaPlace) {
    this.events = events;
    this.placeOf = placeOf;
  }

  /** Looks at the events that have come; the last area whose place is known from then on. */
  advance(): number {
    for (; this.cursor < this.events.count; this.cursor++) {
      const chunk = this.events.chunk(this.cursor);
      const row = this.cursor & CHUNK_MASK;
      const area = chunk.area[row]!;
      if (area <= this.known) continue;
      this.known = area;
      while (this.chunks.length << CHUNK_SHIFT < area) this.chunks.push(new Uint16Array(CHUNK_EVENTS));
      this.chunks[(area - 1) >>> CHUNK_SHIFT]![(area - 1) & CHUNK_MASK] = chunk.hop[row]! + 1;
    }
    return this.known;
  }

  place(area: number): AreaPlace {
    if (area > this.known) this.advance();
    const hop = (this.chunks[(area - 1) >>> CHUNK_SHIFT]?.[(area - 1) & CHUNK_MASK] ?? 0) - 1;
    return this.placeOf(hop);
  }
}
