/** Times over time as a canvas: a column for each stretch of the capture, a cell for each bin of the histogram. */
import type { Latency } from '#workers/api.ts';

/** The least that any count is seen with. */
const FAINTEST = 0.15;

/** `colour` at more or less strength: logarithmic, for one slow packet matters next to a thousand fast ones. */
export function drawHeat(
  canvas: CanvasRenderingContext2D,
  { heat, counts, columns }: Latency,
  width: number,
  height: number,
  colour: string,
): void {
  canvas.clearRect(0, 0, width, height);
  const bins = counts.length;
  if (bins === 0) return;
  const most = heat.reduce((a, b) => Math.max(a, b), 0);
  const [wide, high] = [width / columns, height / bins];
  canvas.fillStyle = colour;
  heat.forEach((count, cell) => {
    if (count === 0) return;
    const [column, bin] = [Math.floor(cell / bins), cell % bins];
    canvas.globalAlpha = FAINTEST + (1 - FAINTEST) * (Math.log1p(count) / Math.log1p(most));
    canvas.fillRect(column * wide, height - (bin + 1) * high, Math.max(1, wide), Math.max(1, high));
  });
  canvas.globalAlpha = 1;
}
