/**
 * Nanoseconds since the Unix epoch. A double loses nanoseconds after 2^53 ns (104 days), so time
 * is a branded bigint at the edges and two u32 columns (hi, lo) inside.
 */
export type Ns = bigint & { readonly __brand: 'Ns' };

export function nsFromParts(hi: number, lo: number): Ns {
  return ((BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)) as Ns;
}

export function nsHi(t: Ns): number {
  return Number((t >> 32n) & 0xffff_ffffn);
}

export function nsLo(t: Ns): number {
  return Number(t & 0xffff_ffffn);
}

/** b − a in nanoseconds as a double: exact below 104 days, which a difference inside one capture is. */
export function deltaNs(aHi: number, aLo: number, bHi: number, bLo: number): number {
  return (bHi - aHi) * 0x1_0000_0000 + (bLo - aLo);
}
