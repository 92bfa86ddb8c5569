/** Areas are the same at most hooks of a packet's way, and in many packets: what became of one is used again. */
import type { AreaDecoder } from '#core/metadata/area-scan.ts';
import type { ValueCounts } from './area.ts';

export interface KnownArea {
  readonly decoder: AreaDecoder;
  readonly bytes: Uint8Array;
  /** Not to be changed. */
  readonly redacted: Uint8Array;
  /** What is counted for each time that the area goes out. */
  readonly counted: readonly (readonly [counts: ValueCounts, what: keyof ValueCounts])[];
  readonly unknownBytes: number;
}

/** A power of two. An area has one place, where the newest of those that share it stays. */
const SLOTS = 8192;
/** Longer ones, which are no metadata area of a packet, are not kept. */
const MAX_BYTES = 256;

export class AreaCache {
  readonly #slots = new Array<KnownArea | undefined>(SLOTS);

  find(decoder: AreaDecoder, bytes: Uint8Array): KnownArea | null {
    if (bytes.length > MAX_BYTES) return null;
    const known = this.#slots[slotOf(bytes)];
    return known?.decoder === decoder && isSame(known.bytes, bytes) ? known : null;
  }

  keep(known: KnownArea): void {
    if (known.bytes.length <= MAX_BYTES) this.#slots[slotOf(known.bytes)] = known;
  }
}

/** FNV-1a, folded. Who finds areas that share a slot makes a share slower, and nothing else. */
function slotOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> 16)) & (SLOTS - 1);
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
