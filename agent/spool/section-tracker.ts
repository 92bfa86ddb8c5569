/**
 * Remembers what a section has described so far (its preamble: section header, host, catalogue, schema
 * and interfaces), so that a new segment can begin with the same descriptions and be read alone.
 *
 * Offsets within a block are those of the pcapng draft, section 4. Interface Description Block: options
 * from @16. Enhanced Packet Block: @8 u32 interface, @12 u32 time high, @16 u32 time low.
 */
import { GAP_CAUSE as GAP_CAUSE_AT, GAP_SIZE, GAP_TO } from '#core/format/layout.gen.ts';
import { SECTION_SEGMENT, SECTION_SIZE, SECTION_STARTED } from '#core/format/layout.gen.ts';
import { BLOCK_SUBTYPE, GAP_CAUSE } from '#core/format/structs.ts';
import {
  BLOCK_CUSTOM,
  BLOCK_EPB,
  BLOCK_IDB,
  BLOCK_SHB,
  EPB_MIN_BYTES,
  IF_TSRESOL,
  OPT_END,
  TSRESOL_DEFAULT,
} from '#core/pcapng/blocks.ts';
import { Failure } from '../failure.ts';
import { CUSTOM_BODY_OFFSET, subtypeAt } from './whither-block.ts';

const SECTION_LENGTH_OFFSET = 16;
const SECTION_LENGTH_UNKNOWN = 0xffff_ffff_ffff_ffffn;
const NS_PER_S = 1_000_000_000n;

/** A preamble is repeated in every segment; one larger than this is a fault of the probe. */
export const MAX_PREAMBLE_BYTES = 4 * 1024 * 1024;

export class SectionTracker {
  #blocks: Uint8Array[] = [];
  #bytes = 0;
  /** Position of the section block in `#blocks`, -1 when the section has none. */
  #sectionBlock = -1;
  #segment = 0;
  /** Timestamp units per second, by interface. */
  #unitsPerSecond: bigint[] = [];
  #started = 0n;
  #lastInterface = -1;
  /** Unix time in ns up to which a trigger has seen events, and left them out. */
  #leftOutTo = 0n;
  #lastHi = 0;
  #lastLo = 0;

  get active(): boolean {
    return this.#blocks.length > 0;
  }

  /** Looks at one block, in stream order. `schemas` are not its business: see `adopt`. */
  see(type: number, bytes: Uint8Array, view: DataView, start: number, length: number): void {
    switch (type) {
      case BLOCK_SHB: {
        this.#blocks = [];
        this.#bytes = 0;
        this.#sectionBlock = -1;
        this.#segment = 0;
        this.#unitsPerSecond = [];
        this.#started = 0n;
        this.#lastInterface = -1;
        this.#leftOutTo = 0n;
        // A segment is cut by the spool, so a length the probe may have written is no longer true.
        view.setBigUint64(start + SECTION_LENGTH_OFFSET, SECTION_LENGTH_UNKNOWN, true);
        this.adopt(copyOf(bytes, start, length));
        break;
      }
      case BLOCK_IDB:
        this.#unitsPerSecond.push(unitsPerSecond(view, start, length));
        this.adopt(copyOf(bytes, start, length));
        break;
      case BLOCK_CUSTOM:
        this.#seeCustom(bytes, view, start, length);
        break;
      case BLOCK_EPB:
        if (length < EPB_MIN_BYTES) break;
        this.#lastInterface = view.getUint32(start + 8, true);
        this.#lastHi = view.getUint32(start + 12, true);
        this.#lastLo = view.getUint32(start + 16, true);
        break;
      default:
        break;
    }
  }

  /** Adds a block to the preamble. */
  adopt(block: Uint8Array): void {
    this.#bytes += block.length;
    if (this.#bytes > MAX_PREAMBLE_BYTES) {
      throw new Failure(
        `the probe described more than ${MAX_PREAMBLE_BYTES} bytes of interfaces and facts in one section`,
        'capture fewer interfaces',
      );
    }
    this.#blocks.push(block);
  }

  /** The preamble for the next segment of this section, its segment number counted up. */
  nextPreamble(): Uint8Array {
    this.#segment += 1;
    const section = this.#blocks[this.#sectionBlock];
    if (section) {
      new DataView(section.buffer, section.byteOffset).setUint32(
        CUSTOM_BODY_OFFSET + SECTION_SEGMENT,
        this.#segment,
        true,
      );
    }
    return Buffer.concat(this.#blocks);
  }

  /** Unix time in ns of the last event, or of the section's start when there was none; 0 = not known. */
  lastEventNs(): bigint {
    const units = this.#unitsPerSecond[this.#lastInterface];
    const kept =
      units === undefined
        ? this.#started
        : (((BigInt(this.#lastHi) << 32n) | BigInt(this.#lastLo)) * NS_PER_S) / units;
    return this.#leftOutTo > kept ? this.#leftOutTo : kept;
  }

  #seeCustom(bytes: Uint8Array, view: DataView, start: number, length: number): void {
    switch (subtypeAt(view, start, length)) {
      case BLOCK_SUBTYPE.section:
        if (length < CUSTOM_BODY_OFFSET + SECTION_SIZE + 4) return;
        this.#started = view.getBigUint64(start + CUSTOM_BODY_OFFSET + SECTION_STARTED, true);
        this.#sectionBlock = this.#blocks.length;
        this.adopt(copyOf(bytes, start, length));
        break;
      case BLOCK_SUBTYPE.gap:
        if (length < CUSTOM_BODY_OFFSET + GAP_SIZE + 4) return;
        if (bytes[start + CUSTOM_BODY_OFFSET + GAP_CAUSE_AT] !== GAP_CAUSE.trigger) return;
        this.#leftOutTo = view.getBigUint64(start + CUSTOM_BODY_OFFSET + GAP_TO, true);
        break;
      case BLOCK_SUBTYPE.catalogue:
      case BLOCK_SUBTYPE.schema:
      case BLOCK_SUBTYPE.host:
      case BLOCK_SUBTYPE.filter:
        this.adopt(copyOf(bytes, start, length));
        break;
      default:
        break;
    }
  }
}

/** A Buffer's own `slice` is a view of the same memory, which is about to be written to the log. */
export function copyOf(bytes: Uint8Array, start: number, length: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, start + length));
}

/** if_tsresol: a negative power of 10, or of 2 when the highest bit is set; 10^-6 when absent. */
function unitsPerSecond(view: DataView, start: number, length: number): bigint {
  const end = start + length - 4;
  for (let at = start + 16; at + 4 <= end;) {
    const code = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    if (code === OPT_END || at + 4 + size > end) break;
    if (code === IF_TSRESOL && size >= 1) {
      const resolution = view.getUint8(at + 4);
      return (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    }
    at += 4 + ((size + 3) & ~3);
  }
  return 10n ** BigInt(TSRESOL_DEFAULT);
}
