/** What links between journeys are found by: one print a journey, of its first event, and the links that the kernel told. */
import { PRINT_SHIFT } from '#core/diagnosis/fingerprint.ts';
import { PrintWindow } from '#core/diagnosis/print-window.ts';
import { CHUNK_MASK, CHUNK_SHIFT, MAX_ORIGINS } from './limits.ts';

export class JourneyPrints {
  readonly window = new PrintWindow();
  private readonly chunks: (Uint32Array | undefined)[] = [];
  /** Of journeys that have no print: zeros, which fit nothing. */
  private static readonly none = new Uint32Array(1 << (CHUNK_SHIFT + PRINT_SHIFT));
  /** Journey → id (epb_packetid, as two u32) of the journey that the kernel says it was made from. */
  private readonly origins = new Map<number, readonly [hi: number, lo: number]>();

  /** Words of a print that is to be written. */
  open(journey: number): Uint32Array {
    return (this.chunks[journey >>> CHUNK_SHIFT] ??= new Uint32Array(1 << (CHUNK_SHIFT + PRINT_SHIFT)));
  }

  words(journey: number): Uint32Array {
    return this.chunks[journey >>> CHUNK_SHIFT] ?? JourneyPrints.none;
  }

  at(journey: number): number {
    return (journey & CHUNK_MASK) << PRINT_SHIFT;
  }

  /** false: there is no place for more. */
  setOrigin(journey: number, idHi: number, idLo: number): boolean {
    if (this.origins.size >= MAX_ORIGINS) return false;
    this.origins.set(journey, [idHi, idLo]);
    return true;
  }

  origin(journey: number): readonly [hi: number, lo: number] | null {
    return this.origins.get(journey) ?? null;
  }
}
