/** Whither's event struct into the columns: what the kernel had, and the metadata area. */
import { EVENT_CPU, EVENT_HASH, EVENT_HEAD, EVENT_HEADER_LEN } from '#core/format/layout.gen.ts';
import { EVENT_MAC_OFFSET, EVENT_MARK, EVENT_NETWORK_OFFSET } from '#core/format/layout.gen.ts';
import { EVENT_PRIORITY, EVENT_PROTOCOL, EVENT_SIZE } from '#core/format/layout.gen.ts';
import { EVENT_SKB, EVENT_VERSION } from '#core/format/layout.gen.ts';
import { META_STATE } from '#core/format/structs.ts';
import { BATCH_PACKETS, type PacketBatch } from '#core/pcapng/packet-batch.ts';
import * as PACKET from '#core/pcapng/packet-row.ts';
import type { AreaTable } from './area-table.ts';
import { EVENT_BIT, RECORD, RECORD_SHIFT, type EventChunk } from './event-columns.ts';
import { recordState } from './event-record.ts';
import type { HopTable } from './hop-table.ts';
import { JOURNEY, type JourneyTable } from './journey-table.ts';
import type { TlvIndex } from './tlv-index.ts';

export class RecordWriter {
  /** Of the packets of the last `write`: where their extensions begin in the buffer, 0 = there are none. */
  readonly extensionsAt = new Int32Array(BATCH_PACKETS);
  /** Where their areas are, and how long they are, 0 = there is none. */
  private readonly areaAt = new Int32Array(BATCH_PACKETS);
  private readonly areaLength = new Int32Array(BATCH_PACKETS);
  /** Packets of the last `write` whose area had no place, and whose struct contradicts itself: the first, -1 = none. */
  fullAt = -1;
  unsoundAt = -1;
  private readonly areas: AreaTable;
  private readonly tlvs: TlvIndex;
  private readonly journeys: JourneyTable;
  private readonly hops: HopTable;

  constructor(areas: AreaTable, tlvs: TlvIndex, journeys: JourneyTable, hops: HopTable) {
    this.areas = areas;
    this.tlvs = tlvs;
    this.journeys = journeys;
    this.hops = hops;
  }

  /** Fills rows `row` on, whose hops, journeys and flags are there, from packets `from` to `to` - 1. */
  write(chunk: EventChunk, row: number, batch: PacketBatch, from: number, to: number): void {
    this.fullAt = -1;
    this.unsoundAt = -1;
    if (!this.writeRecords(chunk, row, batch, from, to)) return;
    this.count(chunk, row, from, to);
    this.keepAreas(chunk, row, batch.view, from, to);
  }

  /** In a loop without a call. Returns whether any packet had a struct. */
  private writeRecords(
    chunk: EventChunk,
    row: number,
    batch: PacketBatch,
    from: number,
    to: number,
  ): boolean {
    const { view, rows } = batch;
    const { extensionsAt, areaAt, areaLength } = this;
    const { flags, cpu, vlan, metaLength, metaState } = chunk;
    let words: Uint32Array | null = null;
    for (let i = from; i < to; i++, row++) {
      extensionsAt[i] = 0;
      areaLength[i] = 0;
      const packet = i << PACKET.SHIFT;
      const length = rows[packet + PACKET.EVENT_LENGTH]!;
      if (length < EVENT_SIZE) continue;
      words ??= chunk.records;
      const at = rows[packet + PACKET.EVENT_START]!;
      const w = row << RECORD_SHIFT;
      words[w + RECORD.skbLo] = view.getInt32(at + EVENT_SKB, true);
      words[w + RECORD.skbHi] = view.getInt32(at + EVENT_SKB + 4, true);
      words[w + RECORD.headLo] = view.getInt32(at + EVENT_HEAD, true);
      words[w + RECORD.headHi] = view.getInt32(at + EVENT_HEAD + 4, true);
      words[w + RECORD.mark] = view.getInt32(at + EVENT_MARK, true);
      words[w + RECORD.hash] = view.getInt32(at + EVENT_HASH, true);
      // Words of two u16 are kept as they stand in the struct.
      words[w + RECORD.macData] = view.getInt32(at + EVENT_MAC_OFFSET, true);
      words[w + RECORD.networkFlags] = view.getInt32(at + EVENT_NETWORK_OFFSET, true);
      const protocolVlan = view.getInt32(at + EVENT_PROTOCOL, true);
      words[w + RECORD.protocolVlan] = protocolVlan;
      const cpuQueue = view.getInt32(at + EVENT_CPU, true);
      words[w + RECORD.cpuQueue] = cpuQueue;
      words[w + RECORD.priority] = view.getInt32(at + EVENT_PRIORITY, true);
      cpu[row] = cpuQueue;
      const tci = protocolVlan >>> 16;
      if (tci !== 0 && vlan[row] === 0) vlan[row] = (tci & 0xfff) + 1;

      const what = view.getInt32(at + EVENT_VERSION, true);
      const sizes = view.getInt32(at + EVENT_HEADER_LEN, true);
      const state = recordState(what, sizes, length);
      flags[row] = flags[row]! | EVENT_BIT.recorded;
      metaLength[row] = what >>> 24;
      if (state < 0) {
        metaState[row] = META_STATE.unreadable;
        if (this.unsoundAt < 0) this.unsoundAt = i;
        continue;
      }
      metaState[row] = state;
      const bytes = state === META_STATE.present ? what >>> 24 : 0;
      areaAt[i] = at + (sizes & 0xffff);
      areaLength[i] = bytes;
      if (sizes >>> 16 !== 0) extensionsAt[i] = areaAt[i]! + ((bytes + 3) & ~3);
    }
    return words !== null;
  }

  /** What hops are told of. */
  private count(chunk: EventChunk, row: number, from: number, to: number): void {
    const { withMetadata, metadataBytes, unreadable } = this.hops;
    const { areaLength } = this;
    const { metaState, hop } = chunk;
    for (let i = from; i < to; i++, row++) {
      const state = metaState[row];
      if (state === META_STATE.present) {
        withMetadata[hop[row]!]!++;
        metadataBytes[hop[row]!]! += areaLength[i]!;
      } else if (state !== META_STATE.none) unreadable[hop[row]!]!++;
    }
  }

  private keepAreas(chunk: EventChunk, row: number, view: DataView, from: number, to: number): void {
    const { areas, tlvs, areaAt, areaLength, journeys } = this;
    const { journey, area } = chunk;
    const before = areas.count;
    const { currentFrom } = tlvs;
    for (let i = from; ; i++) {
      i = areas.findChanged(
        view,
        areaAt,
        areaLength,
        i,
        to,
        journeys,
        journey,
        area,
        row + i - from,
        currentFrom,
      );
      if (i === to) break;
      const kept = areas.keep(view, areaAt[i]!, areaLength[i]!, 0);
      const at = row + i - from;
      area[at] = kept;
      if (kept !== 0) journeys.rows(journey[at]!)[journeys.at(journey[at]!) + JOURNEY.area] = kept;
      else if (this.fullAt < 0) this.fullAt = i;
    }
    if (areas.count !== before) tlvs.added();
  }
}
