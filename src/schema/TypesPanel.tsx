/** Types of a BPF object, of a loaded program or of the kernel: found, looked at, made into a schema by one click. */
import { useEffect, useState } from 'react';
import type { TypeList, TypesOpened, TypeSource } from '#workers/api.ts';
import { printCount } from '#src/list/print.ts';
import { usePage, useSession } from '#src/state/context.ts';
import { HostPrograms } from './HostPrograms.tsx';
import { TypeFields, type ChosenType } from './TypeFields.tsx';
import { useWork } from './use-work.ts';

interface Props {
  /** Dropped on the dialog or on the page; null = none (yet). */
  readonly file: File | null;
  readonly text: string;
  readonly onUse: (text: string) => void;
}

export function TypesPanel({ file, text, onUse }: Props) {
  const session = useSession();
  const host = usePage((state) => state.host ?? null);
  const { busy, error, run } = useWork();
  const [opened, setOpened] = useState<TypesOpened | null>(null);
  const [search, setSearch] = useState('');
  const [list, setList] = useState<TypeList | null>(null);
  const [chosen, setChosen] = useState<ChosenType | null>(null);

  const open = (source: TypeSource) =>
    run(async () => {
      const types = await session.api.openTypes(source);
      setSearch('');
      setChosen(null);
      setList(await session.api.findTypes(''));
      setOpened(types);
    });
  const [seenFile, setSeenFile] = useState<File | null>(null);
  useEffect(() => {
    if (file === null || file === seenFile) return;
    setSeenFile(file);
    open({ kind: 'file', file });
  });
  const find = (next: string) => {
    setSearch(next);
    run(async () => setList(await session.api.findTypes(next)));
  };
  const choose = (type: TypeList['types'][number]) =>
    run(async () => setChosen({ type, schema: await session.api.schemaOfType(type.id) }));

  return (
    <>
      <div className="schema-choice">
        <label className="button schema-load">
          BPF object or BTF …
          <input
            type="file"
            className="hidden-text"
            onChange={({ target }) => {
              const next = target.files?.[0];
              target.value = '';
              if (next !== undefined) open({ kind: 'file', file: next });
            }}
          />
        </label>
        {opened !== null && (
          <button className="button quiet" onClick={() => setOpened(null)}>
            Close these
          </button>
        )}
      </div>
      {error !== '' && (
        <p className="schema-error" role="alert">
          {error}
        </p>
      )}
      {opened === null ? (
        <>
          <p className="muted">
            Drop the object of your program here (<code>clang -g -target bpf</code>): its structs and enums
            say what the bytes mean.
          </p>
          {host !== null && <HostPrograms onOpen={open} />}
        </>
      ) : (
        <>
          <p>
            <b className="mono">{opened.title}</b>: {printCount(opened.count)} types
          </p>
          <input
            className="schema-search mono"
            type="search"
            aria-label="Search types"
            placeholder="Search structs and enums"
            value={search}
            onChange={({ target }) => find(target.value)}
          />
          <ul className="schema-types mono" aria-label="Types" aria-busy={busy}>
            {list?.types.map((type) => (
              <li key={type.id}>
                <button aria-pressed={chosen?.type.id === type.id} onClick={() => choose(type)}>
                  <span className="muted">{type.kind}</span> {type.name}
                  <span className="muted push">
                    {type.size} B, {type.count} {type.kind === 'enum' ? 'values' : 'members'}
                  </span>
                </button>
              </li>
            ))}
            {list?.types.length === 0 && <li className="muted">none has this in its name</li>}
            {list?.isCut === true && <li className="muted">and more: search narrows them down</li>}
          </ul>
          {chosen !== null && <TypeFields chosen={chosen} text={text} onUse={onUse} />}
        </>
      )}
    </>
  );
}
