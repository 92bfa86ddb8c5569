/**
 * Zoom and pan of the path. Larger is a wider layout, not a magnified one: letters, bands and lines stay as they are, hops come
 * apart, and those that had no room for their name get it. What is out of view then is scrolled, as anything else is.
 */
import { useLayoutEffect, useRef, type MouseEvent, type PointerEvent, type RefObject } from 'react';
import { useSettled } from '#src/app/use-settled.ts';
import { useWheel } from '#src/app/use-wheel.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { MAX_PATH_SCALE } from '#src/state/link-state.ts';
import type { Stop } from './stops.ts';

export const ZOOM_STEP = 1.5;
const WHEEL_ZOOM = 1.0025;
/** A press that moves less is a click. */
const CLICK_PX = 3;

export interface PathZoom {
  /** 1 = all of the path is as wide as the pane. */
  readonly scale: number;
  readonly largest: boolean;
  /** The stop stays where it is in view, at any scale. */
  by(factor: number, around: Stop | undefined): void;
  whole(): void;
  /** Of what the path is drawn in: it is dragged while it is larger than the pane. */
  readonly pan: {
    onPointerDown(event: PointerEvent): void;
    onPointerMove(event: PointerEvent): void;
    onPointerUp(): void;
    onPointerCancel(): void;
    onClickCapture(event: MouseEvent): void;
  };
}

/** What keeps its place: a stop, and how far from the left edge of the view it is, in px. */
interface Anchor {
  readonly key: string;
  readonly left: number;
  /** At which it was there; of what is as large as it may be nothing else comes of `by`. */
  readonly scale: number;
}

/** By how much the path is wider than its pane, within its bounds. */
export function usePathScale(): readonly [number, (to: (scale: number) => number) => void] {
  const session = useSession();
  const linked = usePage((state) => state.link.scale);
  const capture = usePage((state) => state.newest?.capture ?? 0);
  const [scale, setScale] = useSettled({
    linked,
    capture,
    isSame: Object.is,
    write: (value) => session.view.setScale(value),
  });
  return [scale, (to) => setScale((now) => Math.min(MAX_PATH_SCALE, Math.max(1, to(now))))];
}

/** `stops` are those of the layout that `scale` made. */
export function usePathZoom(
  scroll: RefObject<HTMLElement | null>,
  [scale, setScale]: ReturnType<typeof usePathScale>,
  stops: readonly Stop[],
): PathZoom {
  const anchor = useRef<Anchor | null>(null);
  const held = useRef<{ x: number; y: number; left: number; top: number; moved: boolean } | null>(null);
  const by: PathZoom['by'] = (factor, around) => {
    const element = scroll.current;
    if (element === null) return;
    const anchored = around && { key: around.key, left: around.x - element.scrollLeft, scale };
    anchor.current = anchored ?? null;
    setScale((now) => now * factor);
  };
  useLayoutEffect(() => {
    const element = scroll.current;
    const kept = anchor.current;
    anchor.current = null;
    const stop = stops.find(({ key }) => key === kept?.key);
    if (element === null || kept === null || kept.scale === scale || stop === undefined) return;
    // Sought and gone to by keys it may have been out of view.
    const left = Math.min(0.9 * element.clientWidth, Math.max(0.1 * element.clientWidth, kept.left));
    element.scrollTo({ left: stop.x - left });
  }, [scroll, scale, stops]);

  useWheel(scroll, (event) => {
    const element = scroll.current;
    if (!event.ctrlKey || element === null) return false;
    const { left, top } = element.getBoundingClientRect();
    const [x, y] = [event.clientX - left + element.scrollLeft, event.clientY - top + element.scrollTop];
    by(WHEEL_ZOOM ** -event.deltaY, nearestHop(stops, x, y));
    return true;
  });

  const leave = () => {
    if (held.current?.moved !== true) held.current = null;
  };
  return {
    scale,
    largest: scale >= MAX_PATH_SCALE,
    by,
    whole: () => setScale(() => 1),
    pan: {
      onPointerDown: (event) => {
        const element = scroll.current;
        held.current = null;
        // Touch scrolls by itself.
        if (element === null || event.button !== 0 || event.pointerType !== 'mouse') return;
        const { scrollLeft: left, scrollTop: top } = element;
        // What is all in view cannot be dragged: a hand that is not still clicks all the same.
        if (element.scrollWidth <= element.clientWidth && element.scrollHeight <= element.clientHeight)
          return;
        held.current = { x: event.clientX, y: event.clientY, left, top, moved: false };
      },
      onPointerMove: (event) => {
        const element = scroll.current;
        const from = held.current;
        if (element === null || from === null || (event.buttons & 1) === 0) return;
        const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
        if (!from.moved && Math.hypot(dx, dy) < CLICK_PX) return;
        from.moved = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        element.scrollTo(from.left - dx, from.top - dy);
      },
      onPointerUp: leave,
      onPointerCancel: leave,
      // What was dragged was not meant to be chosen.
      onClickCapture: (event) => {
        if (held.current?.moved === true) event.stopPropagation();
        held.current = null;
      },
    },
  };
}

/** What a pointer at `x`, `y` of the drawing means most likely: across, a row counts more than a hop. */
function nearestHop(stops: readonly Stop[], x: number, y: number): Stop | undefined {
  const distance = (stop: Stop) => Math.abs(stop.x - x) + 2 * Math.abs(stop.y - y);
  return stops
    .filter(({ kind }) => kind === 'hop')
    .reduce<Stop | undefined>(
      (best, stop) => (best === undefined || distance(stop) < distance(best) ? stop : best),
      undefined,
    );
}
