/** Inputs from examples: changed, cut, joined and repeated, the same ones for the same seed. */

/** A generator of numbers that are the same for a seed (mulberry32). */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 to `limit` - 1. */
  roll(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
}

const MAX_CHANGES = 8;
/** Values at which fields of 1, 2 and 4 bytes tip over. */
const EDGES = [0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff];

export function mutate(seeds: readonly Uint8Array[], maxBytes: number, dice: Dice): Uint8Array {
  // One in eight is noise.
  if (dice.roll(8) === 0) return noise(dice.roll(Math.min(maxBytes, 300) + 1), dice);
  let input: Uint8Array = pick(seeds, dice).slice();
  for (let i = dice.roll(MAX_CHANGES); i >= 0; i--) input = change(input, seeds, dice);
  return input.subarray(0, maxBytes);
}

/** A seed again and again, each time a little different, `bytes` in all. */
export function enlarge(seeds: readonly Uint8Array[], bytes: number, dice: Dice): Uint8Array {
  const out = new Uint8Array(bytes);
  const seed = pick(seeds, dice);
  for (let at = 0; at < bytes && seed.length > 0; at += seed.length) {
    out.set(seed.subarray(0, bytes - at), at);
    out[at + dice.roll(Math.min(seed.length, bytes - at))]! ^= 1 << dice.roll(8);
  }
  return out;
}

function pick(seeds: readonly Uint8Array[], dice: Dice): Uint8Array {
  return seeds[dice.roll(seeds.length)] ?? new Uint8Array(0);
}

function noise(length: number, dice: Dice): Uint8Array {
  return Uint8Array.from({ length }, () => dice.roll(256));
}

function change(input: Uint8Array, seeds: readonly Uint8Array[], dice: Dice): Uint8Array {
  const at = dice.roll(input.length + 1);
  const span = dice.roll(Math.min(16, input.length - at) + 1);
  switch (dice.roll(8)) {
    case 0:
      if (at < input.length) input[at]! ^= 1 << dice.roll(8);
      return input;
    case 1:
      if (at < input.length) input[at] = dice.roll(256);
      return input;
    case 2:
      input.fill(EDGES[dice.roll(EDGES.length)]!, at, at + span);
      return input;
    case 3:
      return input.slice(0, at);
    case 4:
      return join(input.subarray(0, at), input.subarray(at + span));
    case 5:
      return join(input.subarray(0, at), noise(span, dice), input.subarray(at));
    case 6:
      return join(input.subarray(0, at + span), input.subarray(at));
    default: {
      const other = pick(seeds, dice);
      return join(input.subarray(0, at), other.subarray(dice.roll(other.length + 1)));
    }
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
