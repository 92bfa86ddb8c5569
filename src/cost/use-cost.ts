/** What watching costs, counted by the kernel for as long as a component that uses this is on the page. */
import { useEffect, useState } from 'react';
import type { CostView } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';

/** As often as the probe tells. */
const REFRESH_MS = 1000;

export function useCost(): CostView | null {
  const session = useSession();
  const capture = usePage((state) => state.newest?.capture ?? 0);
  const [cost, setCost] = useState<CostView | null>(null);
  useEffect(() => {
    // Nothing is open yet.
    if (capture === 0) return;
    let stale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const failed = (error: unknown) => {
      if (!stale) session.failed(error, 'The cost could not be read');
    };
    const ask = () => {
      session.api.cost().then((found) => {
        if (stale) return;
        setCost(found);
        timer = setTimeout(ask, REFRESH_MS);
      }, failed);
    };
    session.api.watchCost(true).catch(failed);
    ask();
    return () => {
      session.api.watchCost(false).catch(failed);
      stale = true;
      clearTimeout(timer);
    };
  }, [session, capture]);
  return cost;
}
