/** The histogram: bars over a logarithmic scale, a range of which is chosen with the pointer or the keyboard. */
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Latency } from '#workers/api.ts';
import { useWidth } from '#src/app/use-size.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { printDuration, printMany } from '#src/list/print.ts';
import { barHeights, logTicks } from './hops.ts';

const HEIGHT_PX = 92;
const AXIS_PX = 14;

interface HistogramProps {
  readonly latency: Latency;
  readonly onRange: (first: number, last: number) => void;
}

interface Range {
  readonly anchor: number;
  readonly head: number;
}

export function Histogram({ latency, onRange }: HistogramProps) {
  const { counts, edgesNs } = latency;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [range, setRange] = useState<Range | null>(null);
  const [held, setHeld] = useState(false);
  const bins = counts.length;
  const step = bins === 0 ? 0 : width / bins;
  const heights = barHeights(counts, HEIGHT_PX);
  const last = bins - 1;
  const clamp = (bin: number): number => Math.min(last, Math.max(0, bin));
  const binAt = (event: PointerEvent<HTMLElement>): number =>
    clamp(Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left) / step));
  const low = range === null ? 0 : clamp(Math.min(range.anchor, range.head));
  const high = range === null ? 0 : clamp(Math.max(range.anchor, range.head));
  const move = (by: number) => {
    const head = clamp(range === null ? 0 : range.head + by);
    setRange({ anchor: head, head });
  };
  const grow = (by: number) => {
    const from = range ?? { anchor: 0, head: 0 };
    setRange({ anchor: from.anchor, head: clamp(from.head + by) });
  };
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('latency', event, {
      'latency.previous': () => move(-1),
      'latency.next': () => move(1),
      'latency.grow': () => grow(1),
      'latency.shrink': () => grow(-1),
      ...(range === null
        ? {}
        : { 'latency.choose': () => onRange(low, high), 'latency.clear': () => setRange(null) }),
    });
  const inRange = range === null ? 0 : counts.subarray(low, high + 1).reduce((a, b) => a + b, 0);
  const text =
    range === null
      ? ''
      : `${printDuration(edgesNs[low] ?? 0)} to ${printDuration(edgesNs[high + 1] ?? 0)}: ${printMany(inRange, 'journey')}`;
  return (
    <div className="latency-histogram">
      <div
        ref={box}
        className="latency-bars"
        role="group"
        tabIndex={0}
        aria-label="Histogram. Arrow keys move, Shift and arrow keys choose a range, Enter filters"
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0 || bins === 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setHeld(true);
          setRange({ anchor: binAt(event), head: binAt(event) });
        }}
        onPointerMove={(event) => {
          if (held && range !== null) setRange({ ...range, head: binAt(event) });
        }}
        onPointerUp={() => {
          if (held && range !== null) onRange(low, high);
          setHeld(false);
        }}
        onPointerCancel={() => setHeld(false)}
      >
        <svg width={width} height={HEIGHT_PX + AXIS_PX} aria-hidden="true">
          {heights.map((height, bin) => (
            <rect
              key={bin}
              className="latency-bar"
              x={bin * step}
              y={HEIGHT_PX - height}
              width={Math.max(1, step - 1)}
              height={height}
            />
          ))}
          <Marks latency={latency} step={step} />
          {logTicks(edgesNs).map(({ at, ns }) => (
            <g key={ns} transform={`translate(${at * step},0)`}>
              <line className="latency-tick" y1={HEIGHT_PX} y2={HEIGHT_PX + 3} />
              <text y={HEIGHT_PX + AXIS_PX - 2} textAnchor={at < 2 ? 'start' : 'middle'}>
                {printDuration(ns)}
              </text>
            </g>
          ))}
          {range !== null && (
            <rect
              className="latency-range"
              x={low * step}
              y={0.5}
              width={Math.max(2, (high - low + 1) * step)}
              height={HEIGHT_PX - 0.5}
            />
          )}
        </svg>
        {range !== null && <span className="latency-tip mono">{text}</span>}
        <output className="hidden-text" aria-live="polite">
          {text}
        </output>
      </div>
      <div className="hidden-text">
        <table aria-label="Histogram as a table">
          <thead>
            <tr>
              <th scope="col">from</th>
              <th scope="col">to below</th>
              <th scope="col">journeys</th>
            </tr>
          </thead>
          <tbody>
            {Array.from(counts, (count, bin) => (
              <tr key={bin}>
                <th scope="row">{printDuration(edgesNs[bin] ?? 0)}</th>
                <td>{printDuration(edgesNs[bin + 1] ?? 0)}</td>
                <td>{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** Where percentiles are, named. */
function Marks({ latency, step }: { readonly latency: Latency; readonly step: number }) {
  const { edgesNs } = latency;
  const marks = [
    ['p50', latency.p50Ns],
    ['p90', latency.p90Ns],
    ['p99', latency.p99Ns],
  ] as const;
  return marks.map(([name, ns], i) => {
    const bin = Math.max(
      0,
      edgesNs.findLastIndex((edge) => edge <= ns),
    );
    const wide = (edgesNs[bin + 1] ?? 1) - (edgesNs[bin] ?? 0);
    const right = bin > 0.9 * latency.counts.length;
    const x = (bin + (ns - (edgesNs[bin] ?? 0)) / wide) * step;
    return (
      <g key={name} className="latency-mark" transform={`translate(${x},0)`}>
        <line y1={10 + 10 * i} y2={HEIGHT_PX} />
        <text y={9 + 10 * i} x={right ? -2 : 2} textAnchor={right ? 'end' : 'start'}>
          {name}
        </text>
      </g>
    );
  });
}
