/** The columns of the list, chosen from all fields: on the left those that are shown, in order; on the right all others. */
import { useEffect, useState } from 'react';
import { MAX_COLUMNS } from '#core/query/limits.ts';
import type { FieldInfo } from '#workers/api.ts';
import { Modal } from '#src/app/Modal.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import { firstColumns } from '#src/state/first-columns.ts';
import type { ColumnRef } from '#src/state/link-state.ts';
import { OWN_COLUMNS } from './columns.ts';
import './columns-dialog.css';

const NO_NAMES: readonly string[] = [];

export default function ColumnsDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const chosen = usePage((state) => state.link.columns);
  const tlvNames = usePage((state) => state.shown?.tlvNames ?? NO_NAMES);
  const [fields, setFields] = useState<readonly FieldInfo[]>([]);
  const [text, setText] = useState('');
  useEffect(() => {
    let stale = false;
    session.api.fields().then(
      (found) => !stale && setFields(found),
      (error: unknown) => session.failed(error, 'The fields could not be listed'),
    );
    return () => {
      stale = true;
    };
  }, [session]);

  const columns = chosen ?? firstColumns(tlvNames);
  const texts = new Map([
    ...[...OWN_COLUMNS].map(([name, { text: said }]) => [name, said] as const),
    ...fields.map(({ name, text: said }) => [name, said] as const),
  ]);
  const wanted = text.trim().toLowerCase();
  const others = [...texts].filter(
    ([name, said]) =>
      !columns.some((column) => column.name === name) && `${name} ${said}`.toLowerCase().includes(wanted),
  );
  const set = (next: readonly ColumnRef[]) => session.view.setColumns(next.length === 0 ? null : next);
  const move = (at: number, by: number) => {
    const to = at + by;
    const moved = columns[at];
    if (moved === undefined || to < 0 || to >= columns.length) return;
    const rest = columns.filter((_, i) => i !== at);
    set([...rest.slice(0, to), moved, ...rest.slice(to)]);
  };
  return (
    <Modal title="Columns of the list" onClose={onClose}>
      <div className="columns-dialog">
        <section>
          <h2>Shown, from the left</h2>
          <ol aria-label="Columns that are shown">
            {columns.map(({ name }, i) => (
              <li key={name}>
                <span className="mono" title={texts.get(name)}>
                  {name}
                </span>
                <span className="push" />
                <button
                  className="button quiet small"
                  disabled={i === 0}
                  onClick={() => move(i, -1)}
                  aria-label={`${name} further left`}
                >
                  ↑
                </button>
                <button
                  className="button quiet small"
                  disabled={i === columns.length - 1}
                  onClick={() => move(i, 1)}
                  aria-label={`${name} further right`}
                >
                  ↓
                </button>
                <button
                  className="button quiet small"
                  disabled={columns.length === 1}
                  onClick={() => set(columns.filter((column) => column.name !== name))}
                  aria-label={`${name} away`}
                >
                  ✕
                </button>
              </li>
            ))}
          </ol>
          <button className="button" disabled={chosen === null} onClick={() => session.view.setColumns(null)}>
            As at first
          </button>
        </section>
        <section>
          <h2>All fields</h2>
          <input
            data-first-focus
            aria-label="Find a field"
            placeholder="Find a field"
            value={text}
            spellCheck={false}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={({ key }) => {
              const [first] = others;
              if (key === 'Enter' && first !== undefined) session.view.addColumn(first[0], tlvNames);
            }}
          />
          <ul aria-label="Fields that can be a column">
            {others.map(([name, said]) => (
              <li key={name}>
                <button
                  className="column-add"
                  disabled={columns.length >= MAX_COLUMNS}
                  onClick={() => session.view.addColumn(name, tlvNames)}
                >
                  <span aria-hidden="true">+</span>
                  <span className="mono">{name}</span>
                  <span className="muted">{said}</span>
                </button>
              </li>
            ))}
            {others.length === 0 && fields.length > 0 && (
              <li className="muted">No other field has this name.</li>
            )}
          </ul>
          {columns.length >= MAX_COLUMNS && <p className="muted">No more than {MAX_COLUMNS} columns.</p>}
        </section>
      </div>
    </Modal>
  );
}
