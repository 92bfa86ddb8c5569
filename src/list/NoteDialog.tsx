/** A note on the journey that is chosen: it is marked with it, and found again whatever the filter. */
import { useState } from 'react';
import { Modal } from '#src/app/Modal.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import { printJourneyId } from '#src/state/link.ts';
import { MAX_NOTE_CHARS } from '#src/state/store.ts';

export default function NoteDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const selection = usePage((state) => state.selection);
  const [text, setText] = useState(
    () =>
      session.store
        .getState()
        .marks.find(({ journey }) => journey === session.store.getState().selection?.journey)?.note ?? '',
  );
  if (selection === null) return null;
  return (
    <Modal title={`Note on journey ${printJourneyId(selection.id)}`} onClose={onClose}>
      <form
        className="note"
        method="dialog"
        onSubmit={() => {
          session.setNote(selection, text);
          onClose();
        }}
      >
        <textarea
          data-first-focus
          aria-label="Note"
          maxLength={MAX_NOTE_CHARS}
          rows={4}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <p className="muted">Kept as long as this capture is open; the journey is marked.</p>
        <button className="button solid">Keep the note</button>
      </form>
    </Modal>
  );
}
