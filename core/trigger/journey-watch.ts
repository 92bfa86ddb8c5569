/**
 * What of a condition each event meets, told against the event of its journey before, as `inspect` tells it: in order
 * of arrival. An event that is older than the one before it is not compared: it never fires, where the page, which
 * has the whole journey, would put it first.
 */
import { EVENT_SIZE } from '#core/format/layout.gen.ts';
import { META_STATE, BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { Sighting } from '#core/diagnosis/sighting.ts';
import { diagnose } from '#core/diagnosis/transition.ts';
import { createTransition, HOP_STATE } from '#core/diagnosis/types.ts';
import { chooseDecoder, choiceOf, NOWHERE } from '#core/metadata/choose.ts';
import { decoderOf } from '#core/metadata/decoder-of.ts';
import { type AreaDecoder } from '#core/metadata/scan.ts';
import { sameBytes } from '#core/pcapng/same-bytes.ts';
import type { CustomBlock, InterfaceInfo, PacketView, SectionInfo } from '#core/pcapng/types.ts';
import { BetweenHops } from '#core/store/between-hops.ts';
import { CaptureFacts } from '#core/store/capture-facts.ts';
import { compareTlvs } from '#core/store/cells.ts';
import type { EventSpan } from '#core/store/event-record.ts';
import { placeOf } from '#core/store/hop-place.ts';
import { ANYWHERE, HopTable } from '#core/store/hop-table.ts';
import { CELL } from '#core/store/view.ts';
import type { Term } from './condition.ts';
import { JoinedSegments } from './joined-segments.ts';
import { NONE, type JourneyRing } from './journey-ring.ts';
import { readDropReason, readOrigin, readSighting } from './sighting.ts';
import { TermIndex } from './terms.ts';

const NO_SLOTS: readonly number[] = [];

/** Of one section: its hops, host and schema. */
export class JourneyWatch {
  readonly terms: TermIndex;
  private readonly ring: JourneyRing;
  private readonly hops = new HopTable();
  private readonly between = new BetweenHops(this.hops.places);
  private readonly facts: CaptureFacts;
  private decoder: AreaDecoder | null;
  private choice: ReturnType<typeof choiceOf> = 'none';
  /** Hop by interface id. */
  private readonly hopOf: number[] = [];
  private readonly linkTypes: number[] = [];
  /** null: it is not asked what TCP joins, or no hook shows it. */
  private joined: JoinedSegments | null = null;
  private readonly before = new Sighting();
  private readonly now = new Sighting();
  private readonly span: { -readonly [K in keyof EventSpan]: EventSpan[K] };
  private readonly record = { state: 0, areaStart: 0, areaLength: 0 };
  private readonly beforeRecord = { state: 0, areaStart: 0, areaLength: 0 };
  private readonly transition = createTransition();

  /** `decoder` reads metadata until the section brings a schema; null = there is none. */
  constructor(terms: readonly Term[], ring: JourneyRing, decoder: AreaDecoder | null) {
    this.terms = new TermIndex(terms);
    this.ring = ring;
    this.decoder = decoder;
    if (decoder !== null) this.useSchema(decoder);
    this.span = { buf: ring.bytes, eventStart: 0, eventLength: 0 };
    this.facts = new CaptureFacts({
      // It watches one run, which keeps the schema that it has.
      schema: (schema) => {
        if (schema !== null) this.useSchema(decoderOf(schema));
      },
      gap: () => undefined,
      cost: () => true,
      triggered: () => undefined,
      // They stay in the capture, whose reader says so.
      problem: () => undefined,
    });
  }

  useSchema(decoder: AreaDecoder): void {
    this.decoder = decoder;
    this.choice = choiceOf(decoder);
    this.terms.schema(decoder);
  }

  section(info: SectionInfo): void {
    this.facts.section(info);
  }

  interface(info: InterfaceInfo): void {
    const { hop } = this.hops.open(info, ANYWHERE);
    this.hopOf[info.id] = hop;
    this.linkTypes[info.id] = info.linkType;
    this.terms.hop(hop, this.hops.hops[hop]!);
    if (this.hops.behindTcp[hop] !== 0 && this.terms.forState(HOP_STATE.lost, hop) !== 0)
      this.joined ??= new JoinedSegments(this.ring, this.hops);
  }

  custom(block: CustomBlock): void {
    this.facts.custom(block);
    if (block.subtype === BLOCK_SUBTYPE.host) this.terms.host(this.facts.host?.dropReasons ?? new Map());
  }

  /** `eth0:tcx/ingress@last` */
  hopName(interfaceId: number): string {
    return this.hops.hops[this.hopOf[interfaceId]!]!.name;
  }

  /** Packets that come there were freed. */
  isEnd(interfaceId: number): boolean {
    return this.hops.places[this.hopOf[interfaceId]!]!.lane === 'end';
  }

  /** Whether the event that was compared last says that its packet has metadata, or that it has none; null = neither. */
  get hasMetadata(): boolean | null {
    if (this.record.state === META_STATE.present) return true;
    return this.record.state === META_STATE.none ? false : null;
  }

  /**
   * The event that was compared last, of the journey in `slot`, `opened` by it: slots of the journeys that are lost by what TCP
   * put into its packet, valid until the next call.
   */
  leftBehind(p: PacketView, interfaceId: number, slot: number, opened: boolean): readonly number[] {
    if (this.joined === null) return NO_SLOTS;
    const linkType = this.linkTypes[interfaceId]!;
    return this.joined.take(p, linkType, this.hopOf[interfaceId]!, slot, opened, this.hasSame);
  }

  /** Bits of the terms that those meet. */
  metByJoining(interfaceId: number): number {
    return this.terms.forState(HOP_STATE.lost, this.hopOf[interfaceId]!);
  }

  /** Whether the event that was compared last has the metadata that is in a record of the ring, byte for byte. */
  private readonly hasSame = (recordAt: number): boolean => {
    const { record, beforeRecord, before, now } = this;
    this.readBefore(recordAt);
    if (record.state !== META_STATE.present || now.bytes === null || before.bytes === null) return false;
    return sameBytes(
      now.bytes.subarray(now.start, now.start + record.areaLength),
      before.bytes.subarray(before.start, before.start + beforeRecord.areaLength),
    );
  };

  /** Bits of the terms that an event of the journey in `slot` meets. */
  compare(p: PacketView, interfaceId: number, slot: number): number {
    const { now, record, transition, ring, terms } = this;
    if (p.eventLength < EVENT_SIZE) {
      record.state = META_STATE.unreadable;
      return 0;
    }
    const hop = this.hopOf[interfaceId]!;
    readSighting(p, this.hops.places[hop]!, record, now);
    let bits = 0;
    const reason = readDropReason(p, record);
    if (reason >= 0) bits |= terms.forDrop(reason);
    const telling = ring.telling[slot]!;
    if (telling === NONE && record.state === META_STATE.none) return bits;
    if (telling !== NONE && isOlder(p, ring.tsHi(telling), ring.tsLo(telling))) return bits;
    let from = telling === NONE ? -1 : this.readBefore(telling);
    if (telling === NONE && record.state === META_STATE.present) {
      const origin = readOrigin(p, record);
      if (origin !== null) {
        // A clone came with what it has (core/store/sighting-of.ts).
        from = this.readClonedFrom(origin);
        if (from < 0) {
          readSighting(p, this.hops.places[hop]!, this.beforeRecord, this.before);
          from = hop;
        }
      }
    }
    const { host } = this.facts;
    diagnose(
      from < 0 ? null : this.before,
      now,
      this.between.get(from, hop, host).between,
      host?.kernelVersion ?? 0,
      transition,
    );
    const { state } = transition;
    if (state === HOP_STATE.changed && this.isAddition(from, hop))
      bits |= terms.forState(HOP_STATE.written, hop);
    else bits |= terms.forState(state, hop);
    // The same bytes have the same TLVs as when they were seen first.
    const same = telling !== NONE && (state === HOP_STATE.present || state === HOP_STATE.moved);
    if (terms.wantsTlvs && !same && record.state === META_STATE.present) {
      const decoder = this.decoderOf(hop, p.buf, record.areaStart, record.areaLength);
      if (decoder !== null) bits |= terms.forArea(decoder, p.buf, record.areaStart, record.areaLength);
    }
    return bits;
  }

  /** Fills `before` from a record; returns its hop. */
  private readBefore(recordAt: number): number {
    const { ring, span } = this;
    const hop = this.hopOf[ring.interfaceOf(recordAt)]!;
    span.eventStart = ring.eventStart(recordAt);
    span.eventLength = ring.eventLength(recordAt);
    readSighting(span, this.hops.places[hop]!, this.beforeRecord, this.before);
    return hop;
  }

  /** As `readBefore`, of the journey that a clone was taken of; -1 = it is not here, or does not share the head. */
  private readClonedFrom([hi, lo]: readonly [number, number]): number {
    const { ring, before, now } = this;
    const slot = ring.find(hi, lo);
    const telling = slot === NONE ? NONE : ring.telling[slot]!;
    if (telling === NONE) return -1;
    const hop = this.readBefore(telling);
    return before.headHi === now.headHi && before.headLo === now.headLo ? hop : -1;
  }

  /** Of several schemas in a document the one that reads an area seen at this hop; null = none does. */
  private decoderOf(hop: number, buf: Uint8Array, start: number, length: number): AreaDecoder | null {
    const { decoder, choice } = this;
    if (decoder === null || choice === 'none') return decoder;
    const place = choice === 'place' ? placeOf(this.hops.hops[hop]!, this.facts.host) : NOWHERE;
    return chooseDecoder(decoder, buf, start, length, place);
  }

  /** By the schema there are TLVs more and no other ones: that is `written`. */
  private isAddition(from: number, hop: number): boolean {
    const { before, now, beforeRecord, record } = this;
    if (before.bytes === null || now.bytes === null) return false;
    const old = before.bytes.subarray(before.start, before.start + beforeRecord.areaLength);
    const bytes = now.bytes.subarray(now.start, now.start + record.areaLength);
    const was = this.decoderOf(from, old, 0, old.length);
    return compareTlvs(old, was, bytes, this.decoderOf(hop, bytes, 0, bytes.length)) === CELL.written;
  }
}

function isOlder(p: PacketView, tsHi: number, tsLo: number): boolean {
  return p.tsHi < tsHi || (p.tsHi === tsHi && p.tsLo < tsLo);
}
