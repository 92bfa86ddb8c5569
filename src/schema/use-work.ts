/** Work of a panel that somebody waits for: whether it goes on, and why it did not work out. Problems of the page are behind the dialog. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { asFault } from '#workers/fault.ts';

export interface Work {
  readonly busy: boolean;
  /** Cause and remedy, '' = nothing is wrong. */
  readonly error: string;
  /** The last one counts: what an earlier one says is dropped. */
  run(work: () => Promise<void>): void;
}

export function useWork(): Work {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const newest = useRef(0);
  useEffect(() => () => void newest.current++, []);
  const run = useCallback((work: () => Promise<void>) => {
    const number = ++newest.current;
    setBusy(true);
    setError('');
    work()
      .catch((thrown: unknown) => {
        if (number !== newest.current) return;
        const { cause, remedy } = asFault(thrown);
        setError(`${cause} ${remedy}`);
      })
      .finally(() => {
        if (number === newest.current) setBusy(false);
      });
  }, []);
  return { busy, error, run };
}
