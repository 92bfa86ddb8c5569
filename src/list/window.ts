/**
 * Which rows a scroll position shows. Chrome cuts an element at about 33.5 M px and Firefox at 17.9 M px, so a
 * long list gets a shorter scroll track and `top`, the position in the list as if it were as long as it is,
 * is kept apart from `scrollTop`. Pure: px and rows in, px and rows out.
 */

export const ROW_HEIGHT_PX = 22;
/** Below Firefox's limit, with room to spare. */
export const MAX_TRACK_PX = 12_000_000;

export interface Extent {
  readonly rows: number;
  readonly rowHeight: number;
  /** Height of what shows rows. */
  readonly viewport: number;
}

/** Height of all rows, as if there were no limit. */
export function fullHeight({ rows, rowHeight }: Extent): number {
  return rows * rowHeight;
}

/** Height the scrolled element is given. */
export function trackHeight(extent: Extent, maxTrack = MAX_TRACK_PX): number {
  return Math.min(fullHeight(extent), maxTrack);
}

export function maxTop(extent: Extent): number {
  return Math.max(0, fullHeight(extent) - extent.viewport);
}

export function clampTop(top: number, extent: Extent): number {
  return Math.min(Math.max(0, top), maxTop(extent));
}

/**
 * A list as long as one that is not much longer: eight lengths from one power of two to the next. At the end of a list
 * that grows ten times a second the track of this one does, where a new height and scrollTop would have the browser lay
 * out the page each time.
 */
export function heldExtent(extent: Extent): Extent {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, extent.rows))) - 3);
  return { ...extent, rows: extent.rows - (extent.rows % step) };
}

/** Position in the list at this scrollTop. */
export function topOfScroll(scrollTop: number, extent: Extent, maxTrack = MAX_TRACK_PX): number {
  const track = trackHeight(extent, maxTrack);
  if (track === fullHeight(extent)) return clampTop(scrollTop, extent);
  const range = track - extent.viewport;
  return range <= 0 ? 0 : clampTop((scrollTop / range) * maxTop(extent), extent);
}

/** scrollTop that stands for this position. */
export function scrollOfTop(top: number, extent: Extent, maxTrack = MAX_TRACK_PX): number {
  const track = trackHeight(extent, maxTrack);
  if (track === fullHeight(extent)) return clampTop(top, extent);
  const most = maxTop(extent);
  return most <= 0 ? 0 : (clampTop(top, extent) / most) * (track - extent.viewport);
}

export interface RowWindow {
  readonly from: number;
  readonly count: number;
}

/** Rows to have at this position, with `overscan` more on both sides. */
export function windowAt(top: number, extent: Extent, overscan: number): RowWindow {
  const first = Math.floor(clampTop(top, extent) / extent.rowHeight);
  const visible = Math.ceil(extent.viewport / extent.rowHeight) + 1;
  const from = Math.max(0, first - overscan);
  const to = Math.min(extent.rows, first + visible + overscan);
  return { from, count: Math.max(0, to - from) };
}

/** WheelEvent.deltaMode: Firefox counts in lines, and some devices in pages. */
const WHEEL = { line: 1, page: 2 } as const;

/** How far a turn of the wheel goes, in px. */
export function wheelPixels(delta: number, mode: number, { rowHeight, viewport }: Extent): number {
  if (mode === WHEEL.line) return delta * rowHeight;
  return mode === WHEEL.page ? delta * viewport : delta;
}

/** The position nearest to `top` that has this row wholly in view. */
export function reveal(row: number, top: number, extent: Extent): number {
  const start = row * extent.rowHeight;
  if (start < top) return clampTop(start, extent);
  const end = start + extent.rowHeight;
  if (end > top + extent.viewport) return clampTop(end - extent.viewport, extent);
  return clampTop(top, extent);
}

/** The position after the height of what shows rows was `viewport`: a row that was wholly in view still is. */
export function keepInView(row: number, top: number, viewport: number, extent: Extent): number {
  const before = clampTop(top, { ...extent, viewport });
  const wasInView = reveal(row, before, { ...extent, viewport }) === before;
  return wasInView ? reveal(row, before, extent) : clampTop(top, extent);
}
