/** Everything that was written on this page, as it goes into a capture. */
import { MAX_NOTES } from '#core/notes/limits.ts';
import { printLink } from '#src/state/link.ts';
import { printJourneyId } from '#src/state/link-journeys.ts';
import type { Session } from '#src/state/session.ts';
import type { PageState } from '#src/state/store.ts';
import type { CaptureNote, CaptureNotes } from '#workers/api.ts';

type Written = Pick<PageState, 'marks' | 'pins' | 'report' | 'link'>;

/** Journeys are named with their run; where that is not known the worker is asked, at once, of the capture that is open now. */
export async function collectNotes(
  session: Session,
  { marks, pins, report, link }: Written = session.store.getState(),
): Promise<CaptureNotes> {
  const journeys = await Promise.all(
    marks.map(async ({ journey, id, note, ...mark }): Promise<CaptureNote> => {
      const run = mark.run || (await session.api.journey(journey)).run;
      return { pin: { on: 'journey', id: printJourneyId(id), run }, text: note };
    }),
  );
  const view = new URLSearchParams(
    printLink({ ...link, source: null, capture: null, files: [], marks: [], paused: false }),
  );
  return { notes: 1, view: [...view], report, items: [...journeys, ...pins].slice(0, MAX_NOTES) };
}
