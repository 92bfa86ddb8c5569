/** Everything that was written on this page, as it goes into a capture. */
import { MAX_NOTES } from '#core/notes/limits.ts';
import { printJourneyId, printLink } from '#src/state/link.ts';
import type { Session } from '#src/state/session.ts';
import type { PageState } from '#src/state/store.ts';
import type { CaptureNote, CaptureNotes } from '#workers/api.ts';

type Written = Pick<PageState, 'marks' | 'pins' | 'report' | 'link'>;

/** Journeys are named with their run, which the worker is asked for: at once, of the capture that is open now. */
export async function collectNotes(
  session: Session,
  { marks, pins, report, link }: Written = session.store.getState(),
): Promise<CaptureNotes> {
  const journeys = await Promise.all(
    marks.map(async ({ journey, id, note }): Promise<CaptureNote> => {
      const { run } = await session.api.journey(journey);
      return { pin: { on: 'journey', id: printJourneyId(id), run }, text: note };
    }),
  );
  const view = new URLSearchParams(
    printLink({ ...link, source: null, capture: null, files: [], paused: false }),
  );
  return { notes: 1, view: [...view], report, items: [...journeys, ...pins].slice(0, MAX_NOTES) };
}
