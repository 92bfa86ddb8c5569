/** What the timeline shows, at once, and in the link when hands rest: a browser takes some 200 addresses in 30 s. */
import { useEffect, useState } from 'react';
import type { Session } from '#src/state/session.ts';
import type { TimeRange } from '#workers/api.ts';
import { spanOf, type Span } from './view.ts';

const SETTLE_MS = 300;

/** `zoom`: as the link has it; `capture`: which one, by number. Null = all of it. */
export function useZoom(
  zoom: TimeRange | null,
  capture: number,
  session: Session,
): readonly [view: Span | null, setView: (view: Span | null) => void] {
  const [view, setView] = useState<Span | null>(() => (zoom === null ? null : spanOf(zoom)));
  const [seen, setSeen] = useState({ zoom, capture });
  // A link, Back, another capture.
  if (zoom !== seen.zoom || capture !== seen.capture) {
    setSeen({ zoom, capture });
    if (!isSame(zoom, view)) setView(zoom === null ? null : spanOf(zoom));
  }
  useEffect(() => {
    if (isSame(zoom, view)) return undefined;
    const timer = setTimeout(
      () =>
        session.view.setZoom(
          view === null ? null : { fromNs: view.from.toString(), toNs: view.to.toString() },
        ),
      SETTLE_MS,
    );
    return () => clearTimeout(timer);
  }, [session, zoom, view]);
  return [view, setView];
}

function isSame(zoom: TimeRange | null, view: Span | null): boolean {
  if (zoom === null || view === null) return (zoom === null) === (view === null);
  return zoom.fromNs === view.from.toString() && zoom.toNs === view.to.toString();
}
