/** What the timeline shows: null = all of it. */
import { useMemo } from 'react';
import { useSettled } from '#src/app/use-settled.ts';
import type { Session } from '#src/state/session.ts';
import type { TimeRange } from '#workers/api.ts';
import { rangeOf, spanOf, type Span } from './view.ts';

/** `zoom`: as the link has it; `capture`: which one, by number. */
export function useZoom(
  zoom: TimeRange | null,
  capture: number,
  session: Session,
): readonly [view: Span | null, setView: (view: Span | null) => void] {
  const linked = useMemo(() => (zoom === null ? null : spanOf(zoom)), [zoom]);
  return useSettled<Span | null>({
    linked,
    capture,
    isSame: (a, b) => a?.from === b?.from && a?.to === b?.to,
    write: (view) => session.view.setZoom(view === null ? null : rangeOf(view)),
  });
}
