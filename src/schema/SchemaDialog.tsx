/** The metadata schema as JSON: edited, checked at the exact place, applied to what is already loaded. */
import { useRef, useState } from 'react';
import { Modal } from '#src/app/Modal.tsx';
import { usePage, useSession } from '#src/state/context.ts';
import { locate, syntaxError, type JsonPlace } from './locate.ts';
import './schema.css';

/** A schema is a page of text; a whole capture pasted by mistake is not one. */
const MAX_SCHEMA_BYTES = 1024 * 1024;

interface Finding {
  readonly place: JsonPlace | null;
  readonly text: string;
}

const EXAMPLE = {
  whither: 2,
  name: 'my-metadata',
  framing: { kind: 'tlv', typeBytes: 1, lengthBytes: 1, endian: 'little' },
  types: [{ type: 1, name: 'trace_id', kind: 'uint', display: 'hex' }],
} as const;

export function SchemaDialog({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const schema = usePage((state) => state.newest?.schema ?? null);
  const draft = usePage((state) => state.schemaDraft);
  const [first, setFirst] = useState(() => JSON.stringify(schema ?? EXAMPLE, null, 2));
  const text = draft ?? first;
  const setText = (next: string) => session.store.setState({ schemaDraft: next });
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);

  const goTo = (place: JsonPlace | null) => {
    const element = area.current;
    if (element === null || place === null) return;
    element.focus();
    element.setSelectionRange(place.from, Math.max(place.from + 1, place.to));
    const lineHeight = Number.parseFloat(getComputedStyle(element).lineHeight) || 16;
    element.scrollTop = Math.max(0, (place.line - 4) * lineHeight);
  };

  const send = async (json: string) => {
    setBusy(true);
    setSaid('');
    try {
      const result = await session.setSchema(json);
      if (result.ok) {
        setFindings([]);
        if (json !== '') setFirst(json);
        // What was typed while it was applied stays.
        if (json === '' || session.store.getState().schemaDraft === json)
          session.store.setState({ schemaDraft: null });
        setSaid(
          json === ''
            ? 'The schema of the capture is in force again.'
            : 'Applied; everything loaded was decoded anew.',
        );
        return;
      }
      const found = result.errors.map(({ path, message }) => {
        const place = locate(json, path);
        return { place, text: `${path === '' ? '' : `${path}: `}${message}` };
      });
      setFindings(found);
      goTo(found[0]?.place ?? null);
    } catch (error) {
      session.failed(error, 'The schema could not be applied');
      onClose();
    } finally {
      setBusy(false);
    }
  };

  const apply = () => {
    const syntax = syntaxError(text);
    if (syntax !== null) {
      setSaid('');
      setFindings([{ place: syntax.place, text: `This is not JSON: ${syntax.message}` }]);
      goTo(syntax.place);
      return;
    }
    void send(text);
  };

  const reset = async () => {
    await send('');
    const now = session.store.getState().newest?.schema ?? null;
    if (now !== null) setFirst(JSON.stringify(now, null, 2));
  };

  const load = async (file: File | undefined) => {
    if (file === undefined) return;
    if (file.size > MAX_SCHEMA_BYTES) {
      setFindings([{ place: null, text: `${file.name} is larger than 1 MiB, which no schema is.` }]);
      return;
    }
    setText(await file.text());
    setFindings([]);
    setSaid(`${file.name} is loaded; Apply decodes with it.`);
  };

  const download = () => {
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = `${schema?.name ?? 'metadata'}.schema.json`;
    anchor.click();
    // The click has started the download; the URL is not needed after this task.
    setTimeout(() => URL.revokeObjectURL(url), 0);
  };

  return (
    <Modal title="Metadata schema" onClose={onClose}>
      <p className="muted">
        Where TLVs are and what they are called. It travels in the capture; what you apply here is for this
        page.
      </p>
      <textarea
        ref={area}
        className="schema-text mono"
        aria-label="Schema as JSON"
        aria-invalid={findings.length > 0}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul className="schema-findings" role="status">
        {findings.map((finding, i) => (
          <li key={i}>
            <button className="link" onClick={() => goTo(finding.place)}>
              {finding.place === null ? 'file' : `line ${finding.place.line}, column ${finding.place.column}`}
            </button>{' '}
            {finding.text}
          </li>
        ))}
        {said !== '' && <li className="schema-said">{said}</li>}
      </ul>
      <div className="schema-actions">
        <button className="button solid" onClick={apply} disabled={busy}>
          Apply
        </button>
        <button className="button" onClick={() => void reset()} disabled={busy}>
          Reset
        </button>
        <label className="button schema-load push">
          Load file
          <input
            type="file"
            accept=".json,application/json"
            className="hidden-text"
            onChange={(event) => {
              const file = event.target.files?.[0];
              // The same file chosen again is no change otherwise.
              event.target.value = '';
              void load(file);
            }}
          />
        </label>
        <button className="button" onClick={download}>
          Download
        </button>
      </div>
    </Modal>
  );
}
