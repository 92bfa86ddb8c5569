/**
 * The page on paper with the rows of its list: they are fetched before the browser is asked to print, because `beforeprint` waits
 * for nothing. What the browser prints by its own command has the rows that are in view, and says so.
 */
import type { Session } from '#src/state/session.ts';
import { afterFrame } from '#src/state/frame.ts';

/** Some thirty sheets; of more the print says how many there are. The worker gives as many in one answer (core/store/rows.ts). */
export const MAX_PRINTED_ROWS = 1000;

let busy = false;

/** Resolves when what was drawn for the sheets is no longer on the page. Rows that cannot be read are told, and nothing is printed. */
export async function printPage(session: Session): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    const listed = session.store.getState().shown?.listed ?? 0;
    const printed = await session.api.rows(0, Math.min(listed, MAX_PRINTED_ROWS));
    session.store.setState({ printed });
    // Told by us: a page that calls print() has no turn to draw anything between the browser's word and the sheets.
    dispatchEvent(new Event('beforeprint'));
    await new Promise<void>((resolve) => void afterFrame(resolve));
    const over = printingOver();
    print();
    await over;
  } catch (error) {
    session.failed(error, 'The rows to be printed could not be read');
  } finally {
    session.store.setState({ printed: null });
    busy = false;
  }
}

/** Where print() does nothing, as in some frames, nobody says that it is over: whoever goes on with the page does. */
const GOES_ON = ['pointerdown', 'keydown'] as const;

function printingOver(): Promise<void> {
  return new Promise((resolve) => {
    const over = ({ type }: Event): void => {
      for (const name of ['afterprint', ...GOES_ON]) removeEventListener(name, over, { capture: true });
      if (type !== 'afterprint') dispatchEvent(new Event('afterprint'));
      resolve();
    };
    for (const name of ['afterprint', ...GOES_ON]) addEventListener(name, over, { capture: true });
  });
}
