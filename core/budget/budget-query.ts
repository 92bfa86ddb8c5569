/**
 * The budget of the metadata area over all loaded packets. A query, journey by journey; `advance` takes them in bounded
 * steps, and run again it is of what is loaded then.
 */
import { META_STATE } from '#core/format/structs.ts';
import { largestArea, roomInFront, roomOf } from '#core/lint/headroom.ts';
import { gapsOf } from '#core/metadata/gaps.ts';
import { createAreaScan, type AreaDecoder } from '#core/metadata/scan.ts';
import { TRAITS_HEADER_BYTES } from '#core/metadata/traits-scan.ts';
import type { CaptureStore } from '#core/store/capture-store.ts';
import { journeyEvents } from '#core/store/journey-events.ts';
import { CHUNK_MASK } from '#core/store/limits.ts';
import { adviceOf, type AdviceInput } from './advice.ts';
import { TypeTally } from './type-tally.ts';
import type { Budget, BudgetHop } from './types.ts';

interface HopTally {
  events: number;
  least: number;
  most: number;
  bytes: number;
  values: number;
  headers: number;
  unread: number;
  growth: number;
  allowed: number | null;
  front: number | null;
}

export class BudgetQuery {
  private readonly store: CaptureStore;
  private readonly end: number;
  private cursor = 0;
  private readonly hops = new Map<number, HopTally>();
  private readonly types = new Map<AreaDecoder, Map<number, TypeTally>>();
  private readonly scan = createAreaScan();
  private packets = 0;
  /** Of the last area of each packet, which has most in it: what it is made of, all packets together. */
  private readonly last = { areas: 0, bytes: 0, padding: 0, traits: 0, traitless: 0, struct: 0 };

  constructor(store: CaptureStore) {
    this.store = store;
    this.end = store.journeys.count;
  }

  /** Looks at journeys with together about `budget` events; true when there are no more. */
  advance(budget: number): boolean {
    for (let left = budget; left > 0 && this.cursor < this.end; this.cursor++) {
      left -= this.take(this.cursor);
    }
    return this.cursor === this.end;
  }

  /** Of the journeys that `advance` has looked at. */
  budget(): Budget {
    const { hops } = this.store.hops;
    const rows = [...this.hops].map(([hop, tally]) => hopRow(hop, tally));
    rows.sort((a, b) => hops[a.hop]!.order - hops[b.hop]!.order || a.hop - b.hop);
    const tallies = [...this.types.values()].flatMap((byType) => [...byType.values()]);
    tallies.sort((a, b) => b.bytes - a.bytes);
    const input: AdviceInput = { hops: rows, types: tallies, packets: this.packets, last: this.last };
    return {
      hops: rows,
      types: tallies.map((tally) => tally.row()),
      advice: adviceOf(input),
      packets: this.packets,
    };
  }

  /** Returns how many events it has looked at. */
  private take(journey: number): number {
    const { events, areas, tlvs, hops } = this.store;
    const all = journeyEvents(this.store, journey);
    let before = -1;
    let last = 0;
    for (const event of all) {
      const chunk = events.chunk(event);
      const row = event & CHUNK_MASK;
      const area = chunk.area[row]!;
      if (chunk.metaState[row] !== META_STATE.present || area === 0) continue;
      const length = areas.length(area);
      const hop = this.hopOf(chunk.hop[row]!, length);
      hop.events++;
      hop.bytes += length;
      hop.least = Math.min(hop.least, length);
      hop.most = Math.max(hop.most, length);
      hop.growth += before < 0 ? 0 : length - before;
      before = length;
      const room = roomOf(chunk, row, hops.hops[chunk.hop[row]!]!.hook);
      if (room !== null) {
        hop.allowed = Math.min(hop.allowed ?? Infinity, largestArea(room));
        hop.front = Math.min(hop.front ?? Infinity, roomInFront(room, length));
      }
      const decoder = tlvs.decoderFor(area);
      if (decoder === null) hop.unread += length;
      else this.inside(decoder, area, journey, hop, area !== last);
      last = area;
    }
    if (last !== 0) {
      this.packets++;
      this.whole(last);
    }
    return Math.max(1, all.length);
  }

  /** What an area at a hop is made of. `isNew`: it is not that of the event before. */
  private inside(decoder: AreaDecoder, area: number, journey: number, hop: HopTally, isNew: boolean): void {
    const { areas } = this.store;
    const { scan } = this;
    const page = areas.page(area);
    const start = areas.start(area);
    decoder.scan(page, start, areas.length(area), scan);
    for (let i = 0; i < scan.count; i++) {
      hop.values += scan.valueLength[i]!;
      hop.headers += scan.length[i]! - scan.valueLength[i]!;
      if (isNew) this.typeOf(decoder, scan.type[i]!, scan.column[i]!).add(scan, i, page, start, journey);
    }
    if (decoder.schema.framing.kind === 'traits' && scan.end >= TRAITS_HEADER_BYTES) {
      hop.headers += TRAITS_HEADER_BYTES;
    }
  }

  private whole(area: number): void {
    const decoder = this.store.tlvs.decoderFor(area);
    if (decoder === null) return;
    const bytes = this.store.areas.bytes(area);
    const { scan, last } = this;
    decoder.scan(bytes, 0, bytes.length, scan);
    last.areas++;
    last.bytes += bytes.length;
    for (const { kind, length } of gapsOf(decoder, bytes)) if (kind !== 'header') last.padding += length;
    let traits = TRAITS_HEADER_BYTES;
    let values = 0;
    let fits = true;
    for (let i = 0; i < scan.count; i++) {
      const length = scan.valueLength[i]!;
      values += length;
      fits &&= length <= 8;
      traits += length === 0 ? 0 : length <= 4 ? 4 : 8;
    }
    if (fits) last.traits += traits;
    else last.traitless++;
    last.struct += (values + 3) & ~3;
  }

  private hopOf(hop: number, length: number): HopTally {
    let tally = this.hops.get(hop);
    if (tally === undefined) {
      tally = {
        events: 0,
        least: length,
        most: length,
        bytes: 0,
        values: 0,
        headers: 0,
        unread: 0,
        growth: 0,
        allowed: null,
        front: null,
      };
      this.hops.set(hop, tally);
    }
    return tally;
  }

  private typeOf(decoder: AreaDecoder, type: number, column: number): TypeTally {
    let byType = this.types.get(decoder);
    if (byType === undefined) this.types.set(decoder, (byType = new Map<number, TypeTally>()));
    let tally = byType.get(type);
    if (tally === undefined) byType.set(type, (tally = new TypeTally(decoder, type, column)));
    return tally;
  }
}

function hopRow(hop: number, tally: HopTally): BudgetHop {
  const { events, least, most, allowed, front } = tally;
  const mean = tally.bytes / events;
  const values = tally.values / events;
  const headers = tally.headers / events;
  const unread = tally.unread / events;
  return {
    hop,
    events,
    least,
    mean,
    most,
    allowed,
    front,
    values,
    headers,
    padding: mean - values - headers - unread,
    unread,
    growth: tally.growth / events,
  };
}
