/**
 * Classic pcap (draft-ietf-opsawg-pcap): one header, then records. Delivered as one section with one
 * interface, so that nothing behind the reader knows the difference.
 */
import { HOOK_NONE } from '#core/format/hooks.ts';
import {
  PCAP_HEADER_BYTES,
  PCAP_MAGIC_MODIFIED,
  PCAP_MAGIC_NS,
  PCAP_MAJOR,
  PCAP_MODIFIED_RECORD_BYTES,
  PCAP_RECORD_BYTES,
} from './blocks.ts';
import { secondsToNs } from './clock.ts';
import * as PACKET from './packet-row.ts';
import { DAMAGED, type ReaderContext, type UnitParser } from './reader-context.ts';

/** The upper bits of the link type say how long a frame check sequence is. */
const LINK_TYPE_MASK = 0xffff;

export class PcapParser implements UnitParser {
  need = PCAP_HEADER_BYTES;
  readonly #context: ReaderContext;
  readonly #time = { tsHi: 0, tsLo: 0 };
  readonly #littleEndian: boolean;
  readonly #nsPerFraction: number;
  readonly #recordBytes: number;
  #headerRead = false;

  constructor(context: ReaderContext, littleEndian: boolean, magic: number) {
    this.#context = context;
    this.#littleEndian = littleEndian;
    this.#nsPerFraction = magic === PCAP_MAGIC_NS ? 1 : 1000;
    this.#recordBytes = magic === PCAP_MAGIC_MODIFIED ? PCAP_MODIFIED_RECORD_BYTES : PCAP_RECORD_BYTES;
    context.batch.littleEndian = littleEndian;
  }

  run(buf: Uint8Array, view: DataView, start: number, end: number, base: number): number {
    this.#context.begin(buf, view, base);
    const at = this.#records(view, start, end, base);
    this.#context.deliver();
    return at;
  }

  #records(view: DataView, start: number, end: number, base: number): number {
    let at = start;
    if (!this.#headerRead) {
      if (end - at < PCAP_HEADER_BYTES) return at;
      this.#header(view, at, base);
      if (this.#context.stopped) return at;
      at += PCAP_HEADER_BYTES;
    }
    const header = this.#recordBytes;
    while (end - at >= header) {
      const captured = view.getUint32(at + 8, this.#littleEndian);
      if (captured > this.#context.limits.maxBlockBytes - header) {
        // There is nothing to resynchronise on, so this ends reading.
        this.#context.fail(
          'packet-length',
          base + at,
          `The packet here says it has ${captured} bytes.`,
          DAMAGED,
        );
        return at;
      }
      if (end - at < header + captured) {
        this.need = header + captured;
        return at;
      }
      this.#record(view, at, captured);
      at += header + captured;
    }
    this.need = header;
    return at;
  }

  /** @0 magic, @4 u16 major, @6 u16 minor, @8 zone and @12 accuracy (always 0), @16 snapLen, @20 link type. */
  #header(view: DataView, at: number, base: number): void {
    const le = this.#littleEndian;
    const { sink } = this.#context;
    const major = view.getUint16(at + 4, le);
    if (major !== PCAP_MAJOR) {
      this.#context.fail(
        'unsupported-version',
        base + at,
        `This is a pcap of version ${major}.${view.getUint16(at + 6, le)}; version 2 is what is known.`,
        'Convert it with `editcap -F pcapng IN OUT` and open OUT.',
      );
      return;
    }
    this.#headerRead = true;
    const section = this.#context.sections++;
    sink.section({
      index: section,
      offset: base + at,
      format: 'pcap',
      littleEndian: le,
      hardware: '',
      os: '',
      userAppl: '',
      comments: [],
    });
    sink.interface({
      index: this.#context.interfaces++,
      section,
      id: 0,
      linkType: view.getUint32(at + 20, le) & LINK_TYPE_MASK,
      snapLen: view.getUint32(at + 16, le),
      name: '',
      description: '',
      hardware: '',
      filter: '',
      tsNum: BigInt(this.#nsPerFraction),
      tsDen: 1n,
      tsOffsetS: 0n,
      hook: HOOK_NONE,
      ifindex: 0,
      netns: 0,
    });
  }

  /** @0 seconds, @4 fraction, @8 captured, @12 original, then the packet (after 8 more bytes if modified). */
  #record(view: DataView, at: number, captured: number): void {
    const le = this.#littleEndian;
    const { rows, count } = this.#context.batch;
    const row = count << PACKET.SHIFT;
    const data = at + this.#recordBytes;
    secondsToNs(view.getUint32(at, le), view.getUint32(at + 4, le) * this.#nsPerFraction, this.#time);
    rows[row + PACKET.START] = at;
    rows[row + PACKET.LENGTH] = this.#recordBytes + captured;
    rows[row + PACKET.INTERFACE] = 0;
    rows[row + PACKET.TS_HI] = this.#time.tsHi;
    rows[row + PACKET.TS_LO] = this.#time.tsLo;
    rows[row + PACKET.DATA_START] = data;
    rows[row + PACKET.DATA_LENGTH] = captured;
    rows[row + PACKET.ORIGINAL_LENGTH] = view.getInt32(at + 12, le);
    rows[row + PACKET.BITS] = 0;
    rows[row + PACKET.EVENT_START] = -1;
    rows[row + PACKET.EVENT_LENGTH] = 0;
    rows[row + PACKET.OPTIONS_START] = data + captured;
    rows[row + PACKET.OPTIONS_LENGTH] = 0;
    this.#context.next();
  }
}
