/** What a page itself holds of its capture: of a live one all that it still has when nobody answers, as a file that reads alone. */
import { BlobParts } from '#workers/blob-parts.ts';
import { Fault } from '#workers/fault.ts';
import { Slices, type Clock } from '#workers/slices.ts';
import type { ByteSource } from './source.ts';

/** Of a Section Header Block, in either byte order (pcapng, section 4.1); imported, it would be a file of its own in the worker's first load. */
const BLOCK_SHB = 0x0a0d0d0a;
const BLOCK_MIN_BYTES = 12;

/** From its first section on, in pieces. Rejects with a Fault, also when it can no longer be read. */
export async function* heldBytes(source: ByteSource): AsyncGenerator<Uint8Array> {
  // Of a live capture what is before the first section header cannot be read without what was let go.
  let found = source.kept === undefined;
  let isEmpty = true;
  for (const { offset, length } of source.held?.() ?? []) {
    const bytes = await source.read(offset, length);
    const from = found ? 0 : firstSection(bytes);
    if (from < 0) continue;
    found = true;
    isEmpty = false;
    yield bytes.subarray(from);
  }
  if (!isEmpty) return;
  throw new Fault(
    'not-held',
    'This page holds nothing of the capture that can be read alone.',
    'Open it again where it came from.',
  );
}

/** How much that is, when known. */
export function heldTotal({ kept, totalBytes }: ByteSource): number | null {
  return kept?.bytes ?? totalBytes;
}

/** Rejects with a Fault. */
export async function heldBlob(source: ByteSource, clock: Clock): Promise<Blob> {
  const parts = new BlobParts();
  const slices = new Slices(clock);
  slices.begin();
  for await (const piece of heldBytes(source)) {
    parts.add(piece);
    await slices.pause();
  }
  return parts.pcapng();
}

/** Offset of the first section header among whole little-endian blocks (as the agent writes them), -1 = none. */
function firstSection(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + BLOCK_MIN_BYTES <= bytes.length;) {
    if (view.getUint32(at, true) === BLOCK_SHB) return at;
    const length = view.getUint32(at + 4, true);
    if (length < BLOCK_MIN_BYTES) return -1;
    at += length;
  }
  return -1;
}
