/**
 * A capture in memory: what `CaptureReader` delivers, as columns (event-columns.ts), journeys
 * (journey-table.ts), areas (area-table.ts) and hops (hop-table.ts). Queries are functions over it in
 * files of their own. It never throws on input; what it cannot take is a Problem.
 */
import { EVENT_CPU, EVENT_EXTENSIONS, EVENT_HASH, EVENT_HEAD } from '#core/format/layout.gen.ts';
import { EVENT_MAC_OFFSET, EVENT_MARK, EVENT_META_LEN } from '#core/format/layout.gen.ts';
import { EVENT_NETWORK_OFFSET, EVENT_PRIORITY, EVENT_PROTOCOL } from '#core/format/layout.gen.ts';
import { EVENT_SIZE, EVENT_SKB, EVENT_VLAN_TCI } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE, EXTENSION, META_STATE } from '#core/format/structs.ts';
import { compileSchema } from '#core/metadata/scan.ts';
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
import { AreaOrigins } from './area-origins.ts';
import { AreaTable } from './area-table.ts';
import { BetweenHops } from './between-hops.ts';
import { CaptureFacts } from './capture-facts.ts';
import { CostLog } from './cost-log.ts';
import { EdgeTable, reorderEdges } from './edges.ts';
import { EVENT_BIT, EventColumns, RECORD, RECORD_SHIFT, type EventChunk } from './event-columns.ts';
import { readRecordState, type RecordState } from './event-record.ts';
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
import { reorderLoss, trackLoss } from './journey-loss.ts';
import { JourneyPrints } from './journey-prints.ts';
import { reorderState, trackState } from './journey-state.ts';
import { JOURNEY, JOURNEY_BIT, JourneyTable } from './journey-table.ts';
import { CHUNK_MASK, CHUNK_SHIFT, MAX_AREA_BYTES, MAX_EVENTS, MAX_FIRINGS, MAX_HOPS } from './limits.ts';
import { LatestTelling } from './latest-telling.ts';
import { MapKeys } from './map-keys.ts';
import { MapTable } from './map-table.ts';
import { OperationTable } from './operation-table.ts';
import { ProblemList } from './problem-list.ts';
import { TlvIndex } from './tlv-index.ts';
import type { Firing } from './view.ts';
import { WordSource } from './word-source.ts';

export interface StoreOptions {
  readonly maxEvents?: number;
  readonly maxAreaBytes?: number;
  /** Of the hash tables; random unless a test wants the same run twice. It changes no result. */
  readonly seed?: number;
}

/** What `trackLoss` does with most events. */
const HAS_METADATA = JOURNEY_BIT.metadata | JOURNEY_BIT.metadataNow;

export class CaptureStore implements CaptureSink {
  readonly events = new EventColumns();
  readonly journeys: JourneyTable;
  readonly areas: AreaTable;
  readonly tlvs: TlvIndex;
  readonly hops = new HopTable();
  readonly edges = new EdgeTable();
  readonly between = new BetweenHops(this.hops.places);
  readonly prints = new JourneyPrints();
  readonly telling = new LatestTelling();
  readonly extensions: ExtensionWriter;
  readonly operations = new OperationTable();
  readonly gaps = new GapLedger();
  readonly maps = new MapTable();
  readonly mapKeys = new MapKeys();
  readonly cost = new CostLog();
  readonly facts: CaptureFacts;
  readonly flows: FlowWriter;
  readonly interfaces: InterfaceInfo[] = [];
  /** Events that came after the store was full. */
  notStored = 0;

  /** What of a trigger's condition was met, by number of the event that met it; of the first MAX_FIRINGS. */
  readonly firings = new Map<number, string>();
  /** The last of them. */
  lastFiring: Firing | null = null;
  firingCount = 0;

  private readonly maxEvents: number;
  private readonly drops = new InterfaceDrops();
  private readonly log = new ProblemList();
  private readonly record: RecordState = { state: 0, areaStart: 0, areaLength: 0 };
  /** By interface index. */
  private hopOf = new Uint16Array(64);
  private linkTypeOf = new Uint32Array(64);
  private run = 0;
  /** When the first event came that had no place. */
  private fullSince: Ns | null = null;
  private readonly source = new WordSource();

  constructor(options: StoreOptions = {}) {
    const seed = options.seed ?? Math.floor(Math.random() * 0x1_0000_0000);
    this.maxEvents = Math.min(options.maxEvents ?? MAX_EVENTS, MAX_EVENTS);
    this.journeys = new JourneyTable(seed);
    this.areas = new AreaTable(options.maxAreaBytes ?? MAX_AREA_BYTES);
    const origins = new AreaOrigins(this.events, (hop) => hopPlace(this, hop));
    this.tlvs = new TlvIndex(this.areas, origins);
    this.flows = new FlowWriter(seed);
    this.extensions = new ExtensionWriter(seed, this.prints);
    this.facts = new CaptureFacts({
      schema: (schema) => this.tlvs.addCaptured(compileSchema(schema)),
      gap: (gap) => {
        const hop = gap.interface === null ? null : this.hopOfInterface(gap.interface);
        if (gap.interface !== null && hop === null) this.gapNowhere(gap.offset);
        if (hop !== null && !isLeftOut(gap.cause)) this.hops.lost[hop]! += gap.count ?? 0;
        this.gaps.add(hop, gap.cause, gap.count, gap.from, gap.to);
      },
      triggered: (firing) => this.triggered(firing),
      cost: (body, from) => this.cost.add(body, (ifindex) => this.deviceOf(ifindex, from)),
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

  section(info: SectionInfo): void {
    this.facts.section(info, this.interfaces.length);
    this.run = this.facts.run;
  }

  interface(info: InterfaceInfo): void {
    const { hop, full } = this.hops.open(info);
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
    this.facts.custom(block);
    this.run = this.facts.run;
  }

  private triggered(firing: Firing): void {
    this.lastFiring = firing;
    this.firingCount++;
    if (this.firings.size < MAX_FIRINGS) this.firings.set(this.events.count, firing.text);
  }

  private mapSample(block: CustomBlock): void {
    const fault = this.maps.add(block.body);
    if (fault === null) return;
    if (this.maps.full) this.tableFull('map samples', block.offset);
    else {
      this.log.add({
        code: 'bad-block',
        offset: block.offset,
        cause: `The map sample here is not as it should be (${fault}); it is ignored.`,
        remedy: 'Everything else is shown. Check the program that wrote the capture.',
        fatal: false,
      });
    }
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
    const event = this.events.count;
    if (event >= this.maxEvents) {
      this.full(p);
      return;
    }
    const chunk = this.events.chunkForNext();
    const row = event & CHUNK_MASK;
    const hop = this.hopOf[p.interfaceIndex]!;
    chunk.blockOffset[row] = p.blockOffset;
    chunk.blockLength[row] = p.blockLength;
    chunk.tsHi[row] = p.tsHi;
    chunk.tsLo[row] = p.tsLo;
    chunk.interfaceIndex[row] = p.interfaceIndex;
    chunk.hop[row] = hop;
    chunk.length[row] = p.originalLength;
    if (this.hops.events[hop]!++ === 0) this.hops.first[hop] = event;

    const journey = p.hasPacketId
      ? this.journeys.open(this.run, p.packetIdHi, p.packetIdLo)
      : this.journeys.openAnonymous(this.run);
    chunk.journey[row] = journey;
    const j = this.journeys.rows(journey);
    const jAt = this.journeys.at(journey);

    let flags = this.flows.write(chunk, row, p, this.linkTypeOf[p.interfaceIndex]!);
    if ((p.tsHi | p.tsLo) !== 0) flags |= EVENT_BIT.time;
    if (p.eventLength >= EVENT_SIZE) flags |= this.storeRecord(chunk, row, p, hop, j, jAt);
    chunk.flags[row] = flags;
    if (p.hasPacketId && j[jAt + JOURNEY.count] === 0) this.flows.print(p, this.prints, journey);
    if (this.flows.full) this.tableFull('addresses', p.blockOffset);
    if (p.dropCount > 0 && !this.facts.hasLedger) this.dropsBefore(p, hop);
    this.events.count = event + 1;
    this.link(event, chunk, row, j, jAt);
  }

  /** Whither's event struct: what the kernel had, and the metadata area. Returns bits for `flags`. */
  private storeRecord(
    chunk: EventChunk,
    row: number,
    p: PacketView,
    hop: number,
    j: Uint32Array,
    jAt: number,
  ): number {
    const { record, source } = this;
    source.seek(p.buf, p.eventStart, p.eventLength);
    const from = source.words;
    const f = source.at;
    const words = chunk.records;
    const w = row << RECORD_SHIFT;
    words[w + RECORD.skbLo] = from[f + EVENT_SKB / 4]!;
    words[w + RECORD.skbHi] = from[f + EVENT_SKB / 4 + 1]!;
    words[w + RECORD.headLo] = from[f + EVENT_HEAD / 4]!;
    words[w + RECORD.headHi] = from[f + EVENT_HEAD / 4 + 1]!;
    words[w + RECORD.mark] = from[f + EVENT_MARK / 4]!;
    words[w + RECORD.hash] = from[f + EVENT_HASH / 4]!;
    chunk.cpu[row] = half(from, f, EVENT_CPU);
    const tci = half(from, f, EVENT_VLAN_TCI);
    if (tci !== 0 && chunk.vlan[row] === 0) chunk.vlan[row] = (tci & 0xfff) + 1;
    // EVENT_MAC_OFFSET and its neighbours begin whole words: records keep them as they are.
    words[w + RECORD.macData] = from[f + EVENT_MAC_OFFSET / 4]!;
    words[w + RECORD.networkFlags] = from[f + EVENT_NETWORK_OFFSET / 4]!;
    words[w + RECORD.protocolVlan] = from[f + EVENT_PROTOCOL / 4]!;
    words[w + RECORD.cpuQueue] = from[f + EVENT_CPU / 4]!;
    words[w + RECORD.priority] = from[f + EVENT_PRIORITY / 4]!;
    const extensions = half(from, f, EVENT_EXTENSIONS);

    const sound = readRecordState(p, record);
    chunk.metaLength[row] = p.buf[p.eventStart + EVENT_META_LEN]!;
    chunk.metaState[row] = record.state;
    if (record.state === META_STATE.present) {
      this.hops.withMetadata[hop]!++;
      this.hops.metadataBytes[hop]! += record.areaLength;
      const area = this.storeArea(p, j[jAt + JOURNEY.area]!);
      chunk.area[row] = area;
      if (area !== 0) j[jAt + JOURNEY.area] = area;
      else this.tableFull('metadata bytes', p.blockOffset);
    } else if (record.state !== META_STATE.none) {
      this.hops.unreadable[hop]!++;
      if (!sound) this.unsound(p.blockOffset);
    }
    if (extensions === 0 || !sound) return EVENT_BIT.recorded;
    const after = record.areaStart + ((record.areaLength + 3) & ~3);
    return EVENT_BIT.recorded | this.storeExtensions(words, w, p, extensions, after, chunk.journey[row]!);
  }

  /** Number of the area that was read into `record`; the journey's `previous` one when the bytes are the same. */
  private storeArea(p: PacketView, previous: number): number {
    const { areas, tlvs, source, record } = this;
    const { areaStart, areaLength } = record;
    const skip = areaStart - p.eventStart;
    if ((skip & 3) === 0 && source.reaches(skip + areaLength)) source.at += skip >>> 2;
    else source.seek(p.buf, areaStart, areaLength);
    const before = areas.count;
    const sameSchema = previous >= tlvs.currentFrom ? previous : 0;
    const area = areas.keep(source.words, source.at, areaLength, sameSchema);
    if (areas.count !== before) tlvs.added(area);
    return area;
  }

  private storeExtensions(
    words: Uint32Array,
    w: number,
    p: PacketView,
    extensions: number,
    start: number,
    journey: number,
  ): number {
    const last =
      this.journeys.word(journey, JOURNEY.count) === 0 ? 0 : this.journeys.word(journey, JOURNEY.last);
    const previous = this.events.chunk(last).record(last & CHUNK_MASK, RECORD.extras);
    if ((extensions & EXTENSION.operations) !== 0 && !this.operations.take(this.events.count, p)) {
      this.tableFull('operations', p.blockOffset);
    }
    const bits = this.extensions.write(words, w, p, extensions, start, journey, previous);
    if (this.extensions.refused !== '') this.tableFull(this.extensions.refused, p.blockOffset);
    return bits;
  }

  /** Appends the event to its journey and keeps count of where journeys lose their metadata. */
  private link(event: number, chunk: EventChunk, row: number, j: Uint32Array, jAt: number): void {
    const count = j[jAt + JOURNEY.count]!;
    const previous = count === 0 ? -1 : j[jAt + JOURNEY.last]!;
    if (count === 0) {
      j[jAt + JOURNEY.first] = event;
    } else {
      const last = j[jAt + JOURNEY.last]!;
      const before = this.events.chunks[last >>> CHUNK_SHIFT]!;
      const lastRow = last & CHUNK_MASK;
      before.next[lastRow] = event;
      const hi = chunk.tsHi[row]! - before.tsHi[lastRow]!;
      if (hi < 0 || (hi === 0 && chunk.tsLo[row]! < before.tsLo[lastRow]!)) {
        if ((j[jAt + JOURNEY.flags]! & JOURNEY_BIT.unordered) === 0) this.journeys.unordered++;
        j[jAt + JOURNEY.flags]! |= JOURNEY_BIT.unordered;
      }
      if ((j[jAt + JOURNEY.flags]! & JOURNEY_BIT.unordered) === 0) {
        const had = before.metaState[lastRow] === META_STATE.present;
        const has = chunk.metaState[row] === META_STATE.present;
        this.edges.add(before.hop[lastRow]!, chunk.hop[row]!, had, has);
      }
    }
    j[jAt + JOURNEY.last] = event;
    j[jAt + JOURNEY.count] = count + 1;
    if ((j[jAt + JOURNEY.flags]! & JOURNEY_BIT.unordered) !== 0) {
      reorderLoss(this, chunk.journey[row]!);
      reorderEdges(this, chunk.journey[row]!, event, previous);
      reorderState(this, chunk.journey[row]!, event, previous);
      return;
    }
    if ((chunk.flags[row]! & EVENT_BIT.recorded) !== 0) trackState(this, event, chunk, row, previous);
    else if (previous >= 0) this.telling.passOver(this, chunk.journey[row]!, previous);
    if (chunk.metaState[row] === META_STATE.present) j[jAt + JOURNEY.flags]! |= HAS_METADATA;
    else if ((chunk.flags[row]! & EVENT_BIT.recorded) !== 0) trackLoss(this, chunk, row, j, jAt);
  }

  /** Device with this ifindex among the interfaces from `from` on, '' = none. */
  private deviceOf(ifindex: number, from: number): string {
    const found = this.interfaces.findIndex((info, index) => index >= from && info.ifindex === ifindex);
    return found < 0 ? '' : this.hops.hops[this.hopOf[found]!]!.device;
  }

  /** Hop of an interface by its index in the whole capture; null when there is none. */
  private hopOfInterface(index: number): number | null {
    return this.interfaces[index] === undefined ? null : this.hopOf[index]!;
  }

  private dropsBefore(p: PacketView, hop: number): void {
    const from = this.drops.atPacket(p.interfaceIndex, p.dropCount, p.tsHi, p.tsLo);
    this.hops.lost[hop]! += p.dropCount;
    this.gaps.add(hop, CAUSE_INTERFACE_DROP, p.dropCount, from, nsFromParts(p.tsHi, p.tsLo));
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

  private tableFull(what: string, offset: number): void {
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

/** The u16 at byte `offset` (a constant) of a struct that begins at word `at`. */
function half(words: Uint32Array, at: number, offset: number): number {
  return (words[at + (offset >>> 2)]! >>> (8 * (offset & 2))) & 0xffff;
}

function enlarged<T extends Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
