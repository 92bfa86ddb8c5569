/** Several schemas in one document: which reads what, one more, one less. */
import { useState } from 'react';
import { partsOf, withoutPart, withPart } from './document.ts';
import { textOfFile } from './schema-file.ts';
import { useWork } from './use-work.ts';

interface Props {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onShow: (path: string) => void;
}

export function PartsPanel({ text, onText, onShow }: Props) {
  const parts = partsOf(text);
  const { error, run } = useWork();
  const [said, setSaid] = useState('');
  const add = async (file: File) => {
    const next = withPart(text, await textOfFile(file));
    setSaid(next === null ? `${file.name}, or the text here, is no JSON of a schema.` : '');
    if (next !== null) onText(next);
  };
  if (parts.length === 0) return <p className="muted">The text is no JSON (yet): see the errors below it.</p>;
  return (
    <>
      <p className="muted">
        Of several schemas the first whose <code>when</code> holds reads an area, else the first without one.
      </p>
      <ol className="schema-parts">
        {parts.map(({ name, reads, path, shadowedBy }) => (
          <li key={path}>
            <div>
              <button className="link mono" onClick={() => onShow(path === '' ? 'name' : path)}>
                {name}
              </button>
              <p className="muted">reads {reads}</p>
              {shadowedBy !== '' && (
                <p className="tone-changed">
                  ! never: “{shadowedBy}” takes all areas. Give one of them a <code>when</code> or a{' '}
                  <code>where</code>.
                </p>
              )}
            </div>
            <button
              className="button quiet"
              disabled={parts.length === 1}
              aria-label={`Remove ${name}`}
              onClick={() => onText(withoutPart(text, path) ?? text)}
            >
              Remove
            </button>
          </li>
        ))}
      </ol>
      <label className="button schema-load">
        Add one from a file …
        <input
          type="file"
          accept=".json,application/json"
          className="hidden-text"
          onChange={({ target }) => {
            const file = target.files?.[0];
            target.value = '';
            if (file !== undefined) run(() => add(file));
          }}
        />
      </label>
      <p className="schema-error" role="status">
        {error || said}
      </p>
    </>
  );
}
