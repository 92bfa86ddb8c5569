/**
 * Scrolls a cell of the matrix to where it is seen whole: the first column and the head stand over what scrolls
 * below them, which the browser's own scrolling does not know.
 */

/** How far to scroll, given the cell's span and the free span in the same coordinates. Pure. */
export function scrollBy(from: number, to: number, freeFrom: number, freeTo: number): number {
  if (from < freeFrom || to - from > freeTo - freeFrom) return from - freeFrom;
  return Math.max(0, to - freeTo);
}

/** `cell` in its table, `scroller` what scrolls the table, `corner` the cell where head and first column meet. */
export function revealCell(cell: Element, scroller: Element, corner: Element): void {
  const box = cell.getBoundingClientRect();
  const bounds = scroller.getBoundingClientRect();
  const { width, height } = corner.getBoundingClientRect();
  const across = scrollBy(box.left, box.right, bounds.left + width, bounds.left + scroller.clientWidth);
  scroller.scrollLeft += across + (across > 0 ? cutBy(cell, bounds.left + width + across, box.left) : 0);
  if (cell.closest('thead') !== null) return;
  scroller.scrollTop += scrollBy(
    box.top,
    box.bottom,
    bounds.top + height,
    bounds.top + scroller.clientHeight,
  );
}

/** How much of a column in the same row would be seen beside the first one, cut: that is scrolled away as well, where `left` of the cell allows it. */
function cutBy(cell: Element, edge: number, left: number): number {
  for (let one = cell.previousElementSibling; one !== null; one = one.previousElementSibling) {
    const box = one.getBoundingClientRect();
    if (box.left < edge - 1 && box.right > edge + 1) return Math.min(box.right, left) - edge;
  }
  return 0;
}
