/**
 * Holds journeys and links against what the packets say they are. A numbered UDP packet says it in its payload and in
 * its metadata, a TCP segment by the place of its bytes in the stream of records: neither of which the probe or the
 * links look at as such.
 */
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { PROTOCOL } from '#core/dissect/types.ts';
import { EVENT_SIZE } from '#core/format/layout.gen.ts';
import { META_STATE } from '#core/format/structs.ts';
import type { InterfaceInfo, PacketView } from '#core/pcapng/types.ts';
import { RECORD } from '#core/store/event-columns.ts';
import { readRecordState } from '#core/store/event-record.ts';
import { linksAt } from '#core/store/journey-links.ts';
import { JOURNEY } from '#core/store/journey-table.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { StoreSink } from '#core/store/testing/store-sink.ts';
import { portOf, type Flow } from './lab.ts';

/** numbered.h */
const MAGIC = 0x77684e52;
const NUMBERED_BYTES = 16;
const NUMBER_OFFSET = 8;
const TRACE_ID = 1;
const AREA_BYTES = 12;
const TCP_SYN = 2;
const NOBODY = -1;

export interface Judgement {
  readonly events: number;
  readonly journeys: number;
  /** Packets and records that were seen at all. */
  readonly packets: number;
  /** Of them, those all of whose journeys are linked to one. */
  readonly linked: number;
  /** Journeys that hold, and links that join, packets that are not the same. */
  readonly wrongJourneys: number;
  readonly wrongLinks: number;
  /** Links by kind and certainty. */
  readonly links: ReadonlyMap<string, number>;
  /** Journeys of unlinked packets that come from nowhere, by the hop they begin at and why. */
  readonly unlinked: ReadonlyMap<string, number>;
  /** Addresses of sk_buffs that more than one packet had. */
  readonly reusedSkbs: number;
}

export class Judge extends StoreSink {
  private readonly flows: readonly Flow[];
  private readonly flow = createFlowFields();
  private readonly record = { state: 0, areaStart: 0, areaLength: 0 };
  private readonly linkTypes: number[] = [];
  /** Of each journey: the numbers that its packets hold, from .. to; NOBODY = those of no numbered packet. */
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly wrong = new Set<number>();
  /** First sequence number of each TCP flow's payload. */
  private readonly streams = new Map<Flow, number>();
  private readonly skbs = new Map<bigint, number>();
  private readonly reused = new Set<bigint>();

  constructor(flows: readonly Flow[]) {
    super();
    this.flows = flows;
  }

  override interface(info: InterfaceInfo): void {
    this.linkTypes[info.index] = info.linkType;
    super.interface(info);
  }

  override packet(p: PacketView): void {
    const event = this.store.events.count;
    super.packet(p);
    const chunk = this.store.events.chunk(event);
    const row = event & CHUNK_MASK;
    const journey = chunk.journey[row]!;
    const range = this.truth(p);
    if (range === null) return;
    const [from, to] = range;
    if (this.from[journey] === undefined) {
      this.from[journey] = from;
      this.to[journey] = to;
    } else if (from > this.to[journey]! || to < this.from[journey]) {
      this.wrong.add(journey);
    } else {
      this.from[journey] = Math.min(from, this.from[journey]);
      this.to[journey] = Math.max(to, this.to[journey]!);
    }
    if (from === NOBODY) return;
    const skb = (BigInt(chunk.record(row, RECORD.skbHi)) << 32n) | BigInt(chunk.record(row, RECORD.skbLo));
    const before = this.skbs.get(skb);
    if (before !== undefined && before !== from) this.reused.add(skb);
    this.skbs.set(skb, from);
  }

  /** Numbers of the packet, from .. to; NOBODY twice when it is no numbered one, null when its bytes do not say. */
  private truth(p: PacketView): readonly [from: number, to: number] | null {
    const { flow, buf } = { flow: this.flow, buf: p.buf };
    dissectFlow(buf, p.dataStart, p.dataLength, this.linkTypes[p.interfaceIndex]!, flow);
    if (flow.payloadOffset < 0) return flow.truncated ? null : [NOBODY, NOBODY];
    const of = this.flows.find(
      ({ family, transport, mirrored }) =>
        flow.dstPort === portOf(mirrored) &&
        flow.family === (family === 'IPv4' ? 4 : 6) &&
        flow.protocol === (transport === 'udp' ? PROTOCOL.udp : PROTOCOL.tcp),
    );
    if (of === undefined) return [NOBODY, NOBODY];
    const view = new DataView(buf.buffer, buf.byteOffset, buf.byteLength);
    const wireEnd = p.dataStart + p.originalLength;
    if (of.transport === 'tcp') {
      const sequence = view.getUint32(flow.transportOffset + 4);
      if ((flow.tcpFlags & TCP_SYN) !== 0) this.streams.set(of, sequence + 1);
      const bytes = wireEnd - flow.payloadOffset;
      const start = (sequence - (this.streams.get(of) ?? sequence)) >>> 0;
      if (bytes <= 0 || (flow.tcpFlags & TCP_SYN) !== 0 || start >= of.count * of.bytes)
        return [NOBODY, NOBODY];
      return [of.first + Math.floor(start / of.bytes), of.first + Math.ceil((start + bytes) / of.bytes) - 1];
    }
    if (flow.payloadOffset + NUMBERED_BYTES > p.dataStart + p.dataLength) return null;
    if (view.getUint32(flow.payloadOffset) !== MAGIC) return [NOBODY, NOBODY];
    const number = Number(view.getBigUint64(flow.payloadOffset + NUMBER_OFFSET));
    this.compareMetadata(p, view, number);
    return [number, number];
  }

  /** The metadata says the same, where there is any. */
  private compareMetadata(p: PacketView, view: DataView, number: number): void {
    const { record } = this;
    if (p.eventLength < EVENT_SIZE || !readRecordState(p, record)) return;
    if (record.state !== META_STATE.present || record.areaLength !== AREA_BYTES) return;
    const told = Number(view.getBigUint64(record.areaStart + 2, true));
    if (p.buf[record.areaStart] !== TRACE_ID || told !== number) {
      throw new Error(`packet ${number} has metadata of ${told} at byte ${p.blockOffset}`);
    }
  }

  judge(): Judgement {
    const { store } = this;
    const { count } = store.journeys;
    const parent = Int32Array.from({ length: count }, (_, journey) => journey);
    const root = (of: number): number => {
      let at = of;
      while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
      return at;
    };
    const links = new Map<string, number>();
    const orphans = new Map<number, string>();
    let wrongLinks = 0;
    for (let journey = 0; journey < count; journey++) {
      const found = linksAt(store, journey, Infinity);
      const [first] = found;
      if (found.every((link) => link.journey === null)) {
        orphans.set(journey, first === undefined || first.kind === 'unknown' ? 'nothing fits' : 'ambiguous');
      }
      for (const link of found) {
        if (link.journey === null) continue;
        tally(links, `${link.kind} ${link.known}`);
        if (!this.same(journey, link.journey)) wrongLinks++;
        parent[root(journey)] = root(link.journey);
      }
    }
    const packets = new Map<number, number>();
    const split = new Set<number>();
    this.eachNumber((number, journey) => {
      const before = packets.get(number);
      if (before === undefined) packets.set(number, root(journey));
      else if (before !== root(journey)) split.add(number);
    });
    const unlinked = new Map<string, number>();
    this.eachNumber((number, journey) => {
      const why = orphans.get(journey);
      if (!split.has(number) || why === undefined) return;
      orphans.delete(journey);
      const event = store.journeys.word(journey, JOURNEY.first);
      const hop = store.events.chunk(event).hop[event & CHUNK_MASK]!;
      tally(unlinked, `${store.hops.hops[hop]!.name}: ${why}`);
    });
    return {
      events: store.events.count,
      journeys: count,
      packets: packets.size,
      linked: packets.size - split.size,
      wrongJourneys: this.wrong.size,
      wrongLinks,
      links,
      unlinked,
      reusedSkbs: this.reused.size,
    };
  }

  private same(one: number, other: number): boolean {
    const a = this.from[one];
    const b = this.from[other];
    if (a === undefined || b === undefined) return true;
    return a <= this.to[other]! && b <= this.to[one]!;
  }

  private eachNumber(visit: (number: number, journey: number) => void): void {
    this.from.forEach((from, journey) => {
      if (from === NOBODY) return;
      for (let number = from; number <= this.to[journey]!; number++) visit(number, journey);
    });
  }
}

function tally(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
