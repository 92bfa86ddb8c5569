/**
 * Metadata that stayed behind where TCP put the payload of packets into another (core/diagnosis/growth.ts), told while events
 * arrive: at the event where the other packet is seen to have grown, and at the last one of each that it took in. No
 * hook shows these where their metadata is lost, so their states stay what hooks showed; `lost` is said of the journey
 * (EVENT_BIT.lost, JOURNEY_BIT.lost), and the hop that is charged is the one where the other packet grew.
 */
import { CAUSE } from '#core/diagnosis/causes.ts';
import { PRINT } from '#core/diagnosis/fingerprint.ts';
import { holdsSince, isInQueue } from '#core/diagnosis/growth.ts';
import type { JourneySource } from '#core/diagnosis/links.ts';
import { PrintWindow } from '#core/diagnosis/print-window.ts';
import { KNOWN } from '#core/diagnosis/types.ts';
import { PROTOCOL } from '#core/dissect/types.ts';
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import { META_STATE } from '#core/format/structs.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT } from './event-columns.ts';
import { packCause } from './hop-causes.ts';
import { journeyEvents } from './journey-events.ts';
import { hasLostAt } from './journey-loss.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK, MAX_COALESCED, MAX_HOPS } from './limits.ts';
import { isTelling } from './sighting-of.ts';
import { MAX_JOURNEY_EVENTS } from './view.ts';

/** Where the metadata of a journey stayed behind. */
interface LeftBehind {
  /** Its last event that says what it had. */
  readonly event: number;
  /** Of the packet that has its payload: where that was first seen to have it. null: of several packets, nobody knows which. */
  readonly grewAt: number | null;
  /** It had lost metadata before, as hooks showed. */
  readonly wasLost: boolean;
}

/** Value of the `cause` column. */
export const COALESCED = packCause(CAUSE.coalesced, KNOWN.implied);

export class Coalesced {
  /** Journeys of which something was told, or taken back, about earlier events: for who has looked at these before. */
  readonly retold: number[] = [];
  /** By hop: journeys that are charged to it. */
  readonly atHop = new Float64Array(MAX_HOPS);
  private readonly store: CaptureStore;
  private readonly left = new Map<number, LeftBehind>();
  /** By event where a packet grew: journeys that it took in with metadata. */
  private readonly taken = new Map<number, number[]>();
  private readonly window = new PrintWindow();
  private readonly source: Pick<JourneySource, 'prints' | 'printAt'>;

  constructor(store: CaptureStore) {
    this.store = store;
    this.source = {
      prints: (journey) => store.prints.words(journey),
      printAt: (journey) => store.prints.at(journey),
    };
  }

  /** null: it did not leave its metadata behind so. */
  of(journey: number): { readonly event: number; readonly grewAt: number } | null {
    const left = this.left.get(journey);
    return left === undefined || left.grewAt === null ? null : { event: left.event, grewAt: left.grewAt };
  }

  /** Journeys whose payload came with event number `event`, and whose metadata did not. */
  takenAt(event: number): readonly number[] {
    return this.taken.get(event) ?? [];
  }

  /** The hop that is charged with what was lost at an event with EVENT_BIT.lost. */
  lostAt(event: number): number {
    const { events } = this.store;
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    const left = this.of(chunk.journey[row]!);
    if (left === null || left.event !== event) return chunk.hop[row]!;
    return events.chunk(left.grewAt).hop[left.grewAt & CHUNK_MASK]!;
  }

  /** Events number `event` to `end` - 1, of one chunk, are in their journeys. false: there is no place for more of what TCP joined. */
  look(event: number, end: number): boolean {
    const { hops, events } = this.store;
    if (!hops.seesBehindTcp) return true;
    const { behindTcp } = hops;
    const { hop, protocol } = events.chunk(event);
    let room = true;
    for (let at = event; at < end; at++) {
      const row = at & CHUNK_MASK;
      if (behindTcp[hop[row]!] === 0 || protocol[row] !== PROTOCOL.tcp) continue;
      if (!this.lookAt(at)) room = false;
    }
    return room;
  }

  private lookAt(event: number): boolean {
    const { events, hops, journeys, prints } = this.store;
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    const leader = chunk.journey[row]!;
    const first = journeys.word(leader, JOURNEY.first);
    const length = chunk.length[row]!;
    if (length <= events.chunk(first).length[first & CHUNK_MASK]!) return true;
    const words = prints.words(leader);
    const at = prints.at(leader);
    const before = this.longestBefore(leader, event);
    if (length <= before) return true;
    const run = journeys.word(leader, JOURNEY.run);
    const found: number[] = [];
    this.window.follow(this.source, journeys.count, 'stream', words[at + PRINT.flow]!, (other) => {
      if (other === leader) return true;
      if (!holdsSince(words, at, prints.words(other), prints.at(other), before, length)) return true;
      if ((journeys.word(other, JOURNEY.flags) & JOURNEY_BIT.metadataNow) === 0) return true;
      const last = journeys.word(other, JOURNEY.last);
      // The queue of a socket is looked into after what it got.
      if (journeys.word(other, JOURNEY.run) !== run || last > event) return true;
      if (isInQueue(hops.places[events.chunk(last).hop[last & CHUNK_MASK]!]!)) found.push(other);
      return true;
    });
    let room = true;
    const taken: number[] = [];
    for (const journey of found) {
      const known = this.left.get(journey);
      if (known !== undefined) this.doubt(journey, known);
      else if (this.retold.length >= MAX_COALESCED) room = false;
      else if (this.leaveBehind(journey, event)) taken.push(journey);
    }
    if (taken.length > 0) {
      this.taken.set(
        event,
        taken.sort((a, b) => a - b),
      );
      this.explain(event);
    }
    return room;
  }

  /**
   * Bytes of the longest event of the journey that arrived before event number `event`, counted as those of its first one:
   * behind its MAC header, or with it. Infinity: none can be compared.
   */
  private longestBefore(journey: number, event: number): number {
    const { events, hops, journeys } = this.store;
    const linkTypeOf = (hop: number): number | undefined => HOOK_BY_ID.get(hops.places[hop]!.hook)?.linkType;
    let next = journeys.word(journey, JOURNEY.first);
    const begins = linkTypeOf(events.chunk(next).hop[next & CHUNK_MASK]!);
    let longest = -1;
    for (let i = 0; i < MAX_JOURNEY_EVENTS; i++) {
      const chunk = events.chunk(next);
      const row = next & CHUNK_MASK;
      const hop = chunk.hop[row]!;
      const isAlike = hops.places[hop]!.lane !== 'end' && linkTypeOf(hop) === begins;
      if (next === event) return isAlike && longest >= 0 ? longest : Infinity;
      if (isAlike) longest = Math.max(longest, chunk.length[row]!);
      next = chunk.next[row]!;
    }
    return Infinity;
  }

  /** A second packet that has grown over what a journey had: it could be in either. */
  private doubt(journey: number, known: LeftBehind): void {
    if (known.grewAt === null) return;
    this.takeBack(journey, known);
    this.left.set(journey, { ...known, grewAt: null });
    this.setFlags(journey, JOURNEY_BIT.coalesced, 0);
  }

  /** false: it had no metadata, or none that was lost. */
  private leaveBehind(journey: number, grewAt: number): boolean {
    const event = this.lastTelling(journey);
    if (event < 0 || this.hasSame(event, grewAt)) return false;
    const wasLost = (this.store.journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.lost) !== 0;
    const left = { event, grewAt, wasLost };
    this.charge(journey, left, 1);
    this.left.set(journey, left);
    this.explain(event);
    this.setLost(event, true);
    this.setFlags(journey, JOURNEY_BIT.lost | JOURNEY_BIT.coalesced, 0);
    this.retold.push(journey);
    return true;
  }

  /** The last event of a journey that says what it had, if it had metadata there; -1 = there is none. */
  private lastTelling(journey: number): number {
    const { events, journeys, telling } = this.store;
    const last = journeys.word(journey, JOURNEY.last);
    const isUnordered = (journeys.word(journey, JOURNEY.flags) & JOURNEY_BIT.unordered) !== 0;
    let found = last;
    // Longer ones are followed in order of arrival, as their metadata is (journey-loss.ts).
    if (isUnordered && journeys.word(journey, JOURNEY.count) <= MAX_JOURNEY_EVENTS) {
      const inOrder = journeyEvents(this.store, journey);
      found = inOrder.findLast((event) => isTelling(events.chunk(event), event & CHUNK_MASK)) ?? -1;
    } else if (!isTelling(events.chunk(last), last & CHUNK_MASK)) {
      found = telling.before(this.store, journey, last);
    }
    return found >= 0 && events.chunk(found).metaState[found & CHUNK_MASK] === META_STATE.present
      ? found
      : -1;
  }

  /** Whoever gets the payload of `event` at `grewAt` gets the same metadata, byte for byte: nothing is lost, as where GRO merges. */
  private hasSame(event: number, grewAt: number): boolean {
    const { areas, events } = this.store;
    const area = events.chunk(event).area[event & CHUNK_MASK]!;
    const there = events.chunk(grewAt).area[grewAt & CHUNK_MASK]!;
    if (area === 0 || there === 0) return false;
    return sameBytes(areas.bytes(area), areas.bytes(there));
  }

  /** Another event of a journey arrives that was told to have ended: it has not. */
  goesOn(journey: number): void {
    this.takeBack(journey, this.left.get(journey)!);
  }

  private takeBack(journey: number, left: LeftBehind): void {
    const { event, grewAt, wasLost } = left;
    this.left.delete(journey);
    this.setFlags(journey, 0, JOURNEY_BIT.coalesced);
    if (grewAt === null) return;
    const others = this.takenAt(grewAt).filter((other) => other !== journey);
    if (others.length > 0) this.taken.set(grewAt, others);
    else this.taken.delete(grewAt);
    this.leave(grewAt);
    this.leave(event);
    this.setLost(event, false);
    // What became of it before it was left behind has not changed: no event has come since.
    if (!wasLost) this.setFlags(journey, 0, JOURNEY_BIT.lost);
    this.charge(journey, left, -1);
    this.retold.push(journey, this.store.events.chunk(grewAt).journey[grewAt & CHUNK_MASK]!);
  }

  /** The cause at an event that was told anew, and has no other. */
  explain(event: number): void {
    this.replace(event, CAUSE.none, COALESCED);
  }

  private leave(event: number): void {
    const chunk = this.store.events.chunk(event);
    if (this.taken.has(event) || this.of(chunk.journey[event & CHUNK_MASK]!)?.event === event) return;
    this.replace(event, COALESCED, CAUSE.none);
  }

  private replace(event: number, from: number, to: number): void {
    const { events, hops } = this.store;
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    if (chunk.cause[row] !== from || (chunk.flags[row]! & EVENT_BIT.recorded) === 0) return;
    const [hop, state, hi, lo] = [chunk.hop[row]!, chunk.state[row]!, chunk.tsHi[row]!, chunk.tsLo[row]!];
    hops.causes.add(hop, state, from, hi, lo, -1);
    hops.causes.add(hop, state, to, hi, lo, 1);
    chunk.cause[row] = to;
  }

  private setFlags(journey: number, set: number, clear: number): void {
    const { journeys } = this.store;
    const at = journeys.at(journey) + JOURNEY.flags;
    const rows = journeys.rows(journey);
    rows[at] = (rows[at]! | set) & ~clear;
  }

  private setLost(event: number, isLost: boolean): void {
    const { events, retoldLosses } = this.store;
    const { flags } = events.chunk(event);
    const row = event & CHUNK_MASK;
    if (((flags[row]! & EVENT_BIT.lost) !== 0) === isLost) return;
    flags[row]! ^= EVENT_BIT.lost;
    retoldLosses.turn(event);
  }

  /** The hop, unless the journey counts there already. Called while its `event` has no EVENT_BIT.lost. */
  private charge(journey: number, { grewAt }: LeftBehind, by: 1 | -1): void {
    const { events, hops } = this.store;
    if (grewAt === null) return;
    const hop = events.chunk(grewAt).hop[grewAt & CHUNK_MASK]!;
    if (!hasLostAt(this.store, journey, hop)) hops.metadataLost[hop]! += by;
    this.atHop[hop]! += by;
  }
}
