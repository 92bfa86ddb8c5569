/** What the bytes on screen are compared with: another hop of the journey, or an event that is held. */
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { EventBytes } from '#workers/api.ts';
import { useSession } from '#src/state/context.ts';
import { diffBytes, type BytesDiff } from './diff.ts';
import type { Space } from './spans.ts';

/** The bytes that are compared with; null = none. */
export const Reference = createContext<EventBytes | null>(null);

const NO_DIFFERENCE: ReadonlySet<number> = new Set();

/** Bytes of one view that differ from the reference, by offset. */
export function useDiffering(space: Space, bytes: Uint8Array): ReadonlySet<number> {
  const reference = useContext(Reference);
  return useMemo(() => {
    const diff = diffWith(space, bytes, reference);
    return diff === null ? NO_DIFFERENCE : new Set(diff.differences.map(({ at }) => at));
  }, [space, bytes, reference]);
}

/** null: nothing to compare with. */
export function diffWith(space: Space, bytes: Uint8Array, reference: EventBytes | null): BytesDiff | null {
  if (reference === null) return null;
  if (space === 'area') return diffBytes(bytes, reference.area);
  return space === 'packet' ? diffBytes(bytes, reference.packet) : null;
}

/** The bytes of an event, as they come; null = none asked for, or not here yet. */
export function useEventBytes(event: number | null): EventBytes | null {
  const session = useSession();
  const [found, setFound] = useState<EventBytes | null>(null);
  useEffect(() => {
    if (event === null) return undefined;
    let stale = false;
    session.api.eventBytes(event).then(
      (bytes) => {
        if (!stale) setFound(bytes);
      },
      (error: unknown) => {
        if (!stale) session.failed(error, 'The bytes to compare with could not be read');
      },
    );
    return () => {
      stale = true;
    };
  }, [session, event]);
  return found?.event === event ? found : null;
}
