/** The keys, from the same table that binds them, and what the colours and signs mean. */
import { Modal } from '#src/app/Modal.tsx';
import { CELL_LOOKS } from '#src/list/cell.ts';
import { useSession } from '#src/state/context.ts';
import { pageActions } from './page-actions.ts';
import { KEY_TABLE, type KeyId, type Scope } from './table.ts';
import { FIELD_KEYS, KEY_TEXTS, printKey, SCOPE_TITLES } from './texts.ts';
import './keys.css';

const SCOPES: readonly Scope[] = [
  'page',
  'timeline',
  'latency',
  'list',
  'groups',
  'path',
  'journey',
  'bytes',
  'separator',
];

export default function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { guide } = pageActions(useSession());
  const rows: readonly { readonly id: KeyId; readonly scope: Scope; readonly keys: readonly string[] }[] =
    KEY_TABLE;
  return (
    <Modal title="Keys and signs" onClose={onClose}>
      {guide !== undefined && (
        <p className="help-guide">
          <button
            className="button"
            onClick={() => {
              onClose();
              guide();
            }}
          >
            Show me around
          </button>
        </p>
      )}
      <div className="help">
        {SCOPES.map((scope) => (
          <section key={scope}>
            <h2>{SCOPE_TITLES[scope]}</h2>
            <dl>
              {rows
                .filter((row) => row.scope === scope)
                .map((row) => (
                  <div key={row.id}>
                    <dt>
                      {row.keys.map((key) => (
                        <kbd key={key}>{printKey(key)}</kbd>
                      ))}
                    </dt>
                    <dd>{KEY_TEXTS[row.id]}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h2>In a note</h2>
          <dl>
            {FIELD_KEYS.map(({ keys, text }) => (
              <div key={text}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h2>Cells of a journey</h2>
          <dl>
            {CELL_LOOKS.map((look) => (
              <div key={look.name}>
                <dt>
                  <i className={`cell ${look.className}`} aria-hidden="true" />
                </dt>
                <dd>{look.meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  );
}
