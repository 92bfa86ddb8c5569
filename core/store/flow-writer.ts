/** Protocol, addresses and ports of packets into the event columns. */
import { IPV6_BYTES, MAC_BYTES } from '#core/dissect/addresses.ts';
import { fingerprint } from '#core/diagnosis/fingerprint.ts';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { ETHERNET_BYTES, IPPROTO, LINKTYPE } from '#core/dissect/constants.ts';
import { PLAIN, plainIpv4 } from '#core/dissect/plain-ipv4.ts';
import { PROTOCOL } from '#core/dissect/types.ts';
import { BATCH_PACKETS, type PacketBatch } from '#core/pcapng/packet-batch.ts';
import * as PACKET from '#core/pcapng/packet-row.ts';
import { BytesTable } from './bytes-table.ts';
import { EVENT_BIT, type EventChunk } from './event-columns.ts';
import type { JourneyPrints } from './journey-prints.ts';
import { MAX_INTERNED } from './limits.ts';

export class FlowWriter {
  /** Addresses, by the numbers in the columns `src` and `dst`. */
  readonly ipv6: BytesTable;
  readonly macs: BytesTable;
  /** The first packet of the last `write` with an address that had no place in its table; -1 = none. */
  fullAt = -1;
  private readonly prints: JourneyPrints;
  private readonly flow = createFlowFields();
  private readonly rest = new Int32Array(BATCH_PACKETS);

  constructor(seed: number, prints: JourneyPrints) {
    this.ipv6 = new BytesTable(IPV6_BYTES, MAX_INTERNED, seed);
    this.macs = new BytesTable(MAC_BYTES, MAX_INTERNED, seed);
    this.prints = prints;
  }

  /**
   * Fills rows `row` on, whose journeys are there, from packets `from` to `to` - 1, and prints the first packet of each
   * journey: those from number `journeys` on are new.
   */
  write(
    chunk: EventChunk,
    row: number,
    batch: PacketBatch,
    from: number,
    to: number,
    linkTypes: Uint32Array,
    journeys: number,
  ): void {
    this.fullAt = -1;
    const rest = this.writePlain(chunk, row, batch, from, to, linkTypes, journeys);
    for (let k = 0; k < rest; k++) {
      const i = this.rest[k]!;
      const at = row + i - from;
      chunk.flags[at]! |= this.dissect(chunk, at, batch, i << PACKET.SHIFT, linkTypes);
      if (this.fullAt < 0 && (this.ipv6.refused || this.macs.refused)) this.fullAt = i;
      const journey = chunk.journey[at]!;
      if (journey < journeys) continue;
      journeys = journey + 1;
      if ((batch.rows[(i << PACKET.SHIFT) + PACKET.BITS]! & PACKET.HAS_ID) !== 0)
        this.print(batch, i, journey);
    }
  }

  /**
   * Fills the rows of plain packets that are not the first of a journey, in a loop without a call. The others are in
   * `rest` then; returns how many.
   */
  private writePlain(
    chunk: EventChunk,
    row: number,
    batch: PacketBatch,
    from: number,
    to: number,
    linkTypes: Uint32Array,
    journeys: number,
  ): number {
    const { view, rows } = batch;
    const { rest } = this;
    const { protocol, tcpFlags, src, dst, srcPort, dstPort, flags, journey } = chunk;
    let count = 0;
    for (let i = from; i < to; i++, row++) {
      const packet = i << PACKET.SHIFT;
      const at = rows[packet + PACKET.DATA_START]!;
      const length = rows[packet + PACKET.DATA_LENGTH]!;
      const ethernet = linkTypes[rows[packet + PACKET.INTERFACE]!] === LINKTYPE.ethernet;
      const time = (rows[packet + PACKET.TS_HI]! | rows[packet + PACKET.TS_LO]!) === 0 ? 0 : EVENT_BIT.time;
      const isFirst = journey[row] === journeys;
      if (isFirst) journeys++;
      const plain = isFirst || !ethernet ? 0 : plainIpv4(view, at, length);
      if (plain === 0) {
        flags[row] = time;
        rest[count++] = i;
        continue;
      }
      src[row] = view.getInt32(at + PLAIN.src);
      dst[row] = view.getInt32(at + PLAIN.dst);
      if (plain === IPPROTO.icmp) {
        protocol[row] = PROTOCOL.icmp;
        flags[row] = time | EVENT_BIT.ipv4;
        continue;
      }
      srcPort[row] = view.getUint16(at + PLAIN.srcPort);
      dstPort[row] = view.getUint16(at + PLAIN.dstPort);
      flags[row] = time | EVENT_BIT.ipv4 | EVENT_BIT.ports;
      protocol[row] = plain === IPPROTO.udp ? PROTOCOL.udp : PROTOCOL.tcp;
      if (plain === IPPROTO.tcp) tcpFlags[row] = view.getUint8(at + PLAIN.tcpFlags);
    }
    return count;
  }

  /** Fills a row from whatever the packet is. Returns bits for the `flags` column. */
  private dissect(
    chunk: EventChunk,
    row: number,
    batch: PacketBatch,
    packet: number,
    linkTypes: Uint32Array,
  ): number {
    const { flow } = this;
    const { buf, rows, view } = batch;
    const linkType = linkTypes[rows[packet + PACKET.INTERFACE]!]!;
    const start = rows[packet + PACKET.DATA_START]!;
    const length = rows[packet + PACKET.DATA_LENGTH]!;
    dissectFlow(buf, start, length, linkType, flow);
    chunk.protocol[row] = flow.protocol;
    chunk.tcpFlags[row] = flow.tcpFlags;
    chunk.vlan[row] = flow.vlanId + 1;
    let flags = 0;
    if (flow.srcPort >= 0) {
      flags = EVENT_BIT.ports;
      chunk.srcPort[row] = flow.srcPort;
      chunk.dstPort[row] = flow.dstPort;
    }
    if (flow.family === 4) {
      chunk.src[row] = view.getInt32(flow.srcOffset);
      chunk.dst[row] = view.getInt32(flow.dstOffset);
      return flags | EVENT_BIT.ipv4;
    }
    if (flow.family === 6) {
      chunk.src[row] = this.ipv6.intern(view, flow.srcOffset);
      chunk.dst[row] = this.ipv6.intern(view, flow.dstOffset);
      return flags | EVENT_BIT.ipv6;
    }
    if (flow.protocol === PROTOCOL.unknown || linkType !== LINKTYPE.ethernet) return flags;
    if (length < ETHERNET_BYTES) return flags;
    chunk.src[row] = this.macs.intern(view, start + MAC_BYTES);
    chunk.dst[row] = this.macs.intern(view, start);
    return flags | EVENT_BIT.mac;
  }

  /** Prints the packet that was dissected last. */
  private print({ buf, rows }: PacketBatch, i: number, journey: number): void {
    const packet = i << PACKET.SHIFT;
    fingerprint(
      buf,
      rows[packet + PACKET.DATA_START]!,
      rows[packet + PACKET.DATA_LENGTH]!,
      rows[packet + PACKET.ORIGINAL_LENGTH]! >>> 0,
      this.flow,
      this.prints.open(journey),
      this.prints.at(journey),
    );
  }
}
