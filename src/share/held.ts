/** The download of what this page itself has of a capture: what came inside of it, or what it keeps of an agent that does not answer. */
import { downloadBlob } from '#src/schema/schema-file.ts';
import type { Session } from '#src/state/session.ts';

/** What goes wrong is a problem of the page. */
export async function downloadHeld(session: Session, name: string): Promise<void> {
  try {
    downloadBlob(await session.api.heldCapture(), name);
  } catch (error) {
    session.failed(error, 'The capture could not be written');
  }
}
