/**
 * A capture with the metadata of each packet as a packet comment too (opt_comment), for Wireshark that shows no custom
 * options. The comment is one line, `whither:1 meta=HEX`: the version, then `key=value` pairs apart by spaces, of which
 * a reader passes over those it does not know. Custom Blocks are left out, Whither's own with what the host, the schema and the filter were
 * among them: editcap (4.0.17) refuses to write any file that has one, and Wireshark lists each as a frame. Every other block stays as
 * it is, byte for byte, with Whither's custom options, which do no harm.
 *
 * With one hop only its packets are written, and only its interfaces: seen at each hook, a TCP segment is for Wireshark's analysis one that
 * was sent again and again, and a pcap can be made of it, which has one link type.
 */
import * as L from '#core/format/layout.gen.ts';
import { MAGIC_EVENT, META_STATE, PEN } from '#core/format/structs.ts';
import { formatHex } from '#core/dissect/addresses.ts';
import {
  BLOCK_CUSTOM,
  BLOCK_CUSTOM_NO_COPY,
  BLOCK_EPB,
  BLOCK_IDB,
  BLOCK_ISB,
  BLOCK_MIN_BYTES,
  BLOCK_PB,
  BLOCK_SHB,
  BLOCK_SPB,
  BYTE_ORDER_MAGIC,
  BYTE_ORDER_MAGIC_SWAPPED,
  EPB_MIN_BYTES,
  OPT_COMMENT,
  OPT_CUSTOM_BINARY,
} from '#core/pcapng/blocks.ts';
import { BlockBuffer } from '#core/pcapng/block-buffer.ts';
import { DEFAULT_LIMITS } from '#core/pcapng/limits.ts';
import { readOptions } from '#core/pcapng/options.ts';
import { encodeUtf8 } from '#core/pcapng/text.ts';
import { OneHop } from './one-hop.ts';

const NOTHING = new Uint8Array(0);
/** The second is the first's obsolete predecessor. */
const PACKET_BLOCKS: ReadonlySet<number> = new Set([BLOCK_EPB, BLOCK_PB, BLOCK_SPB]);
const CUSTOM_BLOCKS: ReadonlySet<number> = new Set([BLOCK_CUSTOM, BLOCK_CUSTOM_NO_COPY]);
const TYPE_BYTES = 4;
const PEN_BYTES = 4;
/** In the blocks that have one; a Packet Block's has 16 bits, all others 32. */
const INTERFACE_ID = 8;
const EPB_CAPTURED = 20;
const EPB_DATA = 28;

/** The comment for an area. */
export function areaComment(area: Uint8Array): string {
  return `whither:1 meta=${formatHex(area, 0, area.length)}`;
}

/** Chunks of a pcapng in, cut anywhere; chunks of the new one out. Throws Error with the offset when it is none. */
export class WiresharkExport {
  #pending = new Uint8Array(0);
  #little = true;
  #offset = 0;
  /** Packets that got a comment. */
  packets = 0;
  /** Packets that were written, as they were or with one. */
  written = 0;
  readonly #oneHop: OneHop | null;

  /** `hop`: only what it saw, as links name it (docs/links.md); null = everything. */
  constructor(hop: string | null = null) {
    this.#oneHop = hop === null ? null : new OneHop(hop);
  }

  /** Names of hops that have been read; empty where everything is written. */
  get hops(): readonly string[] {
    return [...(this.#oneHop?.names ?? [])];
  }

  push(chunk: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(this.#pending.length + chunk.length);
    bytes.set(this.#pending);
    bytes.set(chunk, this.#pending.length);
    const out: Uint8Array[] = [];
    let at = 0;
    for (let length = this.#blockLength(bytes, at); length > 0; length = this.#blockLength(bytes, at)) {
      out.push(this.#block(bytes.subarray(at, at + length)));
      at += length;
      this.#offset += length;
    }
    this.#pending = bytes.slice(at);
    return joined(out);
  }

  /** What is left of a capture that ends within a block: as it is, or nothing where that is one that does not go. */
  end(): Uint8Array {
    const rest = this.#pending;
    this.#pending = new Uint8Array(0);
    const hasType = rest.length >= TYPE_BYTES;
    return hasType && CUSTOM_BLOCKS.has(this.#typeOf(rest)) ? NOTHING : rest;
  }

  /** 0 = the block is not there whole. */
  #blockLength(bytes: Uint8Array, at: number): number {
    if (at + BLOCK_MIN_BYTES > bytes.length) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (view.getUint32(at, true) === BLOCK_SHB) {
      const magic = view.getUint32(at + 8, true);
      if (magic !== BYTE_ORDER_MAGIC && magic !== BYTE_ORDER_MAGIC_SWAPPED) this.#refuse('no section header');
      this.#little = magic === BYTE_ORDER_MAGIC;
    } else if (this.#offset === 0 && at === 0) this.#refuse('no pcapng');
    const length = view.getUint32(at + 4, this.#little);
    if (length < BLOCK_MIN_BYTES || length % 4 !== 0 || length > DEFAULT_LIMITS.maxBlockBytes) {
      this.#refuse(`a block of ${length} bytes`);
    }
    return at + length > bytes.length ? 0 : length;
  }

  #refuse(what: string): never {
    throw new Error(`at byte ${this.#offset}: ${what}`);
  }

  #block(whole: Uint8Array): Uint8Array {
    const type = this.#typeOf(whole);
    // Those that do not go tell of which host the interfaces are.
    const block = this.#ofHop(type, whole);
    if (block === null || CUSTOM_BLOCKS.has(type)) return NOTHING;
    const view = new DataView(block.buffer, block.byteOffset);
    if (PACKET_BLOCKS.has(type)) this.written++;
    if (type !== BLOCK_EPB || block.length < EPB_MIN_BYTES) return block;
    const captured = view.getUint32(EPB_CAPTURED, this.#little);
    const options = EPB_DATA + ((captured + 3) & ~3);
    const end = block.length - 4;
    if (options > end) return block;
    const area = this.#areaOf(block, options, end);
    if (area === null) return block;
    this.packets++;
    const out = new BlockBuffer(this.#little);
    const start = out.openBlock(BLOCK_EPB);
    out.bytes(block.subarray(8, options));
    const text = encodeUtf8(areaComment(area));
    out.u16(OPT_COMMENT);
    out.u16(text.length);
    out.bytes(text);
    out.pad4();
    // The options that were there, with their end.
    out.bytes(block.subarray(options, end));
    out.closeBlock(start);
    return out.take();
  }

  #typeOf(block: Uint8Array): number {
    return new DataView(block.buffer, block.byteOffset).getUint32(0, this.#little);
  }

  /** With the number that its interface has among those of the hop; null = it is not the hop's. */
  #ofHop(type: number, block: Uint8Array): Uint8Array | null {
    const hop = this.#oneHop;
    if (hop === null) return block;
    if (type === BLOCK_SPB) return hop.numberOf(0) === null ? null : block;
    const isPacket = PACKET_BLOCKS.has(type);
    if (!isPacket && type !== BLOCK_ISB) return hop.take(block) || type !== BLOCK_IDB ? block : null;
    if (block.length < BLOCK_MIN_BYTES + 4) return null;
    const out = block.slice();
    const view = new DataView(out.buffer);
    const id =
      type === BLOCK_PB
        ? view.getUint16(INTERFACE_ID, this.#little)
        : view.getUint32(INTERFACE_ID, this.#little);
    const number = hop.numberOf(id);
    if (number === null) return null;
    if (type === BLOCK_PB) view.setUint16(INTERFACE_ID, number, this.#little);
    else view.setUint32(INTERFACE_ID, number, this.#little);
    return out;
  }

  #areaOf(block: Uint8Array, start: number, end: number): Uint8Array | null {
    for (const option of readOptions(block, start, end - start, this.#little).options) {
      if (option.code !== OPT_CUSTOM_BINARY || option.length < PEN_BYTES + L.EVENT_SIZE) continue;
      const view = new DataView(block.buffer, block.byteOffset + option.start);
      if (view.getUint32(0, this.#little) !== PEN) continue;
      const event = new DataView(view.buffer, view.byteOffset + PEN_BYTES);
      if (event.getUint32(L.EVENT_MAGIC, true) !== MAGIC_EVENT) continue;
      if (event.getUint8(L.EVENT_META_STATE) !== META_STATE.present) return null;
      const from = option.start + PEN_BYTES + event.getUint16(L.EVENT_HEADER_LEN, true);
      const length = event.getUint8(L.EVENT_META_LEN);
      if (length === 0 || from + length > option.start + option.length) return null;
      return block.subarray(from, from + length);
    }
    return null;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
