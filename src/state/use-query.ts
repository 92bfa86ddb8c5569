/** A query of the worker over everything that was read, asked again while events arrive. */
import { useEffect, useState } from 'react';
import type { WhitherWorker } from '#workers/api.ts';
import { usePage, useSession } from './context.ts';

/** Such a query looks at every event: it is asked for no more often than this. */
const REFRESH_MS = 2000;

type Query = {
  [K in keyof WhitherWorker]: WhitherWorker[K] extends () => Promise<unknown> ? K : never;
}[keyof WhitherWorker];

/** The newest answer, null = none yet. `failure`: what is said when it cannot be had. */
export function useQuery<K extends Query>(
  query: K,
  failure: string,
): Awaited<ReturnType<WhitherWorker[K]>> | null {
  type Answer = Awaited<ReturnType<WhitherWorker[K]>>;
  const session = useSession();
  const generation = usePage((state) => state.calm?.generation ?? 0);
  const capture = usePage((state) => state.calm?.capture ?? 0);
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stale = false;
    let asked = -1;
    const ask = async () => {
      const events = session.store.getState().calm?.events ?? 0;
      if (events === asked) return;
      asked = events;
      const found = (await session.api[query]()) as Answer;
      if (!stale) setAnswer(found);
    };
    const again = () => {
      ask()
        .catch((error: unknown) => session.failed(error, failure))
        .finally(() => {
          if (!stale) timer = setTimeout(again, REFRESH_MS);
        });
    };
    again();
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [session, generation, capture, query, failure]);
  return answer;
}
