/** The page of an agent outlives it: what is loaded when it is first wanted must be there by then. */
import type { Session } from '#src/state/session.ts';
import { PARTS } from './later.tsx';

/** Once, one after the other, when nothing else is to be done. What does not come now is asked for when it is wanted. */
export async function fetchForLater(session: Session): Promise<void> {
  if (begun) return;
  begun = true;
  await fetchOne(() => session.api.fetchCode());
  await fetchOne(() => import('#src/share/held.ts'));
  await fetchOne(() => import('#src/state/together.ts'));
  await fetchOne(() => import('#src/state/called-as.ts'));
  await fetchOne(() => import('#src/state/other-capture.ts'));
  await fetchOne(() => import('#src/schema/editor.ts'));
  await fetchOne(() => import('#src/list/print-list.ts'));
  await fetchOne(async () => (await import('#src/share/send.ts')).fetchPage());
  for (const part of PARTS) await fetchOne(() => part.load());
}

let begun = false;

async function fetchOne(fetch: () => Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => idle(resolve));
  await fetch().catch(() => undefined);
}

function idle(then: () => void): void {
  // Not in every browser.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(then);
  else setTimeout(then, 1000);
}
