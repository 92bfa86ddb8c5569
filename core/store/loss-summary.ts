/**
 * Which hop loses how much, by which cause, for which TLV. A query, not kept while events arrive: the `state` column
 * says which events are to be looked at, and they are few. `advance` takes events in bounded steps.
 */
import { causeInfo } from '#core/diagnosis/causes.ts';
import { HOP_STATE, HOP_STATE_NAMES, KNOWN_NAMES } from '#core/diagnosis/types.ts';
import { createAreaScan, type AreaDecoder } from '#core/metadata/scan.ts';
import { nsFromParts } from '#core/time/ns.ts';
import type { CaptureStore } from './capture-store.ts';
import { COALESCED } from './coalesced.ts';
import { arrivals } from './edges.ts';
import { EVENT_BIT } from './event-columns.ts';
import { decimal, journeyId } from './event-text.ts';
import { unpackCause, unpackKnown } from './hop-causes.ts';
import { journeyEvents } from './journey-events.ts';
import { CHUNK_MASK } from './limits.ts';
import { isTelling } from './sighting-of.ts';
import { MAX_LOSS_ROWS, type LossRow, type LossSummary } from './view.ts';

/** States that are always a loss; of `changed` only what a program removed is. */
const IS_LOSS: readonly boolean[] = HOP_STATE_NAMES.map((name) =>
  ['lost', 'suspect', 'clobbered', 'unreadable'].includes(name),
);

/** A row that counts. */
interface Tally {
  readonly tlv: LossRow['tlv'];
  journeys: number;
  /** Events: the first and the last in time. */
  first: number;
  last: number;
}

/** What has one hop, state and cause. */
interface Fate {
  readonly hop: number;
  readonly state: number;
  readonly packedCause: number;
  readonly area: Tally;
  readonly tlvs: Map<AreaDecoder, Map<number, Tally>>;
}

/** A TLV that was in the area before, by the schema that reads it. */
interface Victim {
  readonly decoder: AreaDecoder;
  readonly type: number;
  readonly name: string;
}

const scanBefore = createAreaScan();
const scanNow = createAreaScan();

export class LossSummaryQuery {
  private readonly store: CaptureStore;
  /** Events that the summary is about: those there were when it was asked for. */
  private readonly end: number;
  private cursor = 0;
  private readonly fates = new Map<number, Fate>();
  private rows = 0;
  private omitted = 0;

  constructor(store: CaptureStore) {
    this.store = store;
    this.end = store.events.count;
  }

  /** Looks at `budget` events, at most one journey's more; true when there are no more. Others of a journey count as well. */
  advance(budget: number): boolean {
    for (let left = budget; left > 0 && this.cursor < this.end; this.cursor++) {
      const chunk = this.store.events.chunk(this.cursor);
      const state = chunk.state[this.cursor & CHUNK_MASK]!;
      left--;
      if (IS_LOSS[state] === true || state === HOP_STATE.changed) left -= this.take(this.cursor, state);
      if ((chunk.flags[this.cursor & CHUNK_MASK]! & EVENT_BIT.lost) !== 0) this.takeCoalesced(this.cursor);
    }
    return this.cursor === this.end;
  }

  /** Of the events that `advance` has looked at. */
  summary(): LossSummary {
    const arrived = arrivals(this.store);
    const byFrequency = [...this.fates.values()].sort((a, b) => b.area.journeys - a.area.journeys);
    const rows = byFrequency.flatMap((fate) => {
      const tlvs = [...fate.tlvs.values()].flatMap((tallies) => [...tallies.values()]);
      tlvs.sort((a, b) => b.journeys - a.journeys);
      return [fate.area, ...tlvs].map((tally) => this.row(fate, tally, arrived[fate.hop]!));
    });
    return { rows, omitted: this.omitted };
  }

  /** Returns how many events it has looked at. */
  private take(event: number, state: number): number {
    const { events } = this.store;
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    const hop = chunk.hop[row]!;
    const packedCause = chunk.cause[row]!;
    const journey = journeyEvents(this.store, chunk.journey[row]!);
    const victims = this.victims(journey, event);
    if (state === HOP_STATE.changed && victims.length === 0) return journey.length;
    // A journey that meets the same fate at the same hop again is one journey all the same.
    const again = journey.filter((other) => {
      if (other >= event) return false;
      const at = events.chunk(other);
      const i = other & CHUNK_MASK;
      return at.hop[i] === hop && at.state[i] === state && at.cause[i] === packedCause;
    });
    const looked = journey.length * (1 + again.length);
    const known = again.flatMap((other) => this.victims(journey, other));
    const isNew = state === HOP_STATE.changed ? known.length === 0 : again.length === 0;
    const fate = this.fateOf(event, hop, state, packedCause);
    if (fate === null) {
      this.omitted++;
      return looked;
    }
    if (isNew) this.count(fate.area, event);
    for (const victim of victims) {
      if (known.some((other) => other.type === victim.type && other.decoder === victim.decoder)) continue;
      const tally = this.tallyOf(fate, victim, event);
      if (tally === null) this.omitted++;
      else this.count(tally, event);
    }
    return looked;
  }

  /** What TCP left behind is lost at the hop where another packet had grown; of an event of the journey it was last seen at. */
  private takeCoalesced(event: number): void {
    const { coalesced, events } = this.store;
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if (coalesced.of(chunk.journey[row]!)?.event !== event) return;
    const fate = this.fateOf(event, coalesced.lostAt(event), HOP_STATE.lost, COALESCED);
    if (fate === null) {
      this.omitted++;
      return;
    }
    this.count(fate.area, event);
    for (const victim of this.tlvsOf(chunk.area[row]!, () => () => true)) {
      const tally = this.tallyOf(fate, victim, event);
      if (tally === null) this.omitted++;
      else this.count(tally, event);
    }
  }

  /** TLVs that the packet had before this event and that are not as they were: each type once. */
  private victims(journey: readonly number[], event: number): Victim[] {
    const { events, areas } = this.store;
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    const at = journey.indexOf(event);
    const before = journey
      .slice(0, Math.max(at, 0))
      .findLast((other) => isTelling(events.chunk(other), other & CHUNK_MASK));
    const had = before === undefined ? 0 : events.chunk(before).area[before & CHUNK_MASK]!;
    const now = areas.bytes(chunk.area[row]!);
    return this.tlvsOf(had, (decoder, old) => this.goneFrom(chunk.state[row]!, decoder, old, now));
  }

  /** TLVs of an area of which a test of TLVs in `scanBefore` holds: each type once. */
  private tlvsOf(
    had: number,
    test: (decoder: AreaDecoder, old: Uint8Array) => (i: number) => boolean,
  ): Victim[] {
    const { areas, tlvs } = this.store;
    const decoder = had === 0 ? null : tlvs.decoderFor(had);
    if (decoder === null) return [];
    const old = areas.bytes(had);
    decoder.scan(old, 0, old.length, scanBefore);
    const isGone = test(decoder, old);
    const found = new Map<number, Victim>();
    for (let i = 0; i < scanBefore.count; i++) {
      const type = scanBefore.type[i]!;
      if (found.has(type) || !isGone(i)) continue;
      found.set(type, { decoder, type, name: decoder.schema.types[scanBefore.column[i]!]?.name ?? '' });
    }
    return [...found.values()];
  }

  /** Whether TLV `i` of `scanBefore` is affected. */
  private goneFrom(
    state: number,
    decoder: AreaDecoder,
    old: Uint8Array,
    now: Uint8Array,
  ): (i: number) => boolean {
    if (state === HOP_STATE.clobbered) {
      return (i) => {
        const from = scanBefore.offset[i]!;
        const to = from + scanBefore.length[i]!;
        for (let byte = from; byte < to; byte++) if (old[byte] !== now[byte]) return true;
        return false;
      };
    }
    if (state !== HOP_STATE.changed) return () => true;
    decoder.scan(now, 0, now.length, scanNow);
    const left = new Set(scanNow.type.subarray(0, scanNow.count));
    return (i) => !left.has(scanBefore.type[i]!);
  }

  private fateOf(event: number, hop: number, state: number, packedCause: number): Fate | null {
    const key = (((hop << 4) | state) << 8) | packedCause;
    const known = this.fates.get(key);
    if (known !== undefined) return known;
    if (!this.room()) return null;
    const fate = { hop, state, packedCause, area: newTally(null, event), tlvs: new Map() };
    this.fates.set(key, fate);
    return fate;
  }

  private tallyOf(fate: Fate, { decoder, type, name }: Victim, event: number): Tally | null {
    let tallies = fate.tlvs.get(decoder);
    if (tallies === undefined) fate.tlvs.set(decoder, (tallies = new Map<number, Tally>()));
    const known = tallies.get(type);
    if (known !== undefined) return known;
    if (!this.room()) return null;
    const tally = newTally({ type, name }, event);
    tallies.set(type, tally);
    return tally;
  }

  private room(): boolean {
    if (this.rows === MAX_LOSS_ROWS) return false;
    this.rows++;
    return true;
  }

  private count(tally: Tally, event: number): void {
    const { events } = this.store;
    tally.journeys++;
    if (events.compareTime(event, tally.first) < 0) tally.first = event;
    if (events.compareTime(event, tally.last) > 0) tally.last = event;
  }

  private row({ hop, state, packedCause }: Fate, tally: Tally, arrived: number): LossRow {
    const { events } = this.store;
    const info = causeInfo(unpackCause(packedCause));
    const timeOf = (event: number): string => {
      const chunk = events.chunk(event);
      return nsFromParts(chunk.tsHi[event & CHUNK_MASK]!, chunk.tsLo[event & CHUNK_MASK]!).toString();
    };
    const example = events.chunk(tally.first).journey[tally.first & CHUNK_MASK]!;
    const id = journeyId(this.store, example);
    return {
      hop,
      state: HOP_STATE_NAMES[state]!,
      cause: info.name,
      operation: info.operation,
      known: KNOWN_NAMES[unpackKnown(packedCause)]!,
      tlv: tally.tlv,
      journeys: tally.journeys,
      arrived,
      firstNs: timeOf(tally.first),
      lastNs: timeOf(tally.last),
      example,
      exampleId: decimal(id.hi, id.lo),
    };
  }
}

function newTally(tlv: LossRow['tlv'], event: number): Tally {
  return { tlv, journeys: 0, first: event, last: event };
}
