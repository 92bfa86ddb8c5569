/** What differs between the text and another schema: that of the capture, or one of a file. */
import { useEffect, useState } from 'react';
import type { SchemaDiff } from '#workers/api.ts';
import { useSession } from '#src/state/context.ts';
import { textOfFile } from './schema-file.ts';
import { useWork } from './use-work.ts';

interface Other {
  readonly name: string;
  readonly text: string;
}

export function ComparePanel({ text }: { readonly text: string }) {
  const session = useSession();
  const { error, run } = useWork();
  const [file, setFile] = useState<Other | null>(null);
  const [diff, setDiff] = useState<(SchemaDiff & { readonly with: string }) | null>(null);
  useEffect(() => {
    run(async () => {
      const own = file === null ? await session.api.capturedSchema() : file.text;
      const name = file === null ? 'the schema of the capture' : file.name;
      setDiff(
        own === ''
          ? { with: name, changes: [], error: 'The capture has no schema: compare with a file.' }
          : { with: name, ...(await session.api.diffSchemas(own, text)) },
      );
    });
  }, [session, run, file, text]);
  return (
    <>
      <div className="schema-choice">
        <button className="button" aria-pressed={file === null} onClick={() => setFile(null)}>
          With the capture’s
        </button>
        <label className="button schema-load">
          With a file …
          <input
            type="file"
            accept=".json,application/json"
            className="hidden-text"
            onChange={({ target }) => {
              const chosen = target.files?.[0];
              target.value = '';
              if (chosen === undefined) return;
              run(async () => setFile({ name: chosen.name, text: await textOfFile(chosen) }));
            }}
          />
        </label>
      </div>
      {error !== '' && <p className="schema-error">{error}</p>}
      {diff !== null && <Changes diff={diff} />}
    </>
  );
}

const KINDS = { '+': 'added', '-': 'removed', '~': 'changed' } as const;

function Changes({ diff }: { readonly diff: SchemaDiff & { readonly with: string } }) {
  if (diff.error !== '') return <p role="status">{diff.error}</p>;
  const decoding = diff.changes.filter(({ decodes }) => decodes).length;
  return (
    <>
      <p role="status">
        {diff.changes.length === 0
          ? `Says the same as ${diff.with}.`
          : `Against ${diff.with}: ${decoding} that read bytes in another way, ${diff.changes.length - decoding} of words and looks.`}
      </p>
      <ul className="schema-changes mono">
        {diff.changes.map(({ text, decodes }) => {
          const kind = KINDS[text[0] as keyof typeof KINDS];
          return (
            <li key={text} data-kind={kind}>
              <span className="hidden-text">{kind}</span>
              {decodes ? <b>{text}</b> : text}
            </li>
          );
        })}
      </ul>
    </>
  );
}
