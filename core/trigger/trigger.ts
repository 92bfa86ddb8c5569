/**
 * Keeps nothing of a stream until a journey meets a condition, then that journey whole, with so many before and after
 * it. In go whole pcapng blocks as the probe writes them, out come those that the capture has: of packets only
 * whole journeys, everything else as it is. What is left out is counted in gap blocks of the cause `trigger`.
 *
 * Journeys before are those whose last event came last; they are kept to their end, like the one that met the
 * condition and those that begin after it. When as many as asked for have begun, the trigger is armed again: a journey
 * that meets the condition meanwhile is kept, too, and told, but has no others kept for it.
 */
import { BLOCK_EPB, BLOCK_ISB, BLOCK_SHB } from '#core/pcapng/blocks.ts';
import { CaptureReader } from '#core/pcapng/reader.ts';
import type { CaptureSink, CustomBlock, InterfaceInfo, PacketView, SectionInfo } from '#core/pcapng/types.ts';
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { compileSchema, type AreaDecoder } from '#core/metadata/scan.ts';
import type { MetadataSchema } from '#core/metadata/types.ts';
import { MAX_JOURNEY_EVENTS } from '#core/store/view.ts';
import { filterBlock, triggeredBlock } from './blocks.ts';
import { firedText, type Condition } from './condition.ts';
import { JOURNEY_FLAG, JourneyRing, NONE, RING_BYTES, RING_JOURNEYS } from './journey-ring.ts';
import { JourneyWatch } from './journey-watch.ts';
import { LeftOut } from './left-out.ts';

export const DEFAULT_BEFORE = 100;
export const DEFAULT_AFTER = 100;
/** More before than fit the ring would be asked for in vain. */
export const MAX_AROUND = 10_000;
/** After so many a trigger keeps nothing more: what fires all the time is no trigger. */
export const MAX_TRIGGER_FIRINGS = 1000;
/** How often gaps are told while nothing else is, in time of the events. */
const GAP_INTERVAL_MS = 10_000;
/** Of an Enhanced Packet Block, in front of the packet. */
const EPB_DATA_OFFSET = 28;
const NS_PER_MS = 1e6;
const U32 = 0x1_0000_0000;

const journeyName = (idHi: number, idLo: number): string => `journey ${(BigInt(idHi) << 32n) | BigInt(idLo)}`;

export interface TriggerOptions {
  readonly condition: Condition;
  /** Journeys, 0 … MAX_AROUND. */
  readonly before: number;
  readonly after: number;
  /** Whether it keeps nothing more after the first time. */
  readonly once: boolean;
  readonly maxFirings?: number;
  readonly ringBytes?: number;
  readonly ringJourneys?: number;
}

/** Whole blocks for the capture, valid during the call. */
export type Emit = (bytes: Uint8Array, start: number, length: number) => void;

export type TriggerPhase = 'armed' | 'following' | 'spent';

export class Trigger {
  readonly options: TriggerOptions;
  phase: TriggerPhase = 'armed';
  /** Events that came. */
  seen = 0;
  /** Journeys that met the condition and are kept. */
  firings = 0;
  /** Of the last of them: `journey 7: metadata lost at eth0:tcx/ingress@last`; '' = none. */
  lastFiring = '';
  /** Journeys that had lost their first events when they met the condition. */
  cut = 0;
  private readonly emit: Emit;
  private readonly maxFirings: number;
  private readonly ring: JourneyRing;
  private readonly leftOut = new LeftOut();
  private reader: CaptureReader | null = null;
  private watch: JourneyWatch;
  private decoder: AreaDecoder | null = null;
  /** Journeys that are still to begin. */
  private toFollow = 0;
  /** Journeys kept that have not been freed yet. */
  private open = 0;
  private filterTold = false;
  private inRun = false;
  private runBytes: Uint8Array = new Uint8Array(0);
  private runStart = 0;
  private runEnd = 0;
  private replacement: Uint8Array | null = null;
  private gapsToldMs = 0;
  private readonly event = { interface: 0, eventStart: 0, eventLength: 0, tsHi: 0, tsLo: 0, taken: false };
  private readonly found: number[] = [];
  private readonly sink: CaptureSink = {
    section: (info: SectionInfo) => this.watch.section(info),
    interface: (info: InterfaceInfo) => this.watch.interface(info),
    custom: (block: CustomBlock) => this.custom(block),
    packet: (p: PacketView) => {
      if (this.inRun) this.packet(p);
    },
    statistics: () => undefined,
    problem: () => undefined,
  };

  constructor(options: TriggerOptions, emit: Emit) {
    this.options = options;
    this.emit = emit;
    this.maxFirings = options.maxFirings ?? MAX_TRIGGER_FIRINGS;
    this.ring = new JourneyRing(
      { leftOut: (id, tsHi, tsLo) => this.leftOut.leaveOut(id, tsHi, tsLo) },
      options.ringBytes ?? RING_BYTES,
      options.ringJourneys ?? RING_JOURNEYS,
    );
    this.watch = this.newWatch();
  }

  /** Events that are not in the capture; those still held are not among them. */
  get leftOutEvents(): number {
    return this.leftOut.total;
  }

  /** It keeps nothing more, and every journey that is kept was seen to end. */
  get complete(): boolean {
    return this.phase === 'spent' && this.open === 0;
  }

  /** Why it can never fire as things are, a part of a sentence; '' = it can. */
  get hopeless(): string {
    return this.watch.terms.hopeless;
  }

  /** What reads metadata, unless a section brings a schema of its own. */
  useSchema(schema: MetadataSchema): void {
    this.decoder = compileSchema(schema);
    this.watch.useSchema(this.decoder);
  }

  /** Takes in a block, `length` bytes from bytes[start]; it stays as it is until `flush`. */
  block(type: number, bytes: Uint8Array, start: number, length: number): void {
    if (type === BLOCK_EPB) {
      if (this.runBytes !== bytes || this.runEnd !== start) {
        this.flush();
        this.runBytes = bytes;
        this.runStart = start;
      }
      this.runEnd = start + length;
      return;
    }
    this.flush();
    if (type === BLOCK_SHB) this.newSection();
    this.reader?.push(bytes.subarray(start, start + length));
    if (type === BLOCK_ISB) this.emitAll(this.leftOut.statistics(bytes, start, length));
    else if (!this.emitReplacement()) this.emit(bytes, start, length);
  }

  /** What stands for the block that was read last, if anything does. */
  private emitReplacement(): boolean {
    if (this.replacement === null) return false;
    this.emitAll(this.replacement);
    this.replacement = null;
    return true;
  }

  /** To be called before the bytes of the blocks that were taken in change. */
  flush(): void {
    if (this.runEnd === this.runStart) return;
    this.inRun = true;
    this.reader?.push(this.runBytes.subarray(this.runStart, this.runEnd));
    this.inRun = false;
    this.runStart = this.runEnd;
  }

  /** The stream has ended: what was held for journeys that met nothing is left out. */
  end(): void {
    this.flush();
    this.ring.clear();
    this.open = 0;
    this.tellGaps();
  }

  private newWatch(): JourneyWatch {
    return new JourneyWatch(this.options.condition.terms, this.ring, this.decoder);
  }

  private newSection(): void {
    this.end();
    this.leftOut.clear();
    this.reader = new CaptureReader(this.sink);
    this.watch = this.newWatch();
    this.filterTold = false;
  }

  private custom(block: CustomBlock): void {
    this.watch.custom(block);
    if (block.subtype !== BLOCK_SUBTYPE.filter) return;
    this.filterTold = true;
    this.replacement = filterBlock(block.body, this.told);
  }

  private get told() {
    const { condition, before, after } = this.options;
    return { condition: condition.text, before, after };
  }

  private packet(p: PacketView): void {
    const id = p.interfaceIndex;
    this.seen++;
    if (!this.filterTold) {
      this.filterTold = true;
      this.emitAll(filterBlock(null, this.told));
    }
    this.tellGapsInTime(p);
    if (!p.hasPacketId) {
      this.leftOut.leaveOut(id, p.tsHi, p.tsLo);
      return;
    }
    const { ring } = this;
    if (this.phase === 'spent') {
      const known = ring.find(p.packetIdHi, p.packetIdLo);
      if (known === NONE || (ring.flags[known]! & JOURNEY_FLAG.kept) === 0) {
        this.leftOut.leaveOut(id, p.tsHi, p.tsLo);
        return;
      }
    }
    const slot = ring.open(p.packetIdHi, p.packetIdLo);
    const { opened } = ring;
    if (opened && this.toFollow > 0) {
      this.toFollow--;
      this.keep(slot);
    }
    ring.met[slot]! |= this.watch.compare(p, id, slot);
    const has = this.watch.hasMetadata;
    const left = this.watch.leftBehind(p, id, slot, opened);
    if (ring.met[slot] !== 0 && this.meets(slot, 0) !== 0) this.fire([slot], 0, slot, p);
    if (left.length > 0) this.considerLeft(left, slot, p);
    this.hold(slot, p, has);
    if (this.watch.isEnd(id)) this.ended(slot);
    if (this.phase === 'following' && this.toFollow === 0)
      this.phase = this.options.once || this.firings >= this.maxFirings ? 'spent' : 'armed';
  }

  /** Puts the event into the capture, or into the ring until it is known whether it belongs there. */
  private hold(slot: number, p: PacketView, hasMetadata: boolean | null): void {
    const { ring, event } = this;
    const start = p.dataStart - EPB_DATA_OFFSET;
    const kept = (ring.flags[slot]! & JOURNEY_FLAG.kept) !== 0;
    let record = NONE;
    if (kept) {
      this.leftOut.keep(p.interfaceIndex);
      this.emit(p.buf, start, p.blockLength);
    }
    // Of one that is in the capture only what the next event is compared with.
    const wanted = kept ? hasMetadata === true : ring.events[slot]! < MAX_JOURNEY_EVENTS;
    if (wanted) {
      event.interface = p.interfaceIndex;
      event.eventStart = p.eventStart - start;
      event.eventLength = p.eventLength;
      event.tsHi = p.tsHi;
      event.tsLo = p.tsLo;
      event.taken = kept;
      record = ring.add(slot, event, p.buf, start, p.blockLength);
    }
    if (record === NONE && !kept) {
      ring.flags[slot]! |= JOURNEY_FLAG.cut;
      this.leftOut.leaveOut(p.interfaceIndex, p.tsHi, p.tsLo);
    }
    if (hasMetadata === false) ring.telling[slot] = NONE;
    else if (hasMetadata === true && record !== NONE) ring.telling[slot] = record;
  }

  /** Bits of the terms of the condition that the journey meets, for the first time, if it meets `more` as well; 0 = none. */
  private meets(slot: number, more: number): number {
    const { ring } = this;
    if ((ring.flags[slot]! & JOURNEY_FLAG.fired) !== 0 || this.phase === 'spent') return 0;
    if (this.firings >= this.maxFirings) return 0;
    const met = ring.met[slot]! | more;
    return this.options.condition.alternatives.find((all) => (met & all) === all) ?? 0;
  }

  /** Journeys whose payload went on in the packet of another, which they are kept with: without it nobody sees what became of theirs. */
  private considerLeft(left: readonly number[], leader: number, p: PacketView): void {
    // Not theirs for good: one that goes on was not taken in.
    const more = this.watch.metByJoining(p.interfaceIndex);
    const slots = left
      .filter((slot) => this.meets(slot, more) !== 0)
      .slice(0, this.maxFirings - this.firings);
    // None of them is seen to be freed.
    for (const slot of slots) this.ended(slot);
    if (slots.length > 0) this.fire(slots, more, leader, p);
  }

  /** Fires for journeys that meet a condition, with `more`, by the event `p` of the one in `latest`. */
  private fire(slots: readonly number[], more: number, latest: number, p: PacketView): void {
    const { ring } = this;
    const { packetIdHi: idHi, packetIdLo: idLo, tsHi, tsLo, interfaceIndex: interfaceId } = p;
    const hop = this.watch.hopName(interfaceId);
    const met = slots.map((slot) => this.meets(slot, more));
    const isCut = (slot: number): boolean => (ring.flags[slot]! & JOURNEY_FLAG.cut) !== 0;
    const cut = slots.map((slot) => isCut(slot) || isCut(latest));
    for (const slot of [...slots, latest]) this.keep(slot);
    let before = this.phase === 'armed' ? this.keepBefore(latest) : 0;
    this.emitFound();
    slots.forEach((slot, i) => {
      ring.flags[slot]! |= JOURNEY_FLAG.fired;
      this.firings++;
      if (cut[i]!) this.cut++;
      const into =
        slot === latest ? '' : `, where its payload is in the packet of ${journeyName(idHi, idLo)}`;
      const text = `${firedText(this.options.condition.terms, met[i]!, hop)}${into}`;
      const [journeyHi, journeyLo] = ring.id(slot);
      const fields = { journeyHi, journeyLo, tsHi, tsLo, interfaceId, before, cut: cut[i]!, text };
      this.emitAll(triggeredBlock(fields));
      this.lastFiring = `${journeyName(journeyHi, journeyLo)}: ${text}`;
      before = 0;
    });
    if (this.phase === 'armed') {
      this.phase = 'following';
      this.toFollow = this.options.after;
    }
  }

  /** Keeps the journeys before the latest; returns how many. Those that are not held whole are none. */
  private keepBefore(latest: number): number {
    const { ring } = this;
    let count = 0;
    for (let slot = ring.before(latest); slot !== NONE; slot = ring.before(slot)) {
      if (count === this.options.before) break;
      if ((ring.flags[slot]! & (JOURNEY_FLAG.kept | JOURNEY_FLAG.cut)) !== 0) continue;
      this.keep(slot);
      count++;
    }
    return count;
  }

  private keep(slot: number): void {
    const { ring } = this;
    if ((ring.flags[slot]! & JOURNEY_FLAG.kept) !== 0) return;
    ring.flags[slot]! |= JOURNEY_FLAG.kept;
    if ((ring.flags[slot]! & JOURNEY_FLAG.ended) === 0) this.open++;
    ring.take(slot, this.collect);
  }

  private readonly collect = (record: number): void => {
    this.found.push(record);
  };

  /** What was taken of several journeys, in order of arrival. */
  private emitFound(): void {
    const { ring, found } = this;
    found.sort((a, b) => ring.age(a) - ring.age(b));
    for (const record of found) {
      this.leftOut.keep(ring.interfaceOf(record));
      this.emit(ring.bytes, ring.blockStart(record), ring.blockLength(record));
    }
    found.length = 0;
  }

  private ended(slot: number): void {
    const flags = this.ring.flags[slot]!;
    if ((flags & (JOURNEY_FLAG.kept | JOURNEY_FLAG.ended)) === JOURNEY_FLAG.kept) this.open--;
    this.ring.flags[slot] = flags | JOURNEY_FLAG.ended;
  }

  private tellGapsInTime(p: PacketView): void {
    const ms = (p.tsHi * U32 + p.tsLo) / NS_PER_MS;
    if (this.gapsToldMs === 0) this.gapsToldMs = ms;
    if (ms - this.gapsToldMs < GAP_INTERVAL_MS) return;
    this.gapsToldMs = ms;
    this.tellGaps();
  }

  private tellGaps(): void {
    this.emitAll(this.leftOut.take());
  }

  private emitAll(bytes: Uint8Array): void {
    if (bytes.length > 0) this.emit(bytes, 0, bytes.length);
  }
}
