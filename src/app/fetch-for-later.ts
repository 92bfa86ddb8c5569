/** The page of an agent outlives it: what is loaded when it is first wanted must be there by then. */
import type { Session } from '#src/state/session.ts';
import { DIALOGS } from './dialogs.ts';

/** Once, one after the other, when nothing else is to be done. What does not come now is asked for when it is wanted. */
export async function fetchForLater(session: Session): Promise<void> {
  if (begun) return;
  begun = true;
  const parts = [
    () => session.api.fetchCode(),
    () => import('#src/share/held.ts'),
    ...Object.values(DIALOGS).map((dialog) => () => dialog.fetch()),
  ];
  for (const part of parts) {
    await new Promise<void>((resolve) => idle(resolve));
    await part().catch(() => undefined);
  }
}

let begun = false;

function idle(then: () => void): void {
  // Not in every browser.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(then);
  else setTimeout(then, 1000);
}
