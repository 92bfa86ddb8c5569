/** What came with a capture that is a share: its notes become those of the page, its view that of the page if it has none. */
import { isKeptShare } from '#core/share/kept-path.ts';
import { shareTitle } from '#src/share/share-title.ts';
import { parseLink, printLink } from '#src/state/link.ts';
import { parseJourneyId } from '#src/state/link-journeys.ts';
import { EMPTY_LINK } from '#src/state/link-state.ts';
import type { Session } from '#src/state/session.ts';
import type { Mark, OpenCapture } from '#src/state/store.ts';
import type { ArrivedShare, CaptureNote } from '#workers/api.ts';

export async function takeIn(session: Session): Promise<void> {
  const { capture } = session.store.getState();
  const arrived = await session.api.arrivedShare();
  const marks = await marksOf(session, arrived.notes?.items ?? []);
  const { store } = session;
  // Meanwhile another was opened.
  const now = store.getState().capture;
  if (now === null || now.origin !== capture?.origin) return;
  for (const problem of arrived.faults) session.report(problem);
  const { notes } = arrived;
  // One of several files says nothing of the others: neither which of them are to be seen, nor what all are called.
  const isOne = now.origin.kind !== 'together';
  store.setState({
    arrived,
    capture: titled(now, arrived),
    marks: [
      ...marks,
      ...store.getState().marks.filter((mine) => !marks.some((one) => one.journey === mine.journey)),
    ],
    pins: notes?.items.filter(({ pin }) => pin.on !== 'journey') ?? [],
    report: notes?.report ?? '',
  });
  const { link, dialog } = store.getState();
  if (
    isOne &&
    notes !== null &&
    printLink({ ...link, source: null, capture: null, files: [], marks: [] }) === ''
  ) {
    const view = parseLink(new URLSearchParams(notes.view.map(([name, value]) => [name, value])).toString());
    if (printLink(view) !== printLink(EMPTY_LINK))
      await session.navigate({ ...view, source: link.source, capture: link.capture });
  }
  if (isOne && dialog === 'none' && store.getState().report !== '') store.setState({ dialog: 'report' });
  // Without a report what it says is at its first note, unless the view that came along, or somebody here, has chosen a journey.
  const [first] = marks.filter(({ note }) => note !== '');
  if (isOne && first !== undefined && notes?.report === '' && store.getState().link.journey === null)
    session.journey.select(first.journey, first.id);
}

/** A share that an agent keeps is called as in the list of those: its address has its id, which opens it. */
function titled(capture: OpenCapture, { manifest, notes }: ArrivedShare): OpenCapture {
  const { origin } = capture;
  const isKept = origin.kind === 'url' && isKeptShare(new URL(origin.url, document.baseURI).pathname);
  if (!isKept || manifest === null) return capture;
  const words = notes ?? { notes: 1, view: [], report: '', items: [] };
  return { ...capture, title: shareTitle({ manifest, notes: words }) };
}

/** Those of journeys that this capture has. */
export async function marksOf(session: Session, items: readonly CaptureNote[]): Promise<readonly Mark[]> {
  const marks = await Promise.all(
    items.map(async ({ pin, text }): Promise<readonly Mark[]> => {
      if (pin.on !== 'journey') return [];
      const id = parseJourneyId(pin.id);
      if (id === null) return [];
      const journey = await session.api.journeyOf(id.hi, id.lo, pin.run);
      return journey < 0 ? [] : [{ journey, id, run: pin.run, note: text }];
    }),
  );
  return marks.flat();
}
