/** Where the words of a step stand: beside its part of the page, and never out of the window. Pure. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP_PX = 10;
/** From the edge of the window. */
const EDGE_PX = 8;

/** Below the part when there is room, else above it, else over its lower end; px in the window. */
export function placeBeside(
  part: Box,
  words: Size,
  page: Size,
): { readonly left: number; readonly top: number } {
  const below = part.top + part.height + GAP_PX;
  const above = part.top - GAP_PX - words.height;
  const inside = part.top + part.height - GAP_PX - words.height;
  const fits = (top: number): boolean => top >= EDGE_PX && top + words.height <= page.height - EDGE_PX;
  const top = [below, above].find(fits) ?? inside;
  return {
    left: within(part.left + GAP_PX, words.width, page.width),
    top: within(top, words.height, page.height),
  };
}

function within(at: number, size: number, room: number): number {
  return Math.max(EDGE_PX, Math.min(at, room - size - EDGE_PX));
}
