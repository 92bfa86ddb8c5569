/** When: events over time, how many of them carried metadata, and where the capture missed some. */
import { memo, useDeferredValue, useMemo, useRef, useState } from 'react';
import type { Gap, Timeline } from '#workers/api.ts';
import { useWidth } from '#src/app/use-size.ts';
import { printAbsolute, printCount, printDuration, printRough } from '#src/list/print.ts';
import { usePage } from '#src/state/context.ts';
import { barPath, barsOf, gapLabels, gapSpans, gapText } from './bars.ts';
import './timeline.css';

const HEIGHT_PX = 34;
/** Places of the labels below the bars, as shares of the time. */
const AXIS = [0, 0.5, 1] as const;
const BAR_PX = 4;
/** Kept free above the bars for the labels of gaps. */
const LABEL_PX = 12;
const MIN_GAP_PX = 6;
const TABLE_ROWS = 24;
const NO_GAPS: readonly Gap[] = [];

export function TimelineStrip() {
  // After the path, which has the same Update to draw: in a task of its own.
  const timeline = useDeferredValue(usePage((state) => state.calm?.timeline ?? null));
  const gaps = usePage((state) => state.calm?.gaps ?? NO_GAPS);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  return (
    <section className="timeline" aria-label="Timeline" data-pane="timeline">
      <TimelineHead timeline={timeline} />
      <div className="timeline-box" ref={box}>
        {timeline !== null && width > 0 && <Bars timeline={timeline} gaps={gaps} width={width} />}
      </div>
      {timeline !== null && <TimelineTable timeline={timeline} gaps={gaps} />}
    </section>
  );
}

function TimelineHead({ timeline }: { readonly timeline: Timeline | null }) {
  if (timeline === null || timeline.startNs === '') return <div className="timeline-head" />;
  const start = BigInt(timeline.startNs);
  const span = Number(BigInt(timeline.endNs || timeline.startNs) - start);
  const [, clock = ''] = printAbsolute(start).split(' ');
  return (
    <div className="timeline-head" title={`from ${printAbsolute(start)}`}>
      <span className="mono muted">{clock.slice(0, 10)}</span>
      <b className="mono">{printDuration(span)}</b>
    </div>
  );
}

interface BarsProps {
  readonly timeline: Timeline;
  readonly gaps: readonly Gap[];
  readonly width: number;
}

const Bars = memo(function Bars({ timeline, gaps, width }: BarsProps) {
  const [over, setOver] = useState<number | null>(null);
  const bars = useMemo(() => barsOf(timeline, Math.floor(width / BAR_PX)), [timeline, width]);
  const spans = useMemo(() => gapSpans(gaps, timeline), [gaps, timeline]);
  const highest = bars.reduce((max, bar) => Math.max(max, bar.events), 0);
  const most = spans.length === 0 ? highest : (highest * HEIGHT_PX) / (HEIGHT_PX - LABEL_PX);
  const labels = gapLabels(spans, width, MIN_GAP_PX);
  const bar = over === null ? undefined : bars[over];
  const spanNs = spanOf(timeline);
  const perSecond = spanNs === 0 ? 0 : (highest * bars.length * 1e9) / spanNs;
  return (
    <>
      <svg
        width={width}
        height={HEIGHT_PX}
        role="img"
        aria-label="Events over time; the table that follows has the numbers"
        onPointerMove={(event) => {
          const share = (event.clientX - event.currentTarget.getBoundingClientRect().left) / width;
          setOver(Math.min(bars.length - 1, Math.max(0, Math.floor(share * bars.length))));
        }}
        onPointerLeave={() => setOver(null)}
      >
        <defs>
          <pattern
            id="gap-hatch"
            width="5"
            height="5"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <line x1="0" y1="0" x2="0" y2="5" className="gap-line" />
          </pattern>
        </defs>
        {spans.map((span, i) => {
          const x = span.from * width;
          const wide = Math.max(MIN_GAP_PX, (span.to - span.from) * width);
          const text = gapText(span);
          const label = labels[i] ?? null;
          return (
            <g key={span.key} className="gap">
              <title>{`gap: ${text}, ${span.causes.join(', ')}`}</title>
              <rect x={x} y={0.5} width={wide} height={HEIGHT_PX - 1} fill="url(#gap-hatch)" />
              {label !== null && (
                <text x={label.x} y={LABEL_PX - 3} textAnchor={label.anchor}>
                  {text}
                </text>
              )}
            </g>
          );
        })}
        <path
          className="bar-packets"
          d={barPath(
            bars.map((one) => one.events),
            most,
            width,
            HEIGHT_PX,
            0,
          )}
        />
        <path
          className="bar-meta"
          d={barPath(
            bars.map((one) => one.withMetadata),
            most,
            width,
            HEIGHT_PX,
            0,
          )}
        />
        {over !== null && (
          <rect
            className="bar-over"
            x={(over * width) / bars.length - 0.5}
            y={0}
            width={width / bars.length}
            height={HEIGHT_PX}
          />
        )}
      </svg>
      <span className="timeline-peak mono" title="The highest bar">
        {perSecond > 0 ? `${printRough(perSecond)}/s` : ''}
      </span>
      <div className="timeline-axis mono" aria-hidden="true">
        {AXIS.map((share) => (
          <span key={share}>{share === 0 ? '0' : `+${printDuration(spanNs * share)}`}</span>
        ))}
      </div>
      {bar !== undefined && over !== null && (
        <span
          className="timeline-tip mono"
          style={
            over < bars.length / 2
              ? { left: (over * width) / bars.length + 10 }
              : { right: width - (over * width) / bars.length + 4 }
          }
        >
          {printCount(bar.events)} events, {printCount(bar.withMetadata)} with metadata
        </span>
      )}
    </>
  );
});

function spanOf({ startNs, endNs }: Timeline): number {
  return startNs === '' ? 0 : Number(BigInt(endNs || startNs) - BigInt(startNs));
}

/** The same numbers for screen readers, in fewer steps. */
const TimelineTable = memo(function TimelineTable({ timeline, gaps }: Omit<BarsProps, 'width'>) {
  const bars = barsOf(timeline, TABLE_ROWS);
  const span = spanOf(timeline);
  return (
    <table className="hidden-text" aria-label="Timeline as a table">
      <thead>
        <tr>
          <th scope="col">from</th>
          <th scope="col">events</th>
          <th scope="col">with metadata</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar, i) => (
          <tr key={i}>
            <th scope="row">{printDuration((span * i) / bars.length)}</th>
            <td>{bar.events}</td>
            <td>{bar.withMetadata}</td>
          </tr>
        ))}
        {gapSpans(gaps, timeline).map((gap) => (
          <tr key={`gap-${gap.key}`}>
            <th scope="row">gap at {printDuration(span * gap.from)}</th>
            <td colSpan={2}>
              {gap.count ?? 'unknown number of'} events missed: {gap.causes.join(', ')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
