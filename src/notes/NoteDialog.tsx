/** A note on the journey that is chosen, or on what is on screen of it. */
import { useState } from 'react';
import { MAX_NOTE_CHARS } from '#core/notes/limits.ts';
import { Modal } from '#src/app/Modal.tsx';
import { printCount, printMany } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { printJourneyId } from '#src/state/link-journeys.ts';
import type { Session } from '#src/state/session.ts';
import type { PageState, Selection } from '#src/state/store.ts';
import type { Pin } from '#workers/api.ts';
import { countOthers, forgetOthers, MAX_KEPT_CAPTURES } from './kept.ts';
import { pinsOf, pinText } from './pins.ts';
import './notes.css';

export default function NoteDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  // As it was when the dialog was opened: a live capture goes on.
  const [{ selection, choices, first }] = useState(() => {
    const state = session.store.getState();
    const pins = pinsOf(state);
    return { selection: state.selection, choices: pins, first: firstChoice(state, pins) };
  });
  const [chosen, setChosen] = useState(first);
  const pin = choices[chosen] ?? null;
  const on = draftKey(selection, pin);
  const draft = usePage((state) => state.noteDrafts[on] ?? null);
  const place = usePage(placeText);
  if (pin === null && selection === null) return null;
  const text = draft ?? writtenOn(session, selection, pin);
  const setDraft = (typed: string | null) => {
    const { [on]: _, ...others } = session.store.getState().noteDrafts;
    session.store.setState({ noteDrafts: typed === null ? others : { ...others, [on]: typed } });
  };
  const write = (words: string) => {
    setDraft(null);
    if (pin === null) {
      if (selection !== null) session.marks.note(selection, words);
    } else setPin(session, pin, words);
    onClose();
  };
  const keep = () => write(text);
  return (
    <Modal title="Note" onClose={onClose}>
      <form className="note" method="dialog" onSubmit={keep}>
        <label className="note-on">
          on{' '}
          <select
            className="button quiet small"
            value={chosen}
            onChange={({ target }) => setChosen(Number(target.value))}
          >
            {selection !== null && <option value={-1}>journey {printJourneyId(selection.id)}</option>}
            {choices.map((choice, i) => (
              <option key={pinText(choice)} value={i}>
                {pinText(choice)}
              </option>
            ))}
          </select>
        </label>
        <textarea
          data-first-focus
          aria-label="Note"
          rows={6}
          value={text}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            if (text.length <= MAX_NOTE_CHARS) keep();
          }}
        />
        {draft !== null && (
          <p role="status">
            Not kept yet: what you type is still here when the dialog is opened again.{' '}
            <button type="button" className="link" onClick={() => setDraft(null)}>
              Discard it
            </button>
          </p>
        )}
        {text.length > MAX_NOTE_CHARS && (
          <p className="tone-lost" role="alert">
            {printCount(text.length)} characters; a note has at most {printCount(MAX_NOTE_CHARS)}. Shorten it,
            or put it into the report (y).
          </p>
        )}
        <p className="muted">Markdown. {place} A journey with a note is marked.</p>
        <OtherNotes />
        <button className="button solid" title="Ctrl+Enter, ⌘ Enter" disabled={text.length > MAX_NOTE_CHARS}>
          Keep the note
        </button>
        {writtenOn(session, selection, pin) !== '' && (
          <>
            {' '}
            <button type="button" className="button" onClick={() => write('')}>
              Delete the note
            </button>
          </>
        )}
      </form>
    </Modal>
  );
}

/** The journey, -1, or the pin at which what was typed last is not kept yet: it looks lost where another is shown. */
function firstChoice({ selection, noteDrafts }: PageState, choices: readonly Pin[]): number {
  const keys = choices.map((choice) => draftKey(selection, choice));
  const ofJourney = draftKey(selection, null);
  const last = Object.keys(noteDrafts).findLast((key) => key === ofJourney || keys.includes(key));
  return selection !== null && (last === undefined || last === ofJourney)
    ? -1
    : Math.max(0, keys.indexOf(last ?? ''));
}

/** By which a draft is known; null = on the journey. */
function draftKey(selection: Selection | null, pin: Pin | null): string {
  return pin === null ? `journey ${selection?.journey ?? ''}` : pinText(pin);
}

/** What the browser keeps of other captures, which may be of hosts that are no concern of who uses it next. */
function OtherNotes() {
  const digest = usePage((state) => state.newest?.digest ?? '');
  const [count, setCount] = useState(() => countOthers(digest));
  if (count === 0) return null;
  const forget = () => {
    forgetOthers(digest);
    setCount(countOthers(digest));
  };
  return (
    <p className="muted">
      Notes of {printMany(count, 'other capture')} are kept in this browser
      {count >= MAX_KEPT_CAPTURES && ', which is as many as it keeps'}.{' '}
      <button type="button" className="link" onClick={forget}>
        Forget those
      </button>
    </p>
  );
}

/** Where notes are, in words. */
function placeText({ capture, notesKept }: PageState): string {
  if (capture?.origin.kind === 'live')
    return 'Of a live capture it is kept as long as this page is open, and in what you share or download of it (u).';
  if (notesKept === 'refused')
    return 'This browser does not keep it, for it refuses to or is full: it is there as long as this page is open, and in what you share of it (u).';
  return 'Kept in this browser, for when you open the same capture again, and in what you share of it (u).';
}

/** Without a pin on the journey. */
function writtenOn(session: Session, selection: Selection | null, pin: Pin | null): string {
  const { marks, pins } = session.store.getState();
  if (pin === null) return marks.find(({ journey }) => journey === selection?.journey)?.note ?? '';
  return pins.find((note) => pinText(note.pin) === pinText(pin))?.text ?? '';
}

/** '' takes it away. */
function setPin({ store }: Session, pin: Pin, text: string): void {
  const others = store.getState().pins.filter((note) => pinText(note.pin) !== pinText(pin));
  store.setState({ pins: text.trim() === '' ? others : [...others, { pin, text: text.trim() }] });
}
