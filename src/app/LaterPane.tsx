/** A part of the page that is loaded when it is first opened: what most people do not open, nobody waits for. */
import { lazy, Suspense, useState, type ComponentType } from 'react';

interface LaterProps {
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** `The times between hops`: what could not be loaded, when it could not. */
  readonly what: string;
}

export function LaterPane({ load, what }: LaterProps) {
  const [Part] = useState(() =>
    lazy(() => load().catch(() => ({ default: () => <NotLoaded what={what} /> }))),
  );
  return (
    <Suspense fallback={<p className="pane-empty">Loading …</p>}>
      <Part />
    </Suspense>
  );
}

function NotLoaded({ what }: { readonly what: string }) {
  return (
    <p className="pane-empty" role="alert">
      {what} could not be loaded. Is the server still there? Close this and open it again.
    </p>
  );
}
