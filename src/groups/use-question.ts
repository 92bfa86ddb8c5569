/** A question of the worker that takes its time: its answer, how far it is, and how to end it. */
import { useEffect, useState } from 'react';
import type { QuestionKind, WhitherWorker } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';

/** How often one looks how far it is. */
const PROGRESS_MS = 200;
/** While events arrive it is asked again, at most this often, and for no more than a third of the time. */
const AGAIN_MS = 2000;

export interface Asked<T> {
  /** The newest answer; null: none yet, or none can be had. */
  readonly answer: T | null;
  /** 0…1; null: nothing is under way. */
  readonly progress: number | null;
  /** It was answered, or ended, at least once. */
  readonly settled: boolean;
  readonly end: () => void;
}

/** `ask` must stay the same function for the same question. The answer is asked for anew when filter, schema or capture are others. */
export function useQuestion<T>(
  kind: QuestionKind,
  ask: (api: WhitherWorker) => Promise<T | null>,
  failure: string,
): Asked<T> {
  const session = useSession();
  const generation = usePage((state) => state.calm?.generation ?? 0);
  /** -1: nothing of the capture has come, and nothing can be asked of it. */
  const capture = usePage((state) => state.calm?.capture ?? -1);
  const [answer, setAnswer] = useState<T | null>(null);
  const [progress, setProgress] = useState<number | null>(0);
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (capture < 0) return undefined;
    let stale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = -1;
    const look = setInterval(() => {
      void session.api.questionProgress(kind).then(
        (now) => !stale && setProgress(now),
        () => undefined,
      );
    }, PROGRESS_MS);
    const again = async (): Promise<void> => {
      const began = performance.now();
      const events = session.store.getState().calm?.events ?? 0;
      if (events !== asked) {
        asked = events;
        const found = await ask(session.api);
        if (stale) return;
        setSettled(true);
        if (found !== null) setAnswer(found);
      }
      timer = setTimeout(start, Math.max(AGAIN_MS, 2 * (performance.now() - began)));
    };
    const start = (): void => {
      again().catch((error: unknown) => !stale && session.failed(error, failure));
    };
    start();
    return () => {
      stale = true;
      clearTimeout(timer);
      clearInterval(look);
      session.api.endQuestion(kind).catch(() => undefined);
    };
  }, [session, kind, ask, failure, generation, capture]);
  return {
    answer,
    progress,
    settled,
    end: () => void session.api.endQuestion(kind).catch(() => undefined),
  };
}
