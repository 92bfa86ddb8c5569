/** Protocol, addresses and ports of a packet into the event columns. */
import { IPV6_BYTES, MAC_BYTES } from '#core/dissect/addresses.ts';
import { fingerprint } from '#core/diagnosis/fingerprint.ts';
import { createFlowFields, dissectFlow } from '#core/dissect/flow.ts';
import { PROTOCOL } from '#core/dissect/types.ts';
import type { PacketView } from '#core/pcapng/types.ts';
import { BytesTable } from './bytes-table.ts';
import { EVENT_BIT, type EventChunk } from './event-columns.ts';
import type { JourneyPrints } from './journey-prints.ts';
import { MAX_INTERNED } from './limits.ts';

const LINKTYPE_ETHERNET = 1;
const ETHERNET_BYTES = 14;

export class FlowWriter {
  /** Addresses, by the numbers in the columns `src` and `dst`. */
  readonly ipv6: BytesTable;
  readonly macs: BytesTable;
  private readonly flow = createFlowFields();

  constructor(seed: number) {
    this.ipv6 = new BytesTable(IPV6_BYTES, MAX_INTERNED, seed);
    this.macs = new BytesTable(MAC_BYTES, MAX_INTERNED, seed);
  }

  /** Fills row `row`. Returns bits for the `flags` column. */
  write(chunk: EventChunk, row: number, p: PacketView, linkType: number): number {
    const { flow } = this;
    const { buf } = p;
    dissectFlow(buf, p.dataStart, p.dataLength, linkType, flow);
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
      chunk.src[row] = bigEndianU32(buf, flow.srcOffset);
      chunk.dst[row] = bigEndianU32(buf, flow.dstOffset);
      return flags | EVENT_BIT.ipv4;
    }
    if (flow.family === 6) {
      chunk.src[row] = this.ipv6.intern(buf, flow.srcOffset);
      chunk.dst[row] = this.ipv6.intern(buf, flow.dstOffset);
      return flags | EVENT_BIT.ipv6;
    }
    if (flow.protocol === PROTOCOL.unknown || linkType !== LINKTYPE_ETHERNET) return flags;
    if (p.dataLength < ETHERNET_BYTES) return flags;
    chunk.src[row] = this.macs.intern(buf, p.dataStart + MAC_BYTES);
    chunk.dst[row] = this.macs.intern(buf, p.dataStart);
    return flags | EVENT_BIT.mac;
  }

  /** Prints the packet of the last `write`, which is the first of its journey. */
  print(p: PacketView, prints: JourneyPrints, journey: number): void {
    const words = prints.open(journey);
    fingerprint(p.buf, p.dataStart, p.dataLength, p.originalLength, this.flow, words, prints.at(journey));
  }

  /** Some address had no place in its table and is missing from its row. */
  get full(): boolean {
    return this.ipv6.refused || this.macs.refused;
  }
}

function bigEndianU32(buf: Uint8Array, at: number): number {
  return ((buf[at]! << 24) | (buf[at + 1]! << 16) | (buf[at + 2]! << 8) | buf[at + 3]!) >>> 0;
}
