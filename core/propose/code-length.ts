/**
 * How many bits a sequence of symbols takes when each is predicted from those before it: the measure by which
 * framings are compared (minimum description length; Rissanen 1978). A framing that is right makes what follows
 * predictable: the same type has the same length, and the same byte of the same type resembles itself.
 *
 * Prediction is PPM-D (Howard 1993): a symbol seen c times among n has probability (2c - 1) / 2n, and one of the d
 * symbols that are known is missed with d / 2n.
 */

const SYMBOLS = 256;
const BYTE_BITS = 8;
/** Zero is by far the most frequent byte of a struct: 2 bits for it, and a bit more than 8 for each of the others. */
const NEW_ZERO_BITS = 2;
const NEW_BYTE_BITS = BYTE_BITS + Math.log2(4 / 3);
/** Says of a context that its bytes are predicted, written as they are, or all zero, as the high bytes of small numbers. */
const CONTEXT_FLAG_BITS = 1.6;
/** Contexts beyond this predict nothing: that many different places is what noise looks like. */
export const MAX_CONTEXTS = 4096;

/** Bits of an area's length that was not seen before. */
export const LENGTH_BITS = 8;

/** Bits of a whole number when small ones are likelier: Elias gamma. */
export function numberBits(value: number): number {
  return 1 + 2 * Math.log2(value + 1);
}

/** Bytes in numbered contexts; each context learns by itself. Reused for one candidate after the other. */
export class ByteContexts {
  readonly #counts: Uint32Array;
  readonly #total = new Uint32Array(MAX_CONTEXTS);
  readonly #distinct = new Uint32Array(MAX_CONTEXTS);
  readonly #bits = new Float64Array(MAX_CONTEXTS);
  #used = 0;
  #unpredicted = 0;

  constructor() {
    this.#counts = new Uint32Array(MAX_CONTEXTS * SYMBOLS);
  }

  reset(): void {
    this.#counts.fill(0, 0, this.#used * SYMBOLS);
    this.#total.fill(0, 0, this.#used);
    this.#distinct.fill(0, 0, this.#used);
    this.#bits.fill(0, 0, this.#used);
    this.#used = 0;
    this.#unpredicted = 0;
  }

  /** The first of `count` new contexts in a row; -1 when there are too many. */
  open(count: number): number {
    if (this.#used + count > MAX_CONTEXTS) return -1;
    const first = this.#used;
    this.#used += count;
    return first;
  }

  /** `context` -1 = not predicted. */
  add(context: number, byte: number): void {
    if (context < 0) {
      this.#unpredicted++;
      return;
    }
    const seen = this.#counts[context * SYMBOLS + byte]!++;
    const total = this.#total[context]!++;
    if (seen > 0) {
      this.#bits[context]! += Math.log2((2 * total) / (2 * seen - 1));
      return;
    }
    if (total > 0) this.#bits[context]! += Math.log2((2 * total) / this.#distinct[context]!);
    this.#bits[context]! += byte === 0 ? NEW_ZERO_BITS : NEW_BYTE_BITS;
    this.#distinct[context]!++;
  }

  /** Of all that was added since `reset`. */
  bits(): number {
    let bits = this.#unpredicted * BYTE_BITS;
    for (let context = 0; context < this.#used; context++) {
      if (this.#total[context] === 0) continue;
      const total = this.#total[context]!;
      bits += CONTEXT_FLAG_BITS;
      if (this.#counts[context * SYMBOLS] !== total)
        bits += Math.min(this.#bits[context]!, total * BYTE_BITS);
    }
    return bits;
  }
}

interface Seen {
  readonly counts: Map<number, number>;
  total: number;
}

/** Symbols of any number (types, lengths), each predicted from what followed the same `context` before. */
export class SymbolContexts {
  readonly #contexts = new Map<number, Seen>();
  #bits = 0;

  reset(): void {
    this.#contexts.clear();
    this.#bits = 0;
  }

  /** `newBits`: what the symbol costs where it was not seen before. True when it was. */
  add(context: number, symbol: number, newBits: number): boolean {
    let seen = this.#contexts.get(context);
    if (seen === undefined) this.#contexts.set(context, (seen = { counts: new Map(), total: 0 }));
    const count = seen.counts.get(symbol) ?? 0;
    const total = seen.total++;
    seen.counts.set(symbol, count + 1);
    if (count > 0) {
      this.#bits += Math.log2((2 * total) / (2 * count - 1));
      return true;
    }
    if (total > 0) this.#bits += Math.log2((2 * total) / (seen.counts.size - 1));
    this.#bits += newBits;
    return false;
  }

  bits(): number {
    return this.#bits;
  }
}
