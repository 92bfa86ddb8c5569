/** The worker's answer for two hops, asked again while events arrive. */
import { useEffect, useState } from 'react';
import type { Latency } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';
import type { Pair } from './hops.ts';

/** Such a question looks at every journey: no more often than this, and ten times what it took. */
const REFRESH_MS = 2000;
const REFRESH_SHARE = 10;

export function useLatency(pair: Pair | null, columns: number): Latency | null {
  const session = useSession();
  const capture = usePage((state) => state.calm?.capture ?? 0);
  const generation = usePage((state) => state.calm?.generation ?? 0);
  const [answer, setAnswer] = useState<{ capture: number; found: Latency } | null>(null);
  const [from, to] = [pair?.from ?? -1, pair?.to ?? -1];
  useEffect(() => {
    if (from < 0 || columns < 1) return;
    let stale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = -1;
    const ask = async () => {
      const { calm } = session.store.getState();
      if (calm === null || calm.events === asked) return REFRESH_MS;
      asked = calm.events;
      const begun = performance.now();
      const found = await session.api.hopLatency({ from, to, range: null, columns });
      if (!stale && found !== null) setAnswer({ capture, found });
      return Math.max(REFRESH_MS, REFRESH_SHARE * (performance.now() - begun));
    };
    const again = () => {
      ask().then(
        (wait) => {
          if (!stale) timer = setTimeout(again, wait);
        },
        (error: unknown) => {
          if (!stale) session.failed(error, 'Times between hops could not be counted');
        },
      );
    };
    again();
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [session, capture, generation, from, to, columns]);
  if (answer === null || answer.capture !== capture) return null;
  return answer.found.from === from && answer.found.to === to ? answer.found : null;
}
