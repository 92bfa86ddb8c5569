/** Tries framings in bounded steps and keeps the ones that describe the areas best. */
import { createAreaScan, FAULT } from '#core/metadata/scan.ts';
import { orderBits } from './byte-order.ts';
import { baseFramings, framingBits, withMarkers } from './framings.ts';
import { Meter, readerOf, type Measured } from './measure.ts';
import type { AreaSample, Framing } from './types.ts';

/** Areas that a framing is tried on first. */
const PROBE_AREAS = 64;
/** A framing that reads none of this many areas is given up. */
const HOPELESS_AREAS = 10;
/** The least share of areas that a framing must read to the end. */
export const MIN_EXACT_SHARE = 0.5;
/** Different ways to read the probe areas that are measured on all of them. */
const MAX_FINALISTS = 48;
/** Framings that read alike and are kept to be named. */
const MAX_ALIKE = 4;

/** Framings that read every area into the same TLVs; the one that takes the fewest bits is first. */
export interface Reading {
  readonly framings: Framing[];
  readonly measured: Measured;
  /** With those of the framing itself. */
  readonly bits: number;
}

interface Entry {
  readonly framing: Framing;
  readonly measured: Measured;
  readonly bits: number;
}

const BASE_COUNT = [...baseFramings()].length;
const scan = createAreaScan();

export class FramingSearch {
  readonly #areas: readonly AreaSample[];
  readonly #probes: readonly AreaSample[];
  readonly #bases = baseFramings();
  readonly #meter = new Meter();
  #tried = 0;
  #found = new Map<string, Entry[]>();
  #finalists: Entry[][] | null = null;
  #measured = 0;
  readonly #readings = new Map<string, Entry[]>();

  constructor(areas: readonly AreaSample[]) {
    this.#areas = areas;
    this.#probes = spread(areas, PROBE_AREAS);
  }

  /** 0 to 1. */
  get progress(): number {
    const finalists = this.#finalists?.length ?? MAX_FINALISTS;
    return (this.#tried / BASE_COUNT + this.#measured / Math.max(1, finalists)) / 2;
  }

  /** Takes `budget` more steps; true when there are none left. */
  advance(budget: number): boolean {
    for (let left = budget; left > 0; left--) {
      if (this.#finalists === null) {
        const next = this.#bases.next();
        if (next.done === true) this.#chooseFinalists();
        else this.#try(next.value);
      } else if (this.#measured < this.#finalists.length) {
        this.#finish(this.#finalists[this.#measured++]!);
      } else return true;
    }
    return false;
  }

  /** Best first. */
  readings(): Reading[] {
    const readings = [...this.#readings.values()].map((entries) => {
      entries.sort((a, b) => a.bits - b.bits);
      const { measured, bits } = entries[0]!;
      return { framings: entries.map(({ framing }) => framing), measured, bits };
    });
    return readings.sort((a, b) => a.bits - b.bits);
  }

  #try(base: Framing): void {
    this.#tried++;
    for (const framing of withMarkers(base, this.#probes)) {
      if (!this.#readsProbes(framing)) continue;
      const measured = this.#meter.measure(this.#probes, framing);
      const entry = { framing, measured, bits: measured.bits + framingBits(framing) };
      const alike = this.#found.get(measured.signature);
      if (alike === undefined) this.#found.set(measured.signature, [entry]);
      else if (alike.length < MAX_ALIKE) alike.push(entry);
      else replaceWorst(alike, entry);
    }
  }

  #readsProbes(framing: Framing): boolean {
    const decoder = readerOf(framing);
    const misses = Math.floor(this.#probes.length * (1 - MIN_EXACT_SHARE));
    let exact = 0;
    let missed = 0;
    for (const { bytes } of this.#probes) {
      decoder.scan(bytes, 0, bytes.length, scan);
      if (scan.fault === FAULT.none && scan.count > 0) exact++;
      else if (++missed > misses || (exact === 0 && missed === HOPELESS_AREAS)) return false;
    }
    return true;
  }

  #chooseFinalists(): void {
    const groups = [...this.#found.values()];
    for (const group of groups) group.sort((a, b) => a.bits - b.bits);
    groups.sort((a, b) => a[0]!.bits - b[0]!.bits);
    this.#finalists = groups.slice(0, MAX_FINALISTS);
    this.#found = new Map();
  }

  /** Framings that read the probes alike may read other areas differently. */
  #finish(group: readonly Entry[]): void {
    for (const { framing } of group) {
      const measured = this.#meter.measure(this.#areas, framing);
      if (measured.exact < MIN_EXACT_SHARE * this.#areas.length) continue;
      const ordered = this.#inOrderOfValues(framing);
      const entry = {
        framing: ordered.framing,
        measured,
        bits: measured.bits + framingBits(framing) + ordered.bits,
      };
      const alike = this.#readings.get(measured.signature);
      if (alike === undefined) this.#readings.set(measured.signature, [entry]);
      else alike.push(entry);
    }
  }

  /** Where type and length are single bytes only the values tell the byte order. */
  #inOrderOfValues(framing: Framing): { readonly framing: Framing; readonly bits: number } {
    const bits = orderBits(this.#areas, framing);
    const isFree = framing.typeBytes + framing.lengthBytes === 2;
    const endian = isFree && bits.big < bits.little ? 'big' : framing.endian;
    return { framing: { ...framing, endian }, bits: bits[endian] };
  }
}

function replaceWorst(entries: Entry[], entry: Entry): void {
  let worst = 0;
  for (let i = 1; i < entries.length; i++) if (entries[i]!.bits > entries[worst]!.bits) worst = i;
  if (entries[worst]!.bits > entry.bits) entries[worst] = entry;
}

/** `count` of them at equal distances. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}
