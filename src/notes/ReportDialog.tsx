/** The report: what a share opens with, and what is written before one is made. */
import { useCallback, useEffect, useState } from 'react';
import { MAX_REPORT_CHARS } from '#core/notes/limits.ts';
import { Modal } from '#src/app/Modal.tsx';
import { printCount } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { printJourneyId } from '#src/state/link-journeys.ts';
import { overText } from '#src/share/over.ts';
import type { PageState } from '#src/state/store.ts';
import type { CaptureNote } from '#workers/api.ts';
import { Markdown } from './Markdown.tsx';
import { goTo, pinText } from './pins.ts';
import { draftReport } from './report.ts';
import './notes.css';

export default function ReportDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const report = usePage((state) => state.report);
  const title = usePage((state) => state.capture?.title ?? '');
  const line = usePage((state) => state.arrived?.line ?? '');
  const over = usePage((state) => overText(state.arrived));
  const marks = usePage((state) => state.marks);
  const pins = usePage((state) => state.pins);
  const [editing, setEditing] = useState(() => isDraft(session.store.getState()));
  /** As typed, which may be longer than a report; null = nothing was. */
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? report;
  const draft = useCallback(async () => {
    const before = session.store.getState();
    try {
      const drafted = (await draftReport(session)).slice(0, MAX_REPORT_CHARS);
      const now = session.store.getState();
      // What was typed meanwhile, or came with the capture, or was kept of it, stays.
      const isWritten = now.report !== before.report && !isDraft(now);
      if (isWritten || now.capture !== before.capture) return;
      session.store.setState({ report: drafted, drafted });
    } catch (error) {
      session.failed(error, 'The report could not be drafted');
    }
  }, [session]);
  useEffect(() => {
    // What nobody has written is of what is chosen now.
    if (isDraft(session.store.getState())) void draft();
  }, [session, draft]);
  const notes: readonly CaptureNote[] = [
    ...marks.map(({ id, note }): CaptureNote => ({
      pin: { on: 'journey', id: printJourneyId(id), run: '' },
      text: note,
    })),
    ...pins,
  ];
  const go = (note: CaptureNote) => {
    goTo(session, note.pin).catch((error: unknown) =>
      session.failed(error, 'What the note is about was not found'),
    );
    onClose();
  };
  return (
    <Modal title={`Report: ${title}`} onClose={onClose}>
      <article className="report">
        {line !== '' && <p className="muted">{line}.</p>}
        {over !== '' && <p className="tone-lost">{over}</p>}
        {editing && (
          <textarea
            data-first-focus
            aria-label="Report, Markdown"
            rows={18}
            value={text}
            onChange={({ target }) => {
              setTyped(target.value);
              session.store.setState({ report: target.value.slice(0, MAX_REPORT_CHARS) });
            }}
          />
        )}
        {text.length > MAX_REPORT_CHARS && (
          <p className="tone-lost" role="alert">
            {printCount(text.length)} characters; a report has at most {printCount(MAX_REPORT_CHARS)}. What is
            behind them is not kept and does not go along.
          </p>
        )}
        {/* On paper it is what is read, also while it is edited. */}
        <div className={editing ? 'report-printed' : undefined}>
          <Markdown text={report} />
        </div>
        {notes.length > 0 && (
          <section aria-label="Notes">
            <h2>Notes</h2>
            <ul className="report-notes">
              {notes.map((note) => (
                <li key={pinText(note.pin)}>
                  <button className="link mono" onClick={() => go(note)} title="Show it">
                    {pinText(note.pin)}
                  </button>
                  <Markdown text={note.text} />
                </li>
              ))}
            </ul>
          </section>
        )}
        <p className="report-actions">
          <button className="button" onClick={() => setEditing(!editing)}>
            {editing ? 'Read' : 'Edit'}
          </button>
          <button
            className="button"
            onClick={() => {
              setTyped(null);
              void draft();
            }}
            title="In place of what is written"
          >
            Draft anew from what is chosen
          </button>
          <button className="button" onClick={() => print()}>
            Print
          </button>
          <button className="button" onClick={() => session.store.setState({ dialog: 'share' })}>
            Share
          </button>
          <button className="button solid" onClick={onClose}>
            To the packets
          </button>
        </p>
      </article>
    </Modal>
  );
}

function isDraft({ report, drafted }: PageState): boolean {
  return report === '' || report === drafted;
}
