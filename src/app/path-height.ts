/** Which share of the window's height the path has at most. The browser remembers it. */

export const FIRST_HEIGHT = 0.54;
/** One lane, without its causes. */
export const MIN_HEIGHT = 0.12;
export const MAX_HEIGHT = 0.72;
const STORAGE_KEY = 'whither.path-height';

export function savedHeight(): number {
  try {
    const height = Number(localStorage.getItem(STORAGE_KEY) ?? NaN);
    return height >= MIN_HEIGHT && height <= MAX_HEIGHT ? height : FIRST_HEIGHT;
  } catch {
    return FIRST_HEIGHT;
  }
}

export function saveHeight(height: number): void {
  try {
    localStorage.setItem(STORAGE_KEY, height.toFixed(4));
  } catch {
    // Storage is refused: it holds until the page is closed.
  }
}
