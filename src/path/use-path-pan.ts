/**
 * Where the path is scrolled to, in the link: by hand it gets there when the hand rests; from there, where the drawing has its size, until
 * somebody scrolls. It is the share of the path that is left of its pane and above, so that it means the same at another width.
 */
import { useEffect, useRef, type RefObject } from 'react';
import { afterFrame } from '#src/state/frame.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { PAN_STEPS, type PathPan } from '#src/state/link-state.ts';

/** As other things that a hand moves (src/app/use-settled.ts). */
const SETTLE_MS = 300;
const ORIGIN: PathPan = { left: 0, top: 0 };

/** Of what it is drawn in, and the drawing. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** `resting`: what is scrolled is not the drawing. Returns what is to be called when it was scrolled. */
export function usePathPan(
  scroll: RefObject<HTMLElement | null>,
  pane: Size,
  drawn: Size,
  resting: boolean,
): () => void {
  const session = useSession();
  const linked = usePage((state) => state.link.pan);
  /** From a link, until somebody scrolls; null = it is where it is. */
  const wanted = useRef(linked);
  const known = useRef(linked);
  /** Where the page scrolled to by itself: its event is nobody's. */
  const own = useRef({ left: 0, top: 0 });
  /** Something else stood in its place: it has yet to go back to where it was. */
  const due = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (linked === known.current) return;
    // A link, Back, another capture.
    clearTimeout(timer.current);
    known.current = linked;
    wanted.current = linked ?? ORIGIN;
  }, [linked]);
  useEffect(() => {
    if (resting) {
      wanted.current ??= known.current ?? ORIGIN;
      due.current = true;
    }
    return () => clearTimeout(timer.current);
  }, [resting]);
  useEffect(() => {
    if (resting || wanted.current === null || pane.width === 0) return undefined;
    // Within the commit this would lay out the page there and then.
    return afterFrame(() => {
      const element = scroll.current;
      const to = wanted.current;
      if (element === null || to === null) return;
      const { scrollWidth, scrollHeight } = element;
      element.scrollTo((to.left * scrollWidth) / PAN_STEPS, (to.top * scrollHeight) / PAN_STEPS);
      own.current = { left: element.scrollLeft, top: element.scrollTop };
      due.current = false;
    });
  }, [scroll, linked, resting, pane.width, pane.height, drawn.width, drawn.height]);
  return () => {
    const element = scroll.current;
    if (element === null || resting || due.current) return;
    const { left, top } = own.current;
    if (Math.abs(element.scrollLeft - left) <= 1 && Math.abs(element.scrollTop - top) <= 1) return;
    own.current = { left: -2, top: -2 };
    wanted.current = null;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const pan = panOf(element);
      if (pan?.left === known.current?.left && pan?.top === known.current?.top) return;
      known.current = pan;
      session.view.setPan(pan);
    }, SETTLE_MS);
  };
}

/** null = at its beginning. */
function panOf({ scrollLeft, scrollTop, scrollWidth, scrollHeight }: HTMLElement): PathPan | null {
  const steps = (part: number, whole: number) => Math.round((PAN_STEPS * part) / Math.max(1, whole));
  const [left, top] = [steps(scrollLeft, scrollWidth), steps(scrollTop, scrollHeight)];
  return left === 0 && top === 0 ? null : { left, top };
}
