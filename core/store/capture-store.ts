/**
 * A capture in memory: what `CaptureReader` delivers, as columns (event-columns.ts), journeys
 * (journey-table.ts), areas (area-table.ts) and hops (hop-table.ts). Queries are functions over it in
 * files of their own. It never throws on input; what it cannot take is a Problem.
 */
import { BLOCK_SUBTYPE } from '#core/format/structs.ts';
import { decoderOf } from '#core/metadata/decoder-of.ts';
import { optionComments, readOptions } from '#core/pcapng/options.ts';
import { PacketBatch } from '#core/pcapng/packet-batch.ts';
import * as PACKET from '#core/pcapng/packet-row.ts';
import type {
  CaptureSink,
  CustomBlock,
  InterfaceInfo,
  PacketView,
  Problem,
  SectionInfo,
  StatisticsInfo,
} from '#core/pcapng/types.ts';
import { nsFromParts, type Ns } from '#core/time/ns.ts';
import type { AreaDecoder } from '#core/metadata/scan.ts';
import { AreaOrigins } from './area-origins.ts';
import { AreaTable } from './area-table.ts';
import { BetweenHops } from './between-hops.ts';
import { CaptureFacts } from './capture-facts.ts';
import { Coalesced } from './coalesced.ts';
import { CommentTable } from './comment-table.ts';
import { CostLog } from './cost-log.ts';
import { CountLog } from './count-log.ts';
import { EdgeTable } from './edges.ts';
import { EventColumns, type EventChunk } from './event-columns.ts';
import { ExtensionWriter } from './extension-writer.ts';
import { FlowWriter } from './flow-writer.ts';
import {
  CAUSE_INTERFACE_DROP,
  CAUSE_STORE_FULL,
  GapLedger,
  InterfaceDrops,
  isLeftOut,
} from './gap-ledger.ts';
import { hopPlace } from './hop-place.ts';
import { HopTable } from './hop-table.ts';
import { JourneyPrints } from './journey-prints.ts';
import { JOURNEY, JourneyTable } from './journey-table.ts';
import { appendToJourneys } from './journey-writer.ts';
import { CHUNK_EVENTS, CHUNK_MASK, MAX_AREA_BYTES, MAX_EVENTS, MAX_FIRINGS, MAX_HOPS } from './limits.ts';
import { LatestTelling } from './latest-telling.ts';
import { MapKeys } from './map-keys.ts';
import { MapTable } from './map-table.ts';
import { OperationTable } from './operation-table.ts';
import { whereKey } from './missing-hooks.ts';
import { ProblemList } from './problem-list.ts';
import { RecordWriter } from './record-writer.ts';
import { Rereading } from './rereading.ts';
import { RetoldLosses } from './retold-losses.ts';
import { TlvIndex } from './tlv-index.ts';
import type { Firing } from './view.ts';

export interface StoreOptions {
  readonly maxEvents?: number;
  readonly maxAreaBytes?: number;
  /** With how many chunks of events the first are sealed (event-columns.ts). It changes no result. */
  readonly largeChunks?: number;
  /** Of the hash tables; random unless a test wants the same run twice. It changes no result. */
  readonly seed?: number;
}

export class CaptureStore implements CaptureSink {
  readonly events: EventColumns;
  readonly journeys: JourneyTable;
  readonly areas: AreaTable;
  readonly tlvs: TlvIndex;
  readonly rereading: Rereading;
  readonly hops = new HopTable();
  readonly edges = new EdgeTable();
  readonly between = new BetweenHops(this.hops.places);
  readonly prints = new JourneyPrints();
  readonly telling = new LatestTelling();
  readonly coalesced = new Coalesced(this);
  /** Events that have got EVENT_BIT.lost since they were there, or have it no more: for the timeline, which takes them out (timeline.ts). */
  readonly retoldLosses = new RetoldLosses();
  readonly extensions: ExtensionWriter;
  readonly operations = new OperationTable();
  readonly gaps = new GapLedger();
  readonly maps = new MapTable();
  readonly mapKeys = new MapKeys();
  readonly cost = new CostLog();
  readonly counts = new CountLog();
  readonly comments = new CommentTable();
  readonly facts: CaptureFacts;
  readonly flows: FlowWriter;
  readonly records: RecordWriter;
  readonly interfaces: InterfaceInfo[] = [];
  /** Events that came after the store was full. */
  notStored = 0;

  /** What of a trigger's condition was met, by number of the event that met it, in order; the first MAX_FIRINGS. */
  readonly firings = new Map<number, Firing[]>();
  /** The last of them. */
  lastFiring: Firing | null = null;
  firingCount = 0;

  private readonly maxEvents: number;
  private readonly drops = new InterfaceDrops();
  private readonly log = new ProblemList();
  /** Of packets that come one by one. */
  private readonly single = new PacketBatch();
  /** By interface index. */
  private hopOf = new Uint16Array(64);
  private linkTypeOf = new Uint32Array(64);
  private run = 0;
  /** Of captures that were opened together: the number of the first event of each that has any, and goes on with no earlier one. */
  private readonly fileStarts: number[] = [];
  /** When the first event came that had no place. */
  private fullSince: Ns | null = null;

  constructor(options: StoreOptions = {}) {
    const seed = options.seed ?? Math.floor(Math.random() * 0x1_0000_0000);
    this.maxEvents = Math.min(options.maxEvents ?? MAX_EVENTS, MAX_EVENTS);
    this.events = new EventColumns(options.largeChunks);
    this.journeys = new JourneyTable(seed);
    this.areas = new AreaTable(options.maxAreaBytes ?? MAX_AREA_BYTES);
    const origins = new AreaOrigins(this.events, (hop) => hopPlace(this, hop));
    this.tlvs = new TlvIndex(this.areas, origins);
    this.rereading = new Rereading(this);
    this.flows = new FlowWriter(seed, this.prints);
    this.records = new RecordWriter(this.areas, this.tlvs, this.journeys, this.hops);
    this.extensions = new ExtensionWriter(seed, this.prints);
    this.facts = new CaptureFacts({
      schema: (schema) => this.tlvs.addCaptured(schema === null ? null : decoderOf(schema)),
      gap: (gap) => {
        const hop = gap.interface === null ? null : this.hopOfInterface(gap.interface);
        if (gap.interface !== null && hop === null) this.gapNowhere(gap.offset);
        if (hop !== null && !isLeftOut(gap.cause)) this.hops.lost[hop]! += gap.count ?? 0;
        this.gaps.add(hop, gap.cause, gap.count, gap.from, gap.to);
      },
      triggered: (firing) => this.triggered(firing),
      cost: (body) => this.cost.add(body, whereKey(this.facts.place), (ifindex) => this.deviceOf(ifindex)),
      problem: (problem) => this.problem(problem),
    });
  }

  get problems(): readonly Problem[] {
    return this.log.problems;
  }

  /** Also counts those that are not kept in `problems`. */
  get problemCount(): number {
    return this.log.count;
  }

  /** What reads the metadata of a journey that is not in areas: the user's schema, else the last of its run; null = none. */
  documentOf(journey: number): AreaDecoder | null {
    if (this.tlvs.userSchema !== null) return this.tlvs.current;
    const schema = this.facts.schemaOf(this.journeys.word(journey, JOURNEY.run));
    return schema === null ? null : decoderOf(schema);
  }

  section(info: SectionInfo): void {
    this.facts.section(info);
    this.run = this.facts.run;
  }

  interface(info: InterfaceInfo): void {
    this.facts.interface(info);
    const { hop, full } = this.hops.open(info, this.facts.placeOfHops());
    if (full) {
      this.log.once(
        'too-many-hops',
        0,
        `The capture has more than ${MAX_HOPS - 1} hops; the others are counted together.`,
        'Capture fewer devices at a time to see each hop.',
      );
    }
    if (info.index >= this.hopOf.length) {
      this.hopOf = enlarged(this.hopOf, new Uint16Array(2 * (info.index + 1)));
      this.linkTypeOf = enlarged(this.linkTypeOf, new Uint32Array(2 * (info.index + 1)));
    }
    this.hopOf[info.index] = hop;
    this.linkTypeOf[info.index] = info.linkType;
    this.interfaces[info.index] = info;
  }

  custom(block: CustomBlock): void {
    if (block.subtype === BLOCK_SUBTYPE.mapSample) {
      this.mapSample(block);
      return;
    }
    if (block.subtype === BLOCK_SUBTYPE.counts) {
      this.countsBlock(block);
      return;
    }
    const files = this.facts.fileCount;
    this.facts.custom(block);
    this.run = this.facts.run;
    // One that had no events made way for the next.
    if (this.facts.fileCount > files && this.fileStarts.at(-1) !== this.events.count)
      this.fileStarts.push(this.events.count);
    if (this.facts.goesOn && this.fileStarts.at(-1) === this.events.count) this.fileStarts.pop();
  }

  /** Events `start` to `end` - 1 are in the file that this event is in, or in those of one recording. */
  fileOf(event: number): { readonly start: number; readonly end: number } {
    return {
      start: this.fileStarts.findLast((start) => start <= event) ?? 0,
      end: this.fileStarts.find((start) => start > event && start < this.events.count) ?? this.events.count,
    };
  }

  private triggered(firing: Firing): void {
    this.lastFiring = firing;
    if (++this.firingCount > MAX_FIRINGS) return;
    const event = this.events.count;
    this.firings.set(event, [...(this.firings.get(event) ?? []), firing]);
  }

  private mapSample(block: CustomBlock): void {
    const fault = this.maps.add(block.body);
    if (fault === null) return;
    if (this.maps.full) this.leftOut('map samples', block.offset);
    else this.badBlock('map sample', block.offset, fault);
  }

  private countsBlock({ body, offset }: CustomBlock): void {
    const fault = this.counts.add(body, this.run, (ifindex, hook) => this.hopAt(ifindex, hook));
    if (fault !== null) this.badBlock('counts block', offset, fault);
  }

  private badBlock(what: string, offset: number, fault: string): void {
    this.log.add({
      code: 'bad-block',
      offset,
      cause: `The ${what} here is not as it should be (${fault}); it is ignored.`,
      remedy: 'Everything else is shown. Check the program that wrote the capture.',
      fatal: false,
    });
  }

  statistics(info: StatisticsInfo): void {
    if (this.facts.hasLedger || info.dropped === null) return;
    const hop = this.hopOfInterface(info.interfaceIndex);
    const more = this.drops.atStatistics(info.interfaceIndex, Number(info.dropped));
    if (hop === null || more === 0) return;
    this.hops.lost[hop]! += more;
    this.gaps.add(hop, CAUSE_INTERFACE_DROP, more, this.firstTime() ?? info.time, info.time);
  }

  problem(problem: Problem): void {
    this.log.add(problem);
  }

  packet(p: PacketView): void {
    this.single.setOne(p);
    this.packetBatch(this.single);
  }

  packetBatch(batch: PacketBatch): void {
    for (let from = 0; from < batch.count;) {
      const event = this.events.count;
      const room = Math.min(this.maxEvents - event, CHUNK_EVENTS - (event & CHUNK_MASK));
      const to = Math.min(batch.count, from + room);
      if (room > 0) this.take(batch, from, to);
      else for (let i = from; i < batch.count; i++) this.full(batch.packet(i));
      from = room > 0 ? to : batch.count;
    }
  }

  /** Takes in packets `from` to `to` - 1, which have a place in one chunk: step by step, each for all of them. */
  private take(batch: PacketBatch, from: number, to: number): void {
    const { events, flows, records } = this;
    const chunk = events.chunkForNext();
    const event = events.count;
    const row = event & CHUNK_MASK;
    const journeys = this.journeys.count;
    this.place(chunk, event, batch, from, to);
    this.journeys.openAll(this.run, batch, from, to, chunk.journey, row);
    flows.write(chunk, row, batch, from, to, this.linkTypeOf, journeys);
    records.write(chunk, row, batch, from, to);
    events.count = event + to - from;
    appendToJourneys(this, event, batch, from, to);
    if (!this.coalesced.look(event, events.count))
      this.leftOut('coalesced segments', batch.packet(from).blockOffset);
    if (flows.fullAt >= 0) this.tableFull('addresses', batch, flows.fullAt);
    if (records.fullAt >= 0) this.tableFull('metadata bytes', batch, records.fullAt);
    if (records.unsoundAt >= 0) this.unsound(batch.packet(records.unsoundAt).blockOffset);
  }

  /** What the blocks themselves say. */
  private place(chunk: EventChunk, event: number, batch: PacketBatch, from: number, to: number): void {
    const { rows, base } = batch;
    const { hopOf } = this;
    const { events, first } = this.hops;
    const { offsets, blockLength, tsHi, tsLo, interfaceIndex, hop, length } = chunk;
    let bits = 0;
    for (let i = from, row = event & CHUNK_MASK; i < to; i++, row++) {
      const packet = i << PACKET.SHIFT;
      const index = rows[packet + PACKET.INTERFACE]!;
      offsets[row] = base + rows[packet + PACKET.START]!;
      blockLength[row] = rows[packet + PACKET.LENGTH]!;
      tsHi[row] = rows[packet + PACKET.TS_HI]!;
      tsLo[row] = rows[packet + PACKET.TS_LO]!;
      interfaceIndex[row] = index;
      length[row] = rows[packet + PACKET.ORIGINAL_LENGTH]!;
      const at = hopOf[index]!;
      hop[row] = at;
      if (events[at]!++ === 0) first[at] = event + i - from;
      bits |= rows[packet + PACKET.BITS]!;
    }
    if ((bits & PACKET.HAS_DROP_COUNT) !== 0) this.dropsBefore(batch, from, to);
    if ((bits & PACKET.HAS_COMMENT) !== 0) this.keepComments(chunk, event, batch, from, to);
  }

  /** Device with this ifindex among those of the section being read, '' = none. */
  private deviceOf(ifindex: number): string {
    const found = this.facts.interfaces.find((index) => this.interfaces[index]!.ifindex === ifindex);
    return found === undefined ? '' : this.hops.hops[this.hopOf[found]!]!.device;
  }

  /** Hop of a device and hook of the section being read; null = it has declared none. */
  private hopAt(ifindex: number, hook: number): number | null {
    const found = this.facts.interfaces.findLast((index) => {
      const info = this.interfaces[index]!;
      return info.ifindex === ifindex && info.hook === hook;
    });
    return found === undefined ? null : this.hopOf[found]!;
  }

  /** Hop of an interface by its index in the whole capture; null when there is none. */
  private hopOfInterface(index: number): number | null {
    return this.interfaces[index] === undefined ? null : this.hopOf[index]!;
  }

  private keepComments(chunk: EventChunk, event: number, batch: PacketBatch, from: number, to: number): void {
    const { buf, rows, littleEndian } = batch;
    for (let i = from, row = event & CHUNK_MASK; i < to; i++, row++) {
      const packet = i << PACKET.SHIFT;
      if ((rows[packet + PACKET.BITS]! & PACKET.HAS_COMMENT) === 0) continue;
      const start = rows[packet + PACKET.OPTIONS_START]!;
      const options = readOptions(buf, start, rows[packet + PACKET.OPTIONS_LENGTH]!, littleEndian);
      const comments = optionComments(buf, options).filter((text) => text !== '');
      if (comments.length === 0) continue;
      const set = this.comments.keep(comments);
      if (set === 0) this.tableFull('comments', batch, i);
      else (chunk.comments ??= new Uint32Array(CHUNK_EVENTS))[row] = set;
    }
  }

  private dropsBefore(batch: PacketBatch, from: number, to: number): void {
    if (this.facts.hasLedger) return;
    for (let i = from; i < to; i++) {
      const { interfaceIndex, dropCount, tsHi, tsLo } = batch.packet(i);
      if (dropCount === 0) continue;
      const hop = this.hopOf[interfaceIndex]!;
      const since = this.drops.atPacket(interfaceIndex, dropCount, tsHi, tsLo);
      this.hops.lost[hop]! += dropCount;
      this.gaps.add(hop, CAUSE_INTERFACE_DROP, dropCount, since, nsFromParts(tsHi, tsLo));
    }
  }

  private unsound(offset: number): void {
    this.log.once(
      'event-struct',
      offset,
      'The record of an event here contradicts itself about its metadata.',
      'Its metadata counts as unreadable; the packet itself is shown.',
    );
  }

  private gapNowhere(offset: number): void {
    this.log.once(
      'undeclared-interface',
      offset,
      'A gap block here names an interface that its section has not declared; what it lost is counted for all hops.',
      'The capture was cut or merged wrongly: open the original.',
    );
  }

  private full(p: PacketView): void {
    this.notStored++;
    const time = nsFromParts(p.tsHi, p.tsLo);
    this.fullSince ??= time;
    this.gaps.add(null, CAUSE_STORE_FULL, 1, this.fullSince, time);
    this.log.once(
      'too-many-events',
      p.blockOffset,
      `The capture has more than ${this.maxEvents} events; those after byte ${p.blockOffset} are counted but not kept.`,
      'Cut the capture (editcap -c), or capture with a filter or sampling.',
    );
  }

  /** Some table has no place for what packet number `i` of a batch brings. */
  tableFull(what: string, batch: PacketBatch, i: number): void {
    this.leftOut(what, batch.packet(i).blockOffset);
  }

  private leftOut(what: string, offset: number): void {
    this.log.once(
      `too-many ${what}`,
      offset,
      `The capture has more ${what} than the page holds; from byte ${offset} on they are left out.`,
      'Cut the capture (editcap -c), or capture with a filter or sampling.',
    );
  }

  private firstTime(): Ns | null {
    if (this.events.count === 0) return null;
    const chunk = this.events.chunk(0);
    return nsFromParts(chunk.tsHi[0]!, chunk.tsLo[0]!);
  }
}

function enlarged<T extends Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
