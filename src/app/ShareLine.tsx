/**
 * That what is open is a share: whoever opens it must not look for hosts that are pseudonyms, nor take what was left out for what was not
 * there. With it the first note, where no report opens by itself.
 */
import { goTo, pinText } from '#src/notes/pins.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { printJourneyId } from '#src/state/link-journeys.ts';
import { firstLine } from '#src/list/first-line.ts';
import { overText } from '#src/share/over.ts';
import type { CaptureNote } from '#workers/api.ts';
import './share-line.css';

const SHOWN_CHARS = 80;

export default function ShareLine() {
  const session = useSession();
  const line = usePage((state) => state.arrived?.line ?? '');
  const over = usePage((state) => overText(state.arrived));
  const marks = usePage((state) => state.marks);
  const pins = usePage((state) => state.pins);
  const report = usePage((state) => state.report);
  const noted = marks.filter(({ note }) => note !== '');
  const notes: readonly CaptureNote[] = [
    ...noted.map(({ id, note }): CaptureNote => ({
      pin: { on: 'journey', id: printJourneyId(id), run: '' },
      text: note,
    })),
    ...pins,
  ];
  const [first] = notes;
  const words = first === undefined ? '' : firstLine(first.text);
  const go = ({ pin }: CaptureNote) => {
    const [mark] = noted;
    // Ids are those of a run; the mark knows which journey it is.
    if (pin.on === 'journey' && mark !== undefined) session.journey.select(mark.journey, mark.id);
    else
      goTo(session, pin).catch((error: unknown) =>
        session.failed(error, 'What the note is about was not found'),
      );
  };
  return (
    <section className="share-line" aria-label="Share">
      <p title={line}>{line.replace(/^a share/, 'A share')}.</p>
      {over !== '' && <b className="tone-lost">{over}</b>}
      {report === '' && first !== undefined && (
        <button className="button" title="Show what the first note is about" onClick={() => go(first)}>
          {pinText(first.pin)}: {words.slice(0, SHOWN_CHARS)}
          {words.length > SHOWN_CHARS && ' …'}
        </button>
      )}
      {(report !== '' || notes.length > 0) && (
        <button
          className="button"
          title="What its sender wrote (y)"
          onClick={() => session.store.setState({ dialog: 'report' })}
        >
          {report !== '' ? 'Report and notes' : notes.length === 1 ? 'Note' : `All ${notes.length} notes`}
        </button>
      )}
    </section>
  );
}
