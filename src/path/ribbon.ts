/**
 * Outlines of flows as SVG path data: what area() of d3-shape makes, without a curve and with curveBumpX. That library comes with all its
 * curves, which were 3 kB of a first load that has none to spare.
 */

export interface RibbonPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** Along `points` by their upper edge and back by the lower; '' where there are none. */
export function straight(points: readonly RibbonPoint[]): string {
  return outline(points, (_x0, _y0, x, y) => `L${x},${y}`);
}

/** As `straight`, in an S from each point to the next. */
export function bent(points: readonly RibbonPoint[]): string {
  return outline(points, (x0, y0, x, y) => {
    const middle = rounded((x0 + x) / 2);
    return `C${middle},${y0},${middle},${y},${x},${y}`;
  });
}

type Step = (fromX: number, fromY: number, x: number, y: number) => string;

function outline(points: readonly RibbonPoint[], step: Step): string {
  if (points.length === 0) return '';
  const there = points.map(({ x, high }) => [rounded(x), rounded(high)] as const);
  const back = points.map(({ x, low }) => [rounded(x), rounded(low)] as const).reverse();
  const edge = (line: readonly (readonly [number, number])[]): string =>
    line
      .map(([x, y], i) => {
        const before = line[i - 1];
        return before === undefined ? `${x},${y}` : step(before[0], before[1], x, y);
      })
      .join('');
  return `M${edge(there)}L${edge(back)}Z`;
}

/** To a tenth of a pixel. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
