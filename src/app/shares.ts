/** How the width below the path is shared by list, journey and bytes. Pure; the browser remembers it. */

/** Shares of the whole width; the bytes get the rest. */
export interface Shares {
  readonly list: number;
  readonly journey: number;
}

export const FIRST_SHARES: Shares = { list: 0.43, journey: 0.32 };
export const MIN_SHARE = 0.15;
const STORAGE_KEY = 'whither.panes';

/** Moves the separator behind the list (0) or behind the journey (1) to a place between 0 and 1. */
export function moveSeparator(shares: Shares, separator: 0 | 1, to: number): Shares {
  const bytesFrom = shares.list + shares.journey;
  if (separator === 0) {
    const list = Math.min(bytesFrom - MIN_SHARE, Math.max(MIN_SHARE, to));
    return { list, journey: bytesFrom - list };
  }
  const end = Math.min(1 - MIN_SHARE, Math.max(shares.list + MIN_SHARE, to));
  return { list: shares.list, journey: end - shares.list };
}

/** Where a separator is, between 0 and 1. */
export function placeOf(shares: Shares, separator: 0 | 1): number {
  return separator === 0 ? shares.list : shares.list + shares.journey;
}

export function savedShares(): Shares {
  try {
    const [list = NaN, journey = NaN] = (localStorage.getItem(STORAGE_KEY) ?? '').split(' ').map(Number);
    const sound = list >= MIN_SHARE && journey >= MIN_SHARE && list + journey <= 1 - MIN_SHARE + 1e-9;
    return sound ? { list, journey } : FIRST_SHARES;
  } catch {
    return FIRST_SHARES;
  }
}

export function saveShares({ list, journey }: Shares): void {
  try {
    localStorage.setItem(STORAGE_KEY, `${list.toFixed(4)} ${journey.toFixed(4)}`);
  } catch {
    // Storage is refused: the widths hold until the page is closed.
  }
}
