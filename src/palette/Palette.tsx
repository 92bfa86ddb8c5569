/** A field and a list: what is typed finds what can be done; Enter does it. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { FieldInfo } from '#workers/api.ts';
import { Modal } from '#src/app/Modal.tsx';
import { filterHistory } from '#src/filter/history.ts';
import { pageActions } from '#src/keys/page-actions.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { entriesOf, findEntries, type Entry } from './entries.ts';
import './palette.css';

const NO_FIELDS: readonly FieldInfo[] = [];
const NO_NAMES: readonly string[] = [];

export default function Palette({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const hops = usePage((state) => state.places);
  const tlvNames = usePage((state) => state.shown?.tlvNames ?? NO_NAMES);
  const isOpen = usePage((state) => state.capture !== null);
  const [fields, setFields] = useState(NO_FIELDS);
  const [text, setText] = useState(() => session.store.getState().paletteText);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    if (!isOpen) return undefined;
    let stale = false;
    session.api.fields().then(
      (found) => !stale && setFields(found),
      (error: unknown) => session.failed(error, 'The fields could not be listed'),
    );
    return () => {
      stale = true;
    };
  }, [session, isOpen]);

  const entries = useMemo(
    () => entriesOf(session, pageActions(session), { fields, hops, tlvNames, recent: filterHistory() }),
    [session, fields, hops, tlvNames],
  );
  const found = useMemo(() => findEntries(entries, text), [entries, text]);
  const current = Math.min(at, found.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current, found]);

  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    // Behind the dialog, which gives the focus back to where it was.
    setTimeout(entry.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const go = (to: number) => {
      event.preventDefault();
      setAt(Math.max(0, Math.min(found.length - 1, to)));
    };
    switch (event.key) {
      case 'ArrowDown': {
        go(current + 1);
        return;
      }
      case 'ArrowUp': {
        go(current - 1);
        return;
      }
      case 'PageDown': {
        go(current + 10);
        return;
      }
      case 'PageUp': {
        go(current - 10);
        return;
      }
      case 'Enter':
        event.preventDefault();
        {
          run(found[current]);
          return;
        }
      default:
        return undefined;
    }
  };
  return (
    <Modal title="What to do" onClose={onClose}>
      <div className="palette">
        <input
          className="palette-text"
          data-first-focus
          role="combobox"
          aria-label="What to do"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found.length === 0 ? undefined : `palette-${current}`}
          placeholder="Type what you want: group by, column, hop, a filter …"
          spellCheck={false}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ul id="palette-list" ref={list} role="listbox" aria-label="Found">
          {found.map((entry, i) => (
            <li
              key={entry.id}
              id={`palette-${i}`}
              role="option"
              aria-selected={i === current}
              onPointerMove={() => setAt(i)}
              onClick={() => run(entry)}
            >
              <span className="palette-name">{entry.text}</span>
              <span className="muted palette-detail">{entry.detail}</span>
              {entry.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </li>
          ))}
        </ul>
        {found.length === 0 && <p className="muted">Nothing has this name. Try a field, a hop or a verb.</p>}
      </div>
    </Modal>
  );
}
