/** How times were over the capture: whether the slow ones are a moment, or always. */
import { useLayoutEffect, useMemo, useRef } from 'react';
import type { Latency } from '#workers/api.ts';
import { useWidth } from '#src/app/use-size.ts';
import { printDuration } from '#src/list/print.ts';
import { tokenColours } from '#src/theme/colours.ts';
import { useScheme } from '#src/theme/use-scheme.ts';
import { drawHeat } from './heat.ts';

const HEIGHT_PX = 92;
const TABLE_ROWS = 20;

export function Heat({ latency }: { readonly latency: Latency }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d') ?? null;
    if (element === null || context === null || width === 0) return;
    const ratio = devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(HEIGHT_PX * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawHeat(context, latency, width, HEIGHT_PX, tokenColours(element, ['meta'])['meta']);
  }, [latency, width, scheme]);
  const span = latency.widthNs * latency.columns;
  return (
    <div className="latency-heat">
      <div ref={box} className="latency-heat-box">
        <canvas ref={canvas} style={{ width, height: HEIGHT_PX }} aria-hidden="true" />
      </div>
      <span className="latency-heat-axis mono muted" aria-hidden="true">
        <span>0</span>
        <span>when, over the capture; higher is longer</span>
        <span>+{printDuration(span)}</span>
      </span>
      <HeatTable latency={latency} />
    </div>
  );
}

function HeatTable({ latency }: { readonly latency: Latency }) {
  const rows = useMemo(() => courseOf(latency, TABLE_ROWS), [latency]);
  return (
    <div className="hidden-text">
      <table aria-label="Times over the capture as a table">
        <thead>
          <tr>
            <th scope="col">since the start</th>
            <th scope="col">journeys</th>
            <th scope="col">half take less than</th>
            <th scope="col">all take less than</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ sinceNs, journeys, halfNs, allNs }) => (
            <tr key={sinceNs}>
              <th scope="row">{printDuration(sinceNs)}</th>
              <td>{journeys}</td>
              <td>{journeys === 0 ? '' : printDuration(halfNs)}</td>
              <td>{journeys === 0 ? '' : printDuration(allNs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CourseRow {
  readonly sinceNs: number;
  readonly journeys: number;
  /** Upper edges of the bins that half of them, and the last, are in. */
  readonly halfNs: number;
  readonly allNs: number;
}

function courseOf({ heat, counts, columns, widthNs, edgesNs }: Latency, most: number): readonly CourseRow[] {
  const bins = counts.length;
  const size = Math.max(1, Math.ceil(columns / most));
  const rows: CourseRow[] = [];
  for (let first = 0; first < columns; first += size) {
    const part = new Uint32Array(bins);
    for (let cell = first * bins; cell < Math.min(columns, first + size) * bins; cell++) {
      part[cell % bins]! += heat[cell]!;
    }
    const journeys = part.reduce((a, b) => a + b, 0);
    let [seen, half] = [0, 0];
    while (half < bins - 1 && (seen += part[half]!) < journeys / 2) half++;
    const all = part.findLastIndex((count) => count > 0);
    rows.push({
      sinceNs: first * widthNs,
      journeys,
      halfNs: edgesNs[half + 1] ?? 0,
      allNs: edgesNs[all + 1] ?? 0,
    });
  }
  return rows;
}
