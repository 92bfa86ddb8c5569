/** Which capture to compare what is open with. */
import { useState } from 'react';
import { Modal } from '#src/app/Modal.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import { compareWith, compareWithFiles } from './compare-with.ts';
import { ofText, type Fault } from './other.ts';
import './compare-dialog.css';

export default function CompareDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const title = usePage((state) => state.capture?.title ?? '');
  const isLive = usePage((state) => state.capture?.origin.kind === 'live');
  const [text, setText] = useState('');
  const [fault, setFault] = useState<Fault | null>(null);
  return (
    <Modal title="Compare with another capture" onClose={onClose}>
      <div className="dialog-body compare-dialog">
        <p>
          <b>A</b> is what is open, <b className="mono">{title}</b>
          {isLive && ', as far as it has come now'}; <b>B</b> is the other. Both are shown on one path, and
          with a matrix each.
        </p>
        <form
          className="url-form"
          onSubmit={(event) => {
            event.preventDefault();
            const others = ofText(text.trim(), document.baseURI);
            if ('cause' in others) {
              setFault(others);
              return;
            }
            onClose();
            void compareWith(session, others);
          }}
        >
          <input
            type="text"
            inputMode="url"
            className="mono"
            data-first-focus
            aria-label="Address of the other capture, or a link"
            aria-invalid={fault !== null}
            placeholder="https://example.org/capture.pcapng, or a link to a view or a share"
            value={text}
            onChange={({ target }) => {
              setText(target.value);
              setFault(null);
            }}
          />
          <button className="button solid">Compare</button>
        </form>
        {fault !== null && (
          <p className="compare-wrong" role="alert">
            {fault.cause} {fault.remedy}
          </p>
        )}
        <p className="compare-file">
          <label className="button">
            Choose a file
            <input
              type="file"
              className="hidden-text"
              accept=".pcapng,.ntar,.html"
              onChange={({ target }) => {
                const files = [...(target.files ?? [])];
                // The same file chosen again is no change otherwise.
                target.value = '';
                void compareWithFiles(session, files);
              }}
            />
          </label>
          <span className="muted">or drop it here: a capture as pcapng, or a page with a share inside</span>
        </p>
      </div>
    </Modal>
  );
}
