/** The worker's exact answer for what the timeline shows, asked again while events arrive. */
import { useEffect, useState } from 'react';
import type { TimelineBins } from '#workers/api.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { rangeOf, wholeOf, type Span } from './view.ts';

/** While somebody zooms or drags, only where they stop is asked for. */
const SETTLE_MS = 80;
/** Such a question looks at every event in the window: the next comes no sooner, and after ten times what it took. */
const REFRESH_MS = 1000;
const REFRESH_SHARE = 10;

export interface BinsWanted {
  /** null: the whole capture. */
  readonly view: Span | null;
  readonly bins: number;
  readonly tlv: string | null;
}

/** The newest answer of this capture; it may be of an earlier window, which it names. */
export function useBins({ view, bins, tlv }: BinsWanted): TimelineBins | null {
  const session = useSession();
  const capture = usePage((state) => state.calm?.capture ?? 0);
  const generation = usePage((state) => state.calm?.generation ?? 0);
  // What is read to its end is asked about at once.
  const source = usePage((state) => state.calm?.state ?? 'idle');
  const [answer, setAnswer] = useState<{ capture: number; found: TimelineBins } | null>(null);
  const [from, to] = view === null ? ['', ''] : [view.from.toString(), view.to.toString()];
  useEffect(() => {
    if (capture === 0 || bins < 1) return;
    let stale = false;
    let timer: ReturnType<typeof setTimeout>;
    let asked = -1;
    const ask = async () => {
      const { calm } = session.store.getState();
      const whole = wholeOf(calm?.timeline ?? null);
      if (calm === null || whole === null || calm.events === asked) return REFRESH_MS;
      asked = calm.events;
      const range = from === '' ? rangeOf(whole) : { fromNs: from, toNs: to };
      const begun = performance.now();
      const found = await session.api.timelineBins({ range, bins, tlv });
      if (!stale && found !== null) setAnswer({ capture, found });
      return Math.max(REFRESH_MS, REFRESH_SHARE * (performance.now() - begun));
    };
    const again = () => {
      ask().then(
        (wait) => {
          if (!stale) timer = setTimeout(again, wait);
        },
        (error: unknown) => {
          if (!stale) session.failed(error, 'The timeline could not be counted');
        },
      );
    };
    timer = setTimeout(again, SETTLE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [session, capture, generation, source, from, to, bins, tlv]);
  return answer === null || answer.capture !== capture ? null : answer.found;
}
