/** A packet looks the same at most hooks of its way: what became of it there is used again. */
import { isSame } from './area-cache.ts';

interface Known {
  readonly bytes: Uint8Array;
  readonly linkType: number;
  readonly redacted: Uint8Array;
}

/** Journeys under way at a time, of which the last packet is kept. */
const MAX_JOURNEYS = 4096;
const MAX_BYTES = 32 * 1024 * 1024;

export class PacketCache {
  readonly #redact: (bytes: Uint8Array, linkType: number) => Uint8Array;
  readonly #known = new Map<bigint, Known>();
  /** Kept since it was empty, also what another packet of the same journey has replaced. */
  #bytes = 0;

  constructor(redact: (bytes: Uint8Array, linkType: number) => Uint8Array) {
    this.#redact = redact;
  }

  /** `journey`: null = the packet is in none. What comes out is not to be changed. */
  redact(bytes: Uint8Array, linkType: number, journey: bigint | null): Uint8Array {
    if (journey === null) return this.#redact(bytes, linkType);
    const known = this.#known.get(journey);
    if (known?.linkType === linkType && isSame(known.bytes, bytes)) return known.redacted;
    const redacted = this.#redact(bytes, linkType);
    if (this.#known.size >= MAX_JOURNEYS || this.#bytes > MAX_BYTES) this.clear();
    this.#known.set(journey, { bytes: bytes.slice(), linkType, redacted });
    this.#bytes += bytes.length + redacted.length;
    return redacted;
  }

  /** The rules have changed. */
  clear(): void {
    this.#known.clear();
    this.#bytes = 0;
  }
}
