/** On the start screen of somebody's first visit. */
import { useEffect, useState } from 'react';
import { useSession } from '#src/state/context.ts';
import { isGuideNew, rememberGuide } from './seen.ts';

export function Offer() {
  const session = useSession();
  const [isNew, setNew] = useState(isGuideNew);
  useEffect(
    () => () => {
      if (session.store.getState().capture !== null) rememberGuide();
    },
    [session],
  );
  if (!isNew) return null;
  return (
    <p className="start-offer">
      <span>
        <b>New here?</b> <span className="muted">Five steps through the page, on a sample.</span>
      </span>
      <span className="push" />
      <button className="button solid" onClick={() => session.showAround()}>
        Show me around
      </button>
      <button
        className="button quiet"
        onClick={() => {
          rememberGuide();
          setNew(false);
        }}
      >
        No, thanks
      </button>
    </p>
  );
}
