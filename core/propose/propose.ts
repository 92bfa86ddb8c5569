/** Without a schema: which framings fit the areas that were seen, how well, and what says so. Nothing is decoded by it. */
import { printType } from '#core/metadata/type-number.ts';
import type { TlvSchema } from '#core/metadata/types.ts';
import { ByteContexts } from './code-length.ts';
import { describeFields } from './fields.ts';
import { plainCost } from './plain.ts';
import { FramingSearch, type Reading } from './search.ts';
import type { AreaSample, Candidate, Framing, Proposal } from './types.ts';

/** Areas that are looked at; more of them are spread over the capture by whoever collects them. */
export const MAX_SAMPLE_AREAS = 2000;
/** Bytes of one area: the kernel's limit is 252, values of maps may be longer. */
export const MAX_SAMPLE_BYTES = 512;
export const MAX_CANDIDATES = 8;
/** A framing must save this many bits against bytes without one: chance saves a few among a hundred thousand framings. */
const MIN_SAVED_BITS = 24;
/** Bytes at fixed places must save this share against bytes anywhere, and be no noise. */
const MIN_LAYOUT_SHARE = 0.1;
/** Framings are compared by 2^(bits / this): what the search and the measure leave out makes bits less than certain. */
const BITS_PER_HALVING = 8;
const BYTE_BITS = 8;

/** One proposal, made in bounded steps, so that it can be given up and others get their turn. */
export class Proposer {
  readonly #areas: readonly AreaSample[];
  readonly #leftOut: number;
  readonly #search: FramingSearch;

  /**
   * Areas in order of time; empty ones say nothing, and more or longer than the limits are cut. `leftOut`: how many there
   * are besides that are not as they were written.
   */
  constructor(areas: readonly AreaSample[], leftOut = 0) {
    this.#leftOut = leftOut;
    this.#areas = areas
      .filter(({ bytes }) => bytes.length > 0)
      .slice(0, MAX_SAMPLE_AREAS)
      .map(({ bytes, packet }) => ({ bytes: bytes.subarray(0, MAX_SAMPLE_BYTES), packet }));
    this.#search = new FramingSearch(this.#areas);
  }

  /** 0 to 1. */
  get progress(): number {
    return this.#areas.length === 0 ? 1 : this.#search.progress;
  }

  /** Takes `budget` more steps, each well under a millisecond with areas that no framing fits; true when none are left. */
  advance(budget: number): boolean {
    return this.#areas.length === 0 || this.#search.advance(budget);
  }

  /** After `advance` was true. */
  proposal(): Proposal {
    const areas = this.#areas;
    const bytes = areas.reduce((sum, area) => sum + area.bytes.length, 0);
    if (areas.length === 0) {
      return {
        areas: 0,
        bytes,
        verdict: 'nothing',
        text:
          this.#leftOut === 0
            ? 'There is no metadata to look at.'
            : `There is no metadata to look at that is as it was written: ${this.#leftOut} areas were overwritten or left behind.`,
        candidates: [],
      };
    }
    const { anywhere, placed } = plainCost(areas, new ByteContexts());
    const plain = Math.min(anywhere, placed);
    const fitting = this.#search.readings().filter(({ bits }) => plain - bits >= MIN_SAVED_BITS);
    const without = this.#leftOut === 0 ? '' : `, without ${this.#leftOut} overwritten or left behind`;
    const seen = `${areas.length === 1 ? '1 area' : `${areas.length} areas`}, ${bytes} bytes${without}`;
    if (fitting.length > 0) {
      const candidates = this.#candidates(fitting.slice(0, MAX_CANDIDATES), plain);
      const best = candidates[0]!;
      const text = `${seen}: the first framing reads ${best.exact} of ${areas.length} to the end and describes them in ${percent(best.savedBits / plain)} fewer bits than bytes without a framing.`;
      return { areas: areas.length, bytes, verdict: 'framing', text, candidates };
    }
    if (
      anywhere - placed > MIN_LAYOUT_SHARE * anywhere &&
      placed < (1 - MIN_LAYOUT_SHARE) * BYTE_BITS * bytes
    ) {
      const text = `${seen}: no framing fits, but bytes at the same place resemble each other (${percent(1 - placed / anywhere)} fewer bits): a struct, not TLVs.`;
      return { areas: areas.length, bytes, verdict: 'layout', text, candidates: [] };
    }
    const text = `${seen}: noise. No framing reads them, and no place in them is like itself in another area.`;
    return { areas: areas.length, bytes, verdict: 'noise', text, candidates: [] };
  }

  #candidates(readings: readonly Reading[], plain: number): Candidate[] {
    const best = readings[0]!.bits;
    const weightOf = (bits: number): number => 2 ** ((best - bits) / BITS_PER_HALVING);
    const all = readings.reduce((sum, { bits }) => sum + weightOf(bits), weightOf(plain));
    const total = this.#areas.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return readings.map(({ framings, measured, bits }) => {
      const framing = framings[0]!;
      return {
        framing,
        exact: measured.exact,
        tlvs: measured.tlvs,
        coverage: measured.covered / total,
        bits,
        savedBits: plain - bits,
        confidence: (weightOf(bits) / all) * (measured.exact / this.#areas.length),
        alike: framings.slice(1).map((other) => difference(framing, other)),
        fields: describeFields(this.#areas, framing),
      };
    });
  }
}

/** A schema that reads as the candidate does, with what its values look like as names to be edited. */
export function schemaOf({ framing, fields }: Candidate): TlvSchema {
  return {
    whither: 2,
    name: 'proposed',
    description: `Proposed from the bytes: ${framingText(framing)}.`,
    framing,
    types: fields.map(({ proposed }) => proposed).sort((a, b) => a.type - b.type),
  };
}

/** `type 1 byte, length 2 bytes big-endian in units of 4, header counted, aligned to 4, pad 0`. */
export function framingText(framing: Framing): string {
  const { typeBytes, lengthBytes, endian, start = 0, lengthUnit = 1, align = 1, pad, terminator } = framing;
  const order = typeBytes + lengthBytes > 2 ? ` ${endian}-endian` : '';
  const parts = [`type ${bytesText(typeBytes)}, length ${bytesText(lengthBytes)}${order}`];
  if (lengthUnit > 1) parts.push(`in units of ${lengthUnit}`);
  if (framing.lengthIncludesHeader === true) parts.push('the header counted');
  if (align > 1) parts.push(`aligned to ${align}`);
  if (start > 0) parts.push(`from byte ${start} on`);
  if (pad !== undefined) parts.push(`pad ${pad}`);
  if (terminator !== undefined) parts.push(`ended by ${printType(terminator, typeBytes)}`);
  return parts.join(', ');
}

/** What another framing that reads the same has and `framing` has not. */
function difference(framing: Framing, other: Framing): string {
  const own = new Set(framingText(framing).split(', '));
  const more = framingText(other)
    .split(', ')
    .filter((part) => !own.has(part));
  return more.length === 0 ? 'less said' : more.join(', ');
}

function bytesText(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
