/** Where the list stands: moved by hand, at the newest while it follows, or at the journey that is chosen. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { useSize } from '#src/app/use-size.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { afterFrame } from '#src/state/frame.ts';
import {
  clampTop,
  heldExtent,
  keepInView,
  maxTop,
  reveal,
  ROW_HEIGHT_PX,
  scrollOfTop,
  topOfScroll,
  trackHeight,
  wheelPixels,
  windowAt,
  type Extent,
  type RowWindow,
} from './window.ts';

const HEAD_HEIGHT_PX = 24;
const OVERSCAN_ROWS = 12;

export interface ListScroll {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly extent: Extent;
  /** Height of what is scrolled, in px. */
  readonly trackPx: number;
  /** Position in the list, in px from its top. */
  readonly at: number;
  /** It stays at the newest row. */
  readonly sticking: boolean;
  readonly view: RowWindow;
  readonly onScroll: () => void;
  /** While it is drawn: a window or pane that is made smaller does not push the chosen row over the edge; -1 = it is not drawn. */
  readonly keepRow: (row: number) => void;
}

export function useListScroll(): ListScroll {
  const session = useSession();
  const shown = usePage((state) => state.shown);
  const chosen = usePage((state) => state.selection?.journey);
  const follow = usePage((state) => state.follow);
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(scroller);
  const [top, setTop] = useState(0);
  /** The scrollTop that is already known: set by the page itself, so that its event is not a person's, or seen. */
  const ownScroll = useRef(0);
  /** The page has yet to go to where the newest row is now: what the browser reports until then is no person's. */
  const isDue = useRef(false);

  const listed = shown?.listed ?? 0;
  const generation = shown?.generation ?? 0;
  const capture = shown?.capture ?? -1;
  const live = shown?.state === 'live' || shown?.state === 'reconnecting';
  const extent: Extent = useMemo(
    () => ({ rows: listed, rowHeight: ROW_HEIGHT_PX, viewport: Math.max(0, size.height - HEAD_HEIGHT_PX) }),
    [listed, size.height],
  );
  const sticking = follow && live;
  const at = sticking ? maxTop(extent) : clampTop(top, extent);
  const track = useMemo(() => (sticking ? heldExtent(extent) : extent), [sticking, extent]);
  const trackAt = sticking ? maxTop(track) : at;
  // Rows beyond the edge are for scrolling; at the newest there is none.
  const view = windowAt(at, extent, sticking ? 0 : OVERSCAN_ROWS);

  // A new capture starts at its top.
  const [ownCapture, setOwnCapture] = useState(capture);
  if (ownCapture !== capture) {
    setOwnCapture(capture);
    setTop(0);
  }

  const [ownViewport, setOwnViewport] = useState(0);
  const keepRow = (row: number) => {
    if (ownViewport === extent.viewport) return;
    setOwnViewport(extent.viewport);
    if (row >= 0 && ownViewport > 0 && !sticking) setTop(keepInView(row, top, ownViewport, extent));
  };

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || extent.viewport === 0) return undefined;
    const wanted = Math.round(scrollOfTop(trackAt, track));
    // Reading scrollTop back would lay the page out once more; what was set, or scrolled to, is known.
    if (!isDue.current && Math.abs(ownScroll.current - wanted) <= 1) return undefined;
    const set = () => {
      isDue.current = false;
      ownScroll.current = wanted;
      element.scrollTop = wanted;
    };
    // What is set within a commit has the page laid out there and then. At the newest, rows do not hang on it.
    isDue.current = sticking;
    if (sticking) return afterFrame(set);
    set();
    return undefined;
  }, [trackAt, track, extent.viewport, sticking]);

  /** How often a person has moved the list, and which list that was. */
  const moved = useRef({ times: 0, generation: -1 });
  const goTo = useCallback(
    (next: number) => {
      const bounded = clampTop(next, extent);
      moved.current = { times: moved.current.times + 1, generation };
      setTop(bounded);
      session.setFollow(live && bounded >= maxTop(extent) - 1);
    },
    [extent, live, session, generation],
  );

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop } = element;
    if (Math.abs(scrollTop - ownScroll.current) <= 1) return;
    // A list that became higher, or shorter, is scrolled by the browser itself, which says so before the page knows its new size.
    const isResized = Math.abs(element.clientHeight - HEAD_HEIGHT_PX - extent.viewport) > 1;
    if (sticking && (isDue.current || isResized)) return;
    ownScroll.current = scrollTop;
    goTo(at - trackAt + topOfScroll(scrollTop, track));
  };

  // In a shortened track one wheel step would jump over thousands of rows: there the wheel moves rows itself.
  const wheel = useRef({ at, extent, goTo });
  useLayoutEffect(() => {
    wheel.current = { at, extent, goTo };
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      const now = wheel.current;
      if (trackHeight(now.extent) === now.extent.rows * ROW_HEIGHT_PX || event.deltaY === 0 || event.ctrlKey)
        return;
      event.preventDefault();
      now.goTo(now.at + wheelPixels(event.deltaY, event.deltaMode, now.extent));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  // A journey chosen elsewhere (keys, a link, Back) comes into view; where a person has moved the list since, and for
  // a journey that the page chose by itself, it stays where it was moved to.
  useEffect(() => {
    if (chosen === undefined || wheel.current.extent.viewport === 0) return;
    const { times } = moved.current;
    const byPage = session.store.getState().link.journey === null;
    if (byPage && moved.current.generation === generation) return;
    let stale = false;
    session.api.rowOf(chosen).then(
      (row) => {
        const now = wheel.current;
        if (stale || row < 0 || moved.current.times !== times) return;
        setTop((before) => {
          const from = session.store.getState().follow ? now.at : before;
          return reveal(row, clampTop(from, now.extent), now.extent);
        });
      },
      (error: unknown) => session.failed(error, 'The row could not be found'),
    );
    return () => {
      stale = true;
    };
  }, [chosen, generation, session]);

  return { scroller, extent, trackPx: trackHeight(track), at, sticking, view, onScroll, keepRow };
}
