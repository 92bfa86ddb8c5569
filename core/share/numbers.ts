/** Numbers of the kernel that would tell whose host it is, or help somebody who attacks it, and what stands for each in a share. */

/** `kernel`: addresses of sk_buffs, heads and code; `process`: of processes and threads. */
export type NumberKind = 'kernel' | 'hash' | 'cookie' | 'netns' | 'process';

/** Kinds of numbers that are told in what people wrote without a word that says what they are. */
export const UNNAMED_KINDS: readonly NumberKind[] = ['kernel', 'netns', 'cookie', 'hash'];

/** Where the kernel's addresses are on every machine of 64 bits that it runs on. */
const KERNEL_HALF = 0xffff_0000_0000_0000n;
/** The lowest one: with page tables of five levels. */
const FIRST_ADDRESS = 0xff00_0000_0000_0000n;
const LAST_ADDRESS = 0xffff_ffff_ffff_ffffn;
/** Numbers of processes are positive. */
const PROCESS_MASK = 0x3fff_ffffn;
/** Of each kind; of more than these none is told from one that the capture does not have. */
const MAX_REMEMBERED = 262_144;

export class Numbers {
  /** A keyed function of 64 bits (`Pseudonyms.number`). */
  readonly #number: (value: bigint, bits: 32 | 64) => bigint;
  readonly #met: Readonly<Record<Exclude<NumberKind, 'kernel'>, Set<bigint>>> = {
    hash: new Set(),
    cookie: new Set(),
    netns: new Set(),
    process: new Set(),
  };

  constructor(number: (value: bigint, bits: 32 | 64) => bigint) {
    this.#number = number;
  }

  /** What stands for it; 0, which means "none", stays 0. */
  hidden(kind: NumberKind, value: bigint): bigint {
    if (value === 0n) return 0n;
    if (kind !== 'kernel') {
      const met = this.#met[kind];
      if (met.size < MAX_REMEMBERED) met.add(value);
    }
    return this.#of(kind, value);
  }

  /** What stands for a number that the capture has as one of `kinds`; null = it has none, as far as that is known. */
  told(value: bigint, kinds: readonly NumberKind[]): bigint | null {
    const kind = kinds.find((one) => {
      // Any of them gives away where the kernel is.
      if (one === 'kernel') return value >= FIRST_ADDRESS && value < LAST_ADDRESS;
      const met = this.#met[one];
      return met.has(value) || met.size === MAX_REMEMBERED;
    });
    return kind === undefined ? null : this.#of(kind, value);
  }

  #of(kind: NumberKind, value: bigint): bigint {
    switch (kind) {
      case 'kernel':
        return this.#number(value, 64) | KERNEL_HALF;
      case 'cookie':
        return this.#number(value, 64);
      case 'hash':
      case 'netns':
        return this.#number(value, 32);
      case 'process':
        return this.#number(value, 32) & PROCESS_MASK;
    }
  }
}
