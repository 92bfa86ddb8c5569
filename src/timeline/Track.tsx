/** The canvas of the timeline, with its brush: by pointer, by wheel with Ctrl, and by keyboard. */
import {
  memo,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
} from 'react';
import type { Gap, TimelineBins } from '#workers/api.ts';
import { useWidth } from '#src/app/use-size.ts';
import { useWheel } from '#src/app/use-wheel.ts';
import { scopedAction } from '#src/keys/bind.ts';
import { printCount, printDuration, printRough } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { tokenColours } from '#src/theme/colours.ts';
import { useScheme } from '#src/theme/use-scheme.ts';
import { drawTimeline, GAP_LEAST_PX, TIMELINE_TOKENS, type Colours } from './draw.ts';
import { gapLabels, gapSpans } from './gaps.ts';
import { rowAt, type Row } from './rows.ts';
import { printTime } from '#src/state/link-view.ts';
import { timeTicks } from './ticks.ts';
import {
  between,
  dragged,
  gripAt,
  lengthOf,
  nearestWithEvents,
  panned,
  part,
  rangeOf,
  shareOf,
  spanOf,
  viewAround,
  within,
  zoomed,
  type Grip,
  type Span,
} from './view.ts';

/** A press that moves less is a click. */
const CLICK_PX = 3;
const EDGE_PX = 5;
/** To a bar that is so near a pointer goes by itself. */
const SNAP_PX = 6;
/** Arrow keys that follow each other are one choice. */
const KEY_SETTLE_MS = 250;
const KEY_STEP = 0.02;
const ZOOM_STEP = 0.5;
const WHEEL_ZOOM = 1.0025;

interface TrackProps {
  readonly whole: Span | null;
  readonly view: Span | null;
  readonly zoomed: boolean;
  readonly bins: TimelineBins | null;
  readonly rows: readonly Row[];
  readonly gaps: readonly Gap[];
  readonly height: number;
  readonly onWidth: (width: number) => void;
  readonly onView: (view: Span | null) => void;
}

interface Hold {
  readonly grip: Grip;
  readonly atPx: number;
  readonly at: bigint;
  readonly brush: Span | null;
}

export const Track = memo(function Track(props: TrackProps) {
  const { whole, view, bins, rows, gaps, height, onWidth, onView } = props;
  const session = useSession();
  const time = usePage((state) => state.link.time);
  const scheme = useScheme();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  // To work them out, the browser restyles the page.
  const colours = useRef<{
    of: string;
    are: Colours;
  } | null>(null);
  const width = useWidth(box);
  const [hold, setHold] = useState<Hold | null>(null);
  /** While it is dragged, or arrow keys go on: not a filter yet. */
  const [draft, setDraft] = useState<Span | null>(null);
  const [over, setOver] = useState<number | null>(null);
  useEffect(() => onWidth(width), [width, onWidth]);

  const brush = useMemo(() => draft ?? (time === null ? null : spanOf(time)), [draft, time]);
  const commit = (next: Span | null) => {
    setDraft(null);
    session.filter.set({ time: next === null ? null : rangeOf(next) });
  };
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(settle.current), []);
  const commitSoon = (next: Span) => {
    setDraft(next);
    clearTimeout(settle.current);
    settle.current = setTimeout(() => commit(next), KEY_SETTLE_MS);
  };

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d') ?? null;
    if (element === null || context === null || view === null || bins === null || width === 0) return;
    const ratio = devicePixelRatio;
    if (element.width !== Math.round(width * ratio)) element.width = Math.round(width * ratio);
    if (element.height !== Math.round(height * ratio)) element.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (colours.current?.of !== scheme)
      colours.current = { of: scheme, are: tokenColours(element, TIMELINE_TOKENS) };
    const spans = gapSpans(gaps, view);
    drawTimeline(
      context,
      {
        view,
        bins,
        rows,
        ticks: timeTicks(view, whole?.from ?? view.from, width),
        gaps: spans,
        gapLabels: gapLabels(spans, width, GAP_LEAST_PX),
        brush,
        over,
        width,
        height,
      },
      colours.current.are,
      getComputedStyle(element).fontFamily,
    );
  }, [view, bins, rows, gaps, brush, over, width, height, whole, scheme]);

  const timeAt = (px: number): bigint =>
    view === null ? 0n : view.from + part(lengthOf(view), Math.min(1, Math.max(0, px / width)));
  const binAt = (ns: bigint): number | null => {
    if (bins === null || bins.fromNs === '') return null;
    const bin = Number((ns - BigInt(bins.fromNs)) / BigInt(bins.widthNs));
    return bin >= 0 && bin < bins.events.length ? bin : null;
  };
  /** Bars are a few pixels wide: a bin without events gives way to the nearest that has some. */
  const near = (bin: number | null): number | null => {
    if (bin === null || bins === null || view === null) return bin;
    const reach = Math.ceil((SNAP_PX / width) * (Number(lengthOf(view)) / bins.widthNs));
    return nearestWithEvents(bins.events, bin, reach);
  };
  const spanOfBin = (bin: number): Span | null => {
    if (bins === null) return null;
    const from = BigInt(bins.fromNs) + BigInt(bin) * BigInt(bins.widthNs);
    return { from, to: from + BigInt(bins.widthNs) - 1n };
  };

  useWheel(box, (event) => {
    if (view === null || whole === null) return false;
    const share = (event.clientX - (box.current?.getBoundingClientRect().left ?? 0)) / width;
    if (event.ctrlKey) onView(zoomed(view, whole, WHEEL_ZOOM ** event.deltaY, share));
    else if (props.zoomed && (event.shiftKey || event.deltaX !== 0)) {
      onView(panned(view, whole, (event.deltaX || event.deltaY) / width));
    } else return false;
    return true;
  });

  const pixels = (event: PointerEvent<HTMLElement>): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (view === null || event.button !== 0) return;
    const x = pixels(event);
    const edges =
      brush === null
        ? null
        : { from: shareOf(view, brush.from) * width, to: shareOf(view, brush.to + 1n) * width };
    event.currentTarget.setPointerCapture(event.pointerId);
    setHold({ grip: gripAt(x, edges, EDGE_PX), atPx: x, at: timeAt(x), brush });
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const x = pixels(event);
    setOver(near(binAt(timeAt(x))));
    if (hold === null || whole === null || (draft === null && Math.abs(x - hold.atPx) < CLICK_PX)) return;
    setDraft(dragged(hold.grip, hold.brush, hold.at, timeAt(x), whole));
  };
  const onPointerUp = () => {
    if (hold === null) return;
    setHold(null);
    if (draft !== null) commit(draft);
    else if (hold.grip === 'new' && time !== null) commit(null);
  };

  const cursor = over ?? 0;
  const step = (by: 1 | -1) => {
    if (whole === null || view === null) return;
    if (brush !== null) {
      const distance = part(lengthOf(view), KEY_STEP) * BigInt(by);
      commitSoon(within({ from: brush.from + distance, to: brush.to + distance }, whole));
    } else if (bins !== null) {
      const first = over === null ? (binAt(view.from) ?? 0) : over + by;
      setOver(Math.min(bins.events.length - 1, Math.max(0, first)));
    }
  };
  const grow = (by: 1 | -1) => {
    if (whole === null || view === null) return;
    const distance = part(lengthOf(view), KEY_STEP) * BigInt(by);
    const from = brush ?? spanOfBin(cursor);
    if (from === null) return;
    const to = from.to + distance;
    commitSoon(between(from.from, to < from.from ? from.from : to, whole));
  };
  const zoom = (factor: number) => {
    if (whole === null || view === null) return;
    const at = brush ?? spanOfBin(cursor);
    const share = at === null ? 0.5 : shareOf(view, (at.from + at.to) / 2n);
    onView(zoomed(view, whole, factor, share < 0 || share > 1 ? 0.5 : share));
  };
  const pan = (by: number) => {
    if (whole !== null && view !== null && props.zoomed) onView(panned(view, whole, by));
  };
  const onKeyDown = (event: KeyboardEvent) =>
    scopedAction('timeline', event, {
      'timeline.previous': () => step(-1),
      'timeline.next': () => step(1),
      'timeline.shrink': () => grow(-1),
      'timeline.grow': () => grow(1),
      'timeline.choose': () => {
        const span = spanOfBin(cursor);
        if (span !== null) commit(span);
      },
      'timeline.zoom-in': () => zoom(ZOOM_STEP),
      'timeline.zoom-out': () => zoom(1 / ZOOM_STEP),
      'timeline.zoom-brush': () => brush !== null && whole !== null && onView(viewAround(brush, whole)),
      'timeline.whole': () => onView(null),
      'timeline.earlier': () => pan(-0.5),
      'timeline.later': () => pan(0.5),
      // Escape first takes back the brush, then the zoom, and then it is the page's.
      ...(brush !== null
        ? { 'timeline.clear': () => commit(null) }
        : props.zoomed
          ? { 'timeline.clear': () => onView(null) }
          : {}),
    });

  /** Of what is under the pointer, or for the menu key of the cursor: the brush it is in, or its bin; in a row, what that counts. */
  const onContextMenu = (event: MouseEvent) => {
    if (event.shiftKey || view === null || bins === null || box.current === null) return;
    const { left, top } = box.current.getBoundingClientRect();
    const isPointer = event.button === 2 && over !== null;
    const at = isPointer ? timeAt(event.clientX - left) : null;
    const inBrush = brush !== null && (at === null || (at >= brush.from && at <= brush.to));
    const span = inBrush ? brush : spanOfBin(at === null ? cursor : (near(binAt(at)) ?? cursor));
    if (span === null) return;
    event.preventDefault();
    const time = `time in ${printTime(rangeOf(span))}`;
    const row = isPointer ? rowAt(rows, event.clientY - top) : undefined;
    const expression = row === undefined || row.filter === '' ? time : `any(${row.filter} && ${time})`;
    const x = isPointer ? event.clientX : left + Math.max(0, width * shareOf(view, span.from));
    const y = isPointer ? event.clientY : top + height;
    session.store.setState({ valueMenu: { field: 'time', value: null, expression, x, y } });
  };

  const tip = over === null || bins === null ? null : tipOf(bins, rows, over, whole?.from ?? 0n);
  const tipAt =
    over === null || view === null ? 0 : shareOf(view, spanOfBin(over)?.from ?? view.from) * width;
  const peak = bins === null ? 0 : (bins.events.reduce((a, b) => Math.max(a, b), 0) * 1e9) / bins.widthNs;
  return (
    <div
      ref={box}
      className="timeline-box"
      style={{ height }}
      role="group"
      tabIndex={0}
      aria-label="Time. Arrow keys move, Shift and arrow keys choose, Escape clears"
      data-grip={hold?.grip}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        setHold(null);
        setDraft(null);
      }}
      onPointerLeave={() => hold === null && setOver(null)}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
      data-menu
    >
      <canvas ref={canvas} className="mono" style={{ width, height }} aria-hidden="true" />
      <span className="timeline-peak mono" title="The highest bar">
        {peak > 0 ? `${printRough(peak)}/s` : ''}
      </span>
      {tip !== null && (
        <span
          className="timeline-tip mono"
          style={tipAt < width / 2 ? { left: tipAt + 10 } : { right: width - tipAt + 4 }}
        >
          {tip}
        </span>
      )}
      <output className="hidden-text" aria-live="polite">
        {draft !== null && whole !== null ? chosenText(draft, whole.from) : (tip ?? '')}
      </output>
    </div>
  );
});

function tipOf(bins: TimelineBins, rows: readonly Row[], bin: number, start: bigint): string {
  const at = Number(BigInt(bins.fromNs) - start) + bin * bins.widthNs;
  const parts = rows
    .map((row) => ({ row, count: row.counts[bin] ?? 0 }))
    .filter(({ row, count }) => row.kind === 'events' || count > 0)
    .map(({ row, count }) => `${printCount(count)} ${row.label}`);
  return `${printDuration(at)}: ${parts.join(', ')}, ${printCount(bins.withMetadata[bin] ?? 0)} with metadata`;
}

function chosenText(span: Span, start: bigint): string {
  return `${printDuration(Number(span.from - start))} to ${printDuration(Number(span.to - start))} chosen`;
}
