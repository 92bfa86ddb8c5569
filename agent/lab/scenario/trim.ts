/** A recording cut down to a few packets of its scenario: small enough to be published. */
import { sequenceIn } from './read.ts';
import type { Scenario } from './types.ts';

/** Block types of pcapng, and the option that is the journey (docs/capture-format.md). */
const BLOCK = { enhancedPacket: 6, statistics: 5 } as const;
const OPTION_PACKET_ID = 5;
/** Offsets in an enhanced packet block: the captured length, and the packet. */
const EPB_CAPTURED = 20;
const EPB_HEADER_BYTES = 28;
const MIN_BLOCK_BYTES = 12;
/** Packets that are kept: the first is often another than those behind it. */
const KEPT_SEQUENCES = 2;
/** Where packets have no numbers. */
const KEPT_JOURNEYS = 32;

/**
 * The same capture with the journeys of the scenario's first packets only, without the account of what was received
 * at each interface, which would no longer be true. `bytes`: of the probe on this machine, little-endian.
 */
export function trimCapture(bytes: Uint8Array, scenario: Scenario): Uint8Array {
  const blocks = [...blocksOf(bytes)];
  const kept = keptJourneys(blocks, scenario);
  return Buffer.concat(
    blocks
      .filter(({ type, packet }) => (packet === null ? type !== BLOCK.statistics : kept.has(packet.journey)))
      .map((block) => block.bytes),
  );
}

interface Block {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Of packet blocks: epb_packetid, and the sequence number (0 = none). */
  readonly packet: { readonly journey: bigint; readonly sequence: number } | null;
}

function* blocksOf(bytes: Uint8Array): Generator<Block> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + MIN_BLOCK_BYTES <= bytes.length;) {
    const [type, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    if (length < MIN_BLOCK_BYTES || at + length > bytes.length) return;
    const block = bytes.subarray(at, at + length);
    yield { type, bytes: block, packet: type === BLOCK.enhancedPacket ? packetOf(block) : null };
    at += length;
  }
}

function packetOf(block: Uint8Array): Block['packet'] {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const captured = view.getUint32(EPB_CAPTURED, true);
  const sequence = sequenceIn(block.subarray(EPB_HEADER_BYTES, EPB_HEADER_BYTES + captured));
  let at = EPB_HEADER_BYTES + padded(captured);
  while (at + 4 <= block.length - 4) {
    const [code, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (code === OPTION_PACKET_ID) return { journey: view.getBigUint64(at + 4, true), sequence };
    at += 4 + padded(length);
  }
  return null;
}

const padded = (length: number): number => (length + 3) & ~3;

function keptJourneys(blocks: readonly Block[], { packets }: Scenario): Set<bigint> {
  const seen = blocks.flatMap(({ packet }) => (packet === null ? [] : [packet]));
  if (packets === 0) return new Set([...new Set(seen.map(({ journey }) => journey))].slice(0, KEPT_JOURNEYS));
  return new Set(
    seen.filter(({ sequence }) => sequence > 0 && sequence <= KEPT_SEQUENCES).map(({ journey }) => journey),
  );
}
