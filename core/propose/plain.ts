/** What areas cost to describe without a framing: what a framing must beat. */
import { LENGTH_BITS, SymbolContexts, type ByteContexts } from './code-length.ts';
import type { AreaSample } from './types.ts';

/** Of a byte counted from either end of an area; the kernel's length of an area is a u8. */
const MAX_PLACES = 256;

export interface PlainCost {
  /** Bits of bytes that resemble each other wherever they are. */
  readonly anywhere: number;
  /** Bits of bytes that resemble those at the same place: counted from the start, from the end, or per length of area. */
  readonly placed: number;
}

export function plainCost(areas: readonly AreaSample[], contexts: ByteContexts): PlainCost {
  const anywhere = measured(contexts, areas, () => 0, 1);
  const fromStart = measured(contexts, areas, (at) => Math.min(at, MAX_PLACES - 1), MAX_PLACES);
  const fromEnd = measured(
    contexts,
    areas,
    (at, length) => Math.min(length - 1 - at, MAX_PLACES - 1),
    MAX_PLACES,
  );
  // A framing tells where an area ends; without one its length is to be said.
  const lengths = new SymbolContexts();
  for (const { bytes } of areas) lengths.add(0, bytes.length, LENGTH_BITS);
  return {
    anywhere: anywhere + lengths.bits(),
    placed: Math.min(fromStart, fromEnd, perLength(areas, contexts)) + lengths.bits(),
  };
}

function measured(
  contexts: ByteContexts,
  areas: readonly AreaSample[],
  place: (at: number, length: number) => number,
  places: number,
): number {
  contexts.reset();
  const first = contexts.open(places);
  for (const { bytes } of areas) {
    for (let at = 0; at < bytes.length; at++) contexts.add(first + place(at, bytes.length), bytes[at]!);
  }
  return contexts.bits();
}

function perLength(areas: readonly AreaSample[], contexts: ByteContexts): number {
  contexts.reset();
  const firstOf = new Map<number, number>();
  for (const { bytes } of areas) {
    let first = firstOf.get(bytes.length);
    if (first === undefined) firstOf.set(bytes.length, (first = contexts.open(bytes.length)));
    for (let at = 0; at < bytes.length; at++) contexts.add(first < 0 ? -1 : first + at, bytes[at]!);
  }
  return contexts.bits();
}
