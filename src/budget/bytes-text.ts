/** Bytes per packet as the budget prints them. Pure. */

/** A mean with one decimal where it has one. */
export function roundedBytes(bytes: number): string {
  return String(Math.round(bytes * 10) / 10);
}

/** `+4`, `-2.5`, `0` */
export function growthText(bytes: number): string {
  const text = roundedBytes(bytes);
  return Number(text) > 0 ? `+${text}` : text === '-0' ? '0' : text;
}

/** The largest area of what the tightest buffer allows, 1 = all of it; null = the capture does not say. */
export function usedShare({
  most,
  allowed,
}: {
  readonly most: number;
  readonly allowed: number | null;
}): number | null {
  if (allowed === null) return null;
  return allowed === 0 ? 1 : most / allowed;
}
