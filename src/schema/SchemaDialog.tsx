/** The metadata schema: its text on the left; what it reads, where types come from and what differs on the right. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { Modal } from '#src/app/Modal.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import { kindOfFile } from '#src/state/file-kind.ts';
import { ComparePanel } from './ComparePanel.tsx';
import { findingsOf, type Finding } from './findings.ts';
import type { JsonPath } from './json-guide.ts';
import { locate } from './locate.ts';
import { PartsPanel } from './PartsPanel.tsx';
import { ProposalPanel } from './ProposalPanel.tsx';
import { ReadsPanel } from './ReadsPanel.tsx';
import { downloadText, textOfFile } from './schema-file.ts';
import { SchemaField } from './SchemaField.tsx';
import { Tabs } from './Tabs.tsx';
import { TypesPanel } from './TypesPanel.tsx';
import { useDraft, type Draft } from './use-draft.ts';
import { useWork } from './use-work.ts';
import { useGuide } from './use-guide.ts';
import './schema.css';

const TABS = [
  ['reads', 'Reads'],
  ['schemas', 'Schemas'],
  ['types', 'Types from BTF'],
  ['propose', 'Propose'],
  ['compare', 'Compare'],
] as const;
type Tab = (typeof TABS)[number][0];

const NO_PLACE = { path: [] as JsonPath, meaning: '' };

export default function SchemaDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const draft = useDraft();
  const guide = useGuide();
  const dropped = usePage((state) => state.schemaFile);
  const [tab, setTab] = useState<Tab>(dropped?.kind === 'types' ? 'types' : 'reads');
  const [typesFile, setTypesFile] = useState<File | null>(null);
  const [goTo, setGoTo] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const [place, setPlace] = useState(NO_PLACE);
  const { text, errors, setText } = draft;
  const findings = useMemo(() => findingsOf(text ?? '', errors, guide), [text, errors, guide]);

  const take = async (file: File) => {
    const kind = await kindOfFile(file);
    if (kind === 'types') {
      setTypesFile(file);
      setTab('types');
    } else setText(await textOfFile(file));
  };
  const work = useWork();
  const { run } = work;
  const latestTake = useRef(take);
  useEffect(() => {
    latestTake.current = take;
  });
  // What was dropped on the page.
  useEffect(() => {
    if (dropped === null) return;
    session.store.setState({ schemaFile: null });
    run(() => latestTake.current(dropped.file));
  }, [session, dropped, run]);

  const use = (next: string) => {
    setText(next);
    setTab('reads');
  };
  const show = (path: string) => setGoTo(locate(text ?? '', path));

  return (
    <Modal title="Metadata schema" onClose={onClose}>
      <div className="schema-columns">
        <section className="schema-left" aria-label="Text of the schema">
          {text !== null && (
            <SchemaField
              text={text}
              findings={findings}
              guide={guide}
              goTo={goTo}
              onText={setText}
              onPlace={(path, meaning) => setPlace({ path, meaning })}
            />
          )}
          <Meaning path={place.path} meaning={place.meaning} />
          {work.error !== '' && (
            <p className="schema-error" role="alert">
              {work.error}
            </p>
          )}
          <Findings findings={findings} state={draft.state} onGoTo={setGoTo} />
          <Actions draft={draft} onFile={(file) => run(() => take(file))} />
        </section>
        <section className="schema-right" aria-label="What belongs to the schema">
          <Tabs label="Beside the text" tabs={TABS} current={tab} onChoose={setTab} />
          <div
            className="schema-panel"
            role="tabpanel"
            id="schema-panel"
            aria-labelledby={`schema-tab-${tab}`}
          >
            {tab === 'reads' && <ReadsPanel onPropose={() => setTab('propose')} />}
            {tab === 'schemas' && <PartsPanel text={text ?? ''} onText={setText} onShow={show} />}
            {tab === 'types' && <TypesPanel file={typesFile} text={text ?? ''} onUse={use} />}
            {tab === 'propose' && <ProposalPanel text={text ?? ''} onUse={use} />}
            {tab === 'compare' && <ComparePanel text={text ?? ''} />}
          </div>
        </section>
      </div>
    </Modal>
  );
}

/** What the key under the cursor means: with the keyboard there is no hover. */
function Meaning({ path, meaning }: { readonly path: JsonPath; readonly meaning: string }) {
  return (
    <p className="schema-meaning">
      {meaning === '' ? (
        'Ctrl-Space completes; F8 goes to the next error.'
      ) : (
        <>
          <b className="mono">{path.at(-1)}</b> {meaning}
        </>
      )}
    </p>
  );
}

const STATE_TEXT: Readonly<Record<Draft['state'], string>> = {
  own: 'The schema of the capture, in force.',
  none: 'The capture has no schema. Edit this one, take types from your program, or have one proposed.',
  waiting: 'Not in force yet …',
  'in force': 'In force: what is loaded was decoded by it.',
  refused: 'Not valid: the last valid schema stays in force.',
};

interface FindingsProps {
  readonly findings: readonly Finding[];
  readonly state: Draft['state'];
  readonly onGoTo: (place: { readonly from: number; readonly to: number }) => void;
}

function Findings({ findings, state, onGoTo }: FindingsProps) {
  return (
    <div className="schema-findings">
      <p role="status" data-state={state}>
        <span aria-hidden="true">{state === 'refused' ? '✕' : state === 'in force' ? '✓' : '·'}</span>{' '}
        {STATE_TEXT[state]}
      </p>
      <ul>
        {findings.map(({ place, cause, remedy }, i) => (
          <li key={i}>
            <button className="link" onClick={() => onGoTo({ from: place.from, to: place.to })}>
              line {place.line}, column {place.column}
            </button>{' '}
            {cause}
            {remedy !== '' && <span className="muted"> {remedy}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Actions({ draft, onFile }: { readonly draft: Draft; readonly onFile: (file: File) => void }) {
  const name = usePage((state) => state.newest?.schema?.name ?? 'metadata');
  return (
    <div className="schema-actions">
      <label className="button schema-load">
        Import …
        <input
          type="file"
          className="hidden-text"
          aria-label="Import a schema, a BPF object or BTF"
          onChange={({ target }) => {
            const file = target.files?.[0];
            // The same file chosen again is no change otherwise.
            target.value = '';
            if (file !== undefined) onFile(file);
          }}
        />
      </label>
      <button
        className="button"
        disabled={draft.text === null}
        onClick={() => downloadText(draft.text ?? '', `${name}.schema.json`, 'application/json')}
      >
        Export
      </button>
      <button
        className="button push"
        disabled={draft.state === 'own' || draft.state === 'none'}
        onClick={draft.reset}
      >
        Reset to the capture’s
      </button>
    </div>
  );
}
