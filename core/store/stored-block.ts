/** Reads one packet again from the bytes of its block, for what the columns do not hold. */
import { InterfaceClock } from '#core/pcapng/clock.ts';
import { DEFAULT_LIMITS } from '#core/pcapng/limits.ts';
import { optionComments, readOptions } from '#core/pcapng/options.ts';
import { PacketBlocks } from '#core/pcapng/packet-blocks.ts';
import { ReaderContext } from '#core/pcapng/reader-context.ts';
import type { InterfaceInfo, PacketView } from '#core/pcapng/types.ts';
import { BLOCK_EPB, BLOCK_PB, BLOCK_SPB } from '#core/pcapng/blocks.ts';
import type { CaptureStore } from './capture-store.ts';
import { CHUNK_MASK } from './limits.ts';

/** Classic pcap record: @8 u32 captured length, @12 u32 original length; 16 bytes, more in Kuznetzov's variant; then data. */
const RECORD_CAPTURED = 8;
const RECORD_HEADER_MIN_BYTES = 16;

export interface StoredPacket {
  readonly packet: Uint8Array;
  /** Whither's event struct with what follows it; empty when there is none. */
  readonly record: Uint8Array;
  readonly comments: readonly string[];
}

const EMPTY: StoredPacket = { packet: new Uint8Array(0), record: new Uint8Array(0), comments: [] };

/**
 * `block` is the block of event number `event`, whole: blockLength bytes from blockOffset of the capture.
 * A block that is no packet (the file has changed since) gives an empty one. Never throws.
 */
export function readStoredPacket(store: CaptureStore, event: number, block: Uint8Array): StoredPacket {
  const chunk = store.events.chunk(event);
  const row = event & CHUNK_MASK;
  const source = store.interfaces[chunk.interfaceIndex[row]!];
  const section = source === undefined ? undefined : store.facts.sections[source.section];
  if (source === undefined || section === undefined || block.length !== chunk.blockLength[row]) return EMPTY;
  if (section.format === 'pcap') return readRecord(block, section.littleEndian);
  let found = EMPTY;
  withPacket(block, source, section.littleEndian, (p) => {
    const options = readOptions(p.buf, p.optionsStart, p.optionsLength, p.littleEndian);
    found = {
      packet: p.buf.slice(p.dataStart, p.dataStart + p.dataLength),
      record: p.eventLength === 0 ? EMPTY.record : p.buf.slice(p.eventStart, p.eventStart + p.eventLength),
      comments: optionComments(p.buf, options),
    };
  });
  return found;
}

function readRecord(block: Uint8Array, littleEndian: boolean): StoredPacket {
  if (block.length < RECORD_HEADER_MIN_BYTES) return EMPTY;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const captured = view.getUint32(RECORD_CAPTURED, littleEndian);
  if (captured > block.length - RECORD_HEADER_MIN_BYTES) return EMPTY;
  return { ...EMPTY, packet: block.slice(block.length - captured) };
}

function withPacket(
  block: Uint8Array,
  source: InterfaceInfo,
  littleEndian: boolean,
  packet: (p: PacketView) => void,
): void {
  if (block.length < 12) return;
  const ignore = (): void => undefined;
  const sink = {
    section: ignore,
    interface: ignore,
    packet,
    custom: ignore,
    statistics: ignore,
    problem: ignore,
  };
  const context = new ReaderContext(sink, DEFAULT_LIMITS);
  const blocks = new PacketBlocks(context);
  blocks.littleEndian = littleEndian;
  // Its time is in the columns already, so the clock does not matter.
  blocks.interfaces[source.id] = {
    index: source.index,
    snapLen: source.snapLen,
    clock: new InterfaceClock(9, 0n),
  };
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  context.batch.littleEndian = littleEndian;
  context.begin(block, view, 0);
  switch (view.getUint32(0, littleEndian)) {
    case BLOCK_EPB:
      blocks.enhanced(view, 0, block.length, 0);
      break;
    case BLOCK_SPB:
      blocks.simple(view, 0, block.length, 0);
      break;
    case BLOCK_PB:
      blocks.obsolete(view, 0, block.length, 0);
  }
  context.deliver();
}
