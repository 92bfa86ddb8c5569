/**
 * Journeys whose metadata stays behind because TCP puts their payload into the packet of another (core/diagnosis/growth.ts),
 * told where that is seen to have grown, as core/store/coalesced.ts tells it: in order of arrival, of journeys that the ring has.
 */
import { fingerprint, PRINT, PRINT_SHIFT, PRINT_WORDS } from '#core/diagnosis/fingerprint.ts';
import { holdsSince, isInQueue } from '#core/diagnosis/growth.ts';
import type { JourneySource } from '#core/diagnosis/links.ts';
import { MAX_LINK_SCAN, PrintWindow } from '#core/diagnosis/print-window.ts';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { PROTOCOL } from '#core/dissect/types.ts';
import { HOOK_BY_ID } from '#core/format/hooks.ts';
import type { PacketView } from '#core/pcapng/types.ts';
import type { HopTable } from '#core/store/hop-table.ts';
import { NONE, type JourneyRing } from './journey-ring.ts';

const NUMBER_MASK = MAX_LINK_SCAN - 1;
/** What a PrintWindow can tell apart, and more: after so many it begins anew. */
const MAX_NUMBERS = 2 ** 31;
const NO_PRINT = new Uint32Array(PRINT_WORDS);
const NO_SLOTS: readonly number[] = [];

export class JoinedSegments {
  private readonly ring: JourneyRing;
  private readonly hops: HopTable;
  private window = new PrintWindow();
  private readonly source: Pick<JourneySource, 'prints' | 'printAt'>;
  private readonly flow = createFlowFields();
  /** TCP segments that had a first event, each with a number: they are chained by it, for slots are used again. */
  private numbers = 0;
  private readonly maxNumbers: number;
  private readonly slotOf = new Uint32Array(MAX_LINK_SCAN);

  /** By slot: number of its segment, from 1; 0 = it is none. */
  private readonly number: Uint32Array;
  private readonly prints: Uint32Array;
  private readonly firstHop: Uint16Array;
  private readonly lastHop: Uint16Array;
  /** Bytes of its longest event that counts its length as the first one does. */
  private readonly longest: Uint32Array;
  /** A packet grew over its payload, and it was not seen since. */
  private readonly taken: Uint8Array;
  private readonly found: number[] = [];

  constructor(ring: JourneyRing, hops: HopTable, maxNumbers = MAX_NUMBERS) {
    this.ring = ring;
    this.maxNumbers = maxNumbers;
    this.hops = hops;
    const journeys = ring.flags.length;
    this.number = new Uint32Array(journeys);
    this.prints = new Uint32Array(journeys << PRINT_SHIFT);
    this.firstHop = new Uint16Array(journeys);
    this.lastHop = new Uint16Array(journeys);
    this.longest = new Uint32Array(journeys);
    this.taken = new Uint8Array(journeys);
    this.source = {
      prints: (number) => (this.slotWith(number) === NONE ? NO_PRINT : this.prints),
      printAt: (number) => (this.slotWith(number) === NONE ? 0 : this.slotWith(number) << PRINT_SHIFT),
    };
  }

  /**
   * Takes in an event at `hop` of the journey in `slot`, which is new when `opened`. Returns the slots of journeys whose
   * metadata was lost because their payload came with it, in the order they began, valid until the next call.
   * `hasSame(record)`: this event has the very bytes of metadata that are in that record of the ring, so nothing was lost.
   */
  take(
    p: PacketView,
    linkType: number,
    hop: number,
    slot: number,
    opened: boolean,
    hasSame: (record: number) => boolean,
  ): readonly number[] {
    this.taken[slot] = 0;
    if (opened) this.open(p, linkType, hop, slot);
    if (this.number[slot] === 0) return NO_SLOTS;
    this.lastHop[slot] = hop;
    if (!this.countsAlike(hop, this.firstHop[slot]!)) return NO_SLOTS;
    const before = this.longest[slot]!;
    if (p.originalLength <= before) return NO_SLOTS;
    this.longest[slot] = p.originalLength;
    if (before === 0 || this.hops.behindTcp[hop] === 0) return NO_SLOTS;
    return this.leaveBehind(slot, before, p.originalLength, hasSame);
  }

  private open(p: PacketView, linkType: number, hop: number, slot: number): void {
    this.number[slot] = 0;
    dissectFlow(p.buf, p.dataStart, p.dataLength, linkType, this.flow);
    if (this.flow.protocol !== PROTOCOL.tcp) return;
    const at = slot << PRINT_SHIFT;
    fingerprint(p.buf, p.dataStart, p.dataLength, p.originalLength, this.flow, this.prints, at);
    if (this.prints[at + PRINT.flow] === 0 || this.prints[at + PRINT.length] === 0) return;
    if (this.numbers === this.maxNumbers) this.beginAnew();
    this.slotOf[this.numbers & NUMBER_MASK] = slot;
    this.number[slot] = ++this.numbers;
    this.firstHop[slot] = hop;
    this.longest[slot] = 0;
  }

  /** Numbers are at their end: the segments that were seen so far are no longer looked at. */
  private beginAnew(): void {
    this.numbers = 0;
    this.number.fill(0);
    this.window = new PrintWindow();
  }

  /** An event of Rx or Tx that counts the bytes of the packet as one at `first` does: behind its MAC header, or with it. */
  private countsAlike(hop: number, first: number): boolean {
    const { places } = this.hops;
    if (places[hop]!.lane === 'end') return false;
    return (
      hop === first ||
      HOOK_BY_ID.get(places[hop]!.hook)?.linkType === HOOK_BY_ID.get(places[first]!.hook)?.linkType
    );
  }

  private leaveBehind(
    leader: number,
    before: number,
    length: number,
    hasSame: (record: number) => boolean,
  ): readonly number[] {
    const { found, prints, ring } = this;
    found.length = 0;
    const at = leader << PRINT_SHIFT;
    this.window.follow(this.source, this.numbers, 'stream', prints[at + PRINT.flow]!, (number) => {
      const slot = this.slotWith(number);
      if (slot === NONE) return true;
      if (!holdsSince(prints, at, prints, slot << PRINT_SHIFT, before, length)) return true;
      const record = ring.telling[slot]!;
      if (record === NONE || !isInQueue(this.hops.places[this.lastHop[slot]!]!)) return true;
      // A second packet that grew over it: it could be in either.
      if (this.taken[slot] !== 0 || hasSame(record)) return true;
      this.taken[slot] = 1;
      found.push(slot);
      return true;
    });
    return found.reverse();
  }

  /** Of the segment `number` (from 0); NONE: the ring has forgotten it. */
  private slotWith(number: number): number {
    const slot = this.slotOf[number & NUMBER_MASK]!;
    return this.number[slot] === number + 1 ? slot : NONE;
  }
}
