/** A query of the worker over everything that was read, asked again while events arrive. */
import { useEffect, useRef, useState } from 'react';
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
  const ask = (api: WhitherWorker) => api[query]() as Promise<Answer>;
  return useAsked(query, ask, failure);
}

/**
 * The newest answer to what `ask` asks for, null = none yet; another `key` is another question. Without a question
 * (`key` null) nothing is asked.
 */
export function useAsked<Answer>(
  key: string | null,
  ask: (api: WhitherWorker) => Promise<Answer>,
  failure: string,
): Answer | null {
  const session = useSession();
  const generation = usePage((state) => state.calm?.generation ?? 0);
  const capture = usePage((state) => state.calm?.capture ?? 0);
  // What is read to its end is asked about at once.
  const source = usePage((state) => state.calm?.state ?? 'idle');
  const [answered, setAnswered] = useState<{ readonly key: string; readonly answer: Answer } | null>(null);
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (key === null || capture === 0) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stale = false;
    let asked = -1;
    const askNow = async () => {
      const events = session.store.getState().calm?.events ?? 0;
      if (events === asked) return;
      asked = events;
      const answer = await latest.current(session.api);
      // It was ended for something else, which asks again.
      if (answer === null) asked = -1;
      else if (!stale) setAnswered({ key, answer });
    };
    const again = () => {
      askNow()
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
  }, [session, generation, capture, source, key, failure]);
  return answered?.key === key ? answered.answer : null;
}
