/**
 * Metadata that stayed behind where TCP put the payload of packets into another (core/diagnosis/growth.ts), told while events
 * arrive: at the event where the other packet is seen to have grown, and at the last one of each that it took in. No
 * hook shows these where their metadata is lost, so their states stay what hooks showed; `lost` is said of the journey
 * (EVENT_BIT.lost, JOURNEY_BIT.lost), and the hop that is charged is the one where the other packet grew.
 */
import { CAUSE } from '#core/diagnosis/causes.ts';
import { PRINT } from '#core/diagnosis/fingerprint.ts';
import { growthOver } from '#core/diagnosis/growth.ts';
import type { JourneySource } from '#core/diagnosis/links.ts';
import { PrintWindow } from '#core/diagnosis/print-window.ts';
import { KNOWN } from '#core/diagnosis/types.ts';
import { PROTOCOL } from '#core/dissect/types.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import type { CaptureStore } from './capture-store.ts';
import { EVENT_BIT } from './event-columns.ts';
import { packCause } from './hop-causes.ts';
import { sourceOf } from './journey-links.ts';
import { JOURNEY, JOURNEY_BIT } from './journey-table.ts';
import { CHUNK_MASK, MAX_COALESCED, MAX_HOPS } from './limits.ts';
import { isTelling, tellingBefore } from './sighting-of.ts';

/** Where the metadata of a journey stayed behind. */
interface LeftBehind {
  /** Its last event that says what it had. */
  readonly event: number;
  /** Of the packet that has its payload: where that was first seen to have it. null: of several packets, nobody knows which. */
  readonly grewAt: number | null;
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
  private source: JourneySource | null = null;

  constructor(store: CaptureStore) {
    this.store = store;
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
    for (let at = event; at < end; at++) {
      const row = at & CHUNK_MASK;
      if (behindTcp[hop[row]!] === 0 || protocol[row] !== PROTOCOL.tcp) continue;
      if (!this.lookAt(at)) return false;
    }
    return true;
  }

  private lookAt(event: number): boolean {
    const { events, journeys, prints } = this.store;
    const chunk = events.chunk(event);
    const row = event & CHUNK_MASK;
    const leader = chunk.journey[row]!;
    const first = journeys.word(leader, JOURNEY.first);
    const length = chunk.length[row]!;
    if (length <= events.chunk(first).length[first & CHUNK_MASK]!) return true;
    this.source ??= { ...sourceOf(this.store, Infinity), window: new PrintWindow() };
    const { source } = this;
    const words = prints.words(leader);
    const at = prints.at(leader);
    const payload = words[at + PRINT.payload]!;
    const headers = words[at + PRINT.length]! - payload;
    const found: number[] = [];
    source.window.follow(source, journeys.count, 'stream', words[at + PRINT.flow]!, (other) => {
      const theirs = prints.words(other);
      const k = prints.at(other);
      const gap = (theirs[k + PRINT.sequence]! - words[at + PRINT.sequence]!) >>> 0;
      const more = theirs[k + PRINT.payload]!;
      if (other === leader || more === 0 || gap < payload || headers + gap + more > length) return true;
      if (theirs[k + PRINT.flow] !== words[at + PRINT.flow]) return true;
      if ((journeys.word(other, JOURNEY.flags) & JOURNEY_BIT.metadataNow) === 0) return true;
      const growth = growthOver(source, leader, other);
      if (growth !== null && growth.kind !== 'gro' && growth.at.event === event) found.push(other);
      return true;
    });
    for (const journey of found) {
      if (!this.left.has(journey) && this.retold.length >= MAX_COALESCED) return false;
      this.tell(journey, event);
    }
    return true;
  }

  private tell(journey: number, grewAt: number): void {
    const known = this.left.get(journey);
    if (known !== undefined) {
      // A second packet that has grown over it: it could be in either.
      this.takeBack(journey, known);
      this.left.set(journey, { event: known.event, grewAt: null });
      this.setFlags(journey, JOURNEY_BIT.coalesced, 0);
      return;
    }
    const { events, journeys } = this.store;
    const last = journeys.word(journey, JOURNEY.last);
    const telling = isTelling(events.chunk(last), last & CHUNK_MASK);
    const event = telling ? last : tellingBefore(this.store, journey, last);
    if (event < 0 || this.hasSame(event, grewAt)) return;
    this.left.set(journey, { event, grewAt });
    const others = this.takenAt(grewAt);
    this.taken.set(
      grewAt,
      [...others, journey].sort((a, b) => a - b),
    );
    this.explain(grewAt);
    this.explain(event);
    events.chunk(event).flags[event & CHUNK_MASK]! |= EVENT_BIT.lost;
    this.setFlags(journey, JOURNEY_BIT.lost | JOURNEY_BIT.coalesced, 0);
    this.charge(grewAt, 1);
    this.retold.push(journey);
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

  private takeBack(journey: number, { event, grewAt }: LeftBehind): void {
    this.left.delete(journey);
    this.setFlags(journey, 0, JOURNEY_BIT.coalesced);
    if (grewAt === null) return;
    const others = this.takenAt(grewAt).filter((other) => other !== journey);
    if (others.length > 0) this.taken.set(grewAt, others);
    else this.taken.delete(grewAt);
    this.leave(grewAt);
    this.leave(event);
    this.store.events.chunk(event).flags[event & CHUNK_MASK]! &= ~EVENT_BIT.lost;
    if (!this.isLost(journey)) this.setFlags(journey, 0, JOURNEY_BIT.lost);
    this.charge(grewAt, -1);
    this.retold.push(journey);
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

  /** Some event of the journey has none after one with metadata. */
  private isLost(journey: number): boolean {
    const { events, journeys } = this.store;
    let event = journeys.word(journey, JOURNEY.first);
    for (let left = journeys.word(journey, JOURNEY.count); left > 0; left--) {
      const chunk = events.chunk(event);
      if ((chunk.flags[event & CHUNK_MASK]! & EVENT_BIT.lost) !== 0) return true;
      event = chunk.next[event & CHUNK_MASK]!;
    }
    return false;
  }

  private charge(grewAt: number, by: number): void {
    const { events, hops } = this.store;
    const hop = events.chunk(grewAt).hop[grewAt & CHUNK_MASK]!;
    hops.metadataLost[hop]! += by;
    this.atHop[hop]! += by;
  }
}
