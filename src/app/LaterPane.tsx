/** A pane of the page that is loaded when it is first opened, or before: nobody waits for it before that. */
import { createElement, useState, type ReactNode } from 'react';
import { usePart, type Part } from './later.tsx';

interface LaterProps {
  readonly part: Part;
  /** `The times between hops`: what could not be loaded, when it could not. */
  readonly what: string;
  /** Around what is said until it has come. */
  readonly frame?: (said: ReactNode) => ReactNode;
}

export function LaterPane({ part, what, frame = (said) => said }: LaterProps) {
  const [failed, setFailed] = useState(false);
  const Loaded = usePart(part, () => setFailed(true));
  if (Loaded !== null) return createElement(Loaded);
  return frame(
    failed ? (
      <p className="pane-empty" role="alert">
        {what} could not be loaded. Is the server still there? Close this and open it again.
      </p>
    ) : (
      <p className="pane-empty">Loading …</p>
    ),
  );
}
