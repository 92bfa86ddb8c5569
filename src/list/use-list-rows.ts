/** The rows that are in view, as far as they have come: brought by Updates while packets arrive, else asked for. */
import { useEffect, useRef, useState } from 'react';
import type { JourneyRows, RowWatch } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { RowLoader } from './loader.ts';
import type { ListScroll } from './use-list-scroll.ts';
import { ROW_HEIGHT_PX } from './window.ts';

/** Whether all rows of the window are there, of this generation. */
function covers(
  rows: JourneyRows | null,
  from: number,
  count: number,
  generation: number,
): rows is JourneyRows {
  return (
    rows !== null &&
    rows.generation === generation &&
    rows.from <= from &&
    rows.from + rows.count >= from + count
  );
}

/** null = none have come of this capture. Until those of a new place are there, it is those of the old one. */
export function useListRows({ extent, view, sticking }: ListScroll): JourneyRows | null {
  const session = useSession();
  const shown = usePage((state) => state.shown);
  const [fetched, setFetched] = useState<JourneyRows | null>(null);
  const generation = shown?.generation ?? 0;
  const capture = shown?.capture ?? -1;
  const growing = shown?.state === 'live' || shown?.state === 'loading' || shown?.state === 'reconnecting';

  const loader = useRef<RowLoader | null>(null);
  useEffect(() => {
    const made = new RowLoader(
      (from, count) => session.api.rows(from, count),
      setFetched,
      (error) => session.failed(error, 'Rows could not be read'),
    );
    loader.current = made;
    return () => made.close();
  }, [session]);

  const [ownCapture, setOwnCapture] = useState(capture);
  if (ownCapture !== capture) {
    setOwnCapture(capture);
    setFetched(null);
  }

  // While packets arrive, rows in view grow cells: Updates bring them along.
  const watched = growing && extent.viewport > 0;
  const watchFrom: RowWatch['from'] = sticking ? 'newest' : view.from;
  const watchCount = sticking ? Math.ceil(extent.viewport / ROW_HEIGHT_PX) + 1 : view.count;
  useEffect(() => {
    const watch = watched ? { from: watchFrom, count: watchCount } : null;
    session.api.watchRows(watch).catch((error: unknown) => session.failed(error, 'Rows could not be read'));
  }, [session, capture, watched, watchFrom, watchCount]);

  const brought = shown?.rows ?? null;
  const complete = covers(brought, view.from, view.count, generation);
  const rows = complete ? brought : (fetched ?? brought);
  const wanting = !complete && !covers(fetched, view.from, view.count, generation);
  useEffect(() => {
    if (wanting && view.count > 0) loader.current?.want({ from: view.from, count: view.count, generation });
  }, [wanting, view.from, view.count, generation]);

  return rows;
}
